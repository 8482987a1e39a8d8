/** api.md §8.3: protobuf bodies, as kubectl 1.32 and later sends them, read like the JSON that they stand for. */
import * as assert from 'uvu/assert';
import { ApiError, decode, decodeProtobuf } from '../../../src/api/index.js';
import { suite } from '../../support/suite.js';

const test = suite('api: protobuf');

/** A small encoder: numbers are varints, strings and bytes are themselves, lists are messages of fields. */
type Value = number | bigint | string | Uint8Array | Message;
type Message = readonly (readonly [field: number, value: Value])[];

const varint = (value: bigint): number[] => {
  let rest = BigInt.asUintN(64, value);
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return bytes;
};
const encode = (message: Message): Uint8Array =>
  Uint8Array.from(
    message.flatMap(([field, value]) => {
      if (typeof value === 'number' || typeof value === 'bigint')
        return [...varint(BigInt(field * 8)), ...varint(BigInt(value))];
      const bytes =
        typeof value === 'string' ? Buffer.from(value) : value instanceof Uint8Array ? value : encode(value);
      return [...varint(BigInt(field * 8 + 2)), ...varint(BigInt(bytes.length)), ...bytes];
    }),
  );
const body = (apiVersion: string, kind: string, raw: Message): Uint8Array =>
  Uint8Array.from([
    0x6b,
    0x38,
    0x73,
    0,
    ...encode([
      [
        1,
        [
          [1, apiVersion],
          [2, kind],
        ],
      ],
      [2, encode(raw)],
    ]),
  ]);

/** What `kubectl create deployment web --image=nginx --replicas=0 --port=80` sends: zeros and all. */
const deployment = body('apps/v1', 'Deployment', [
  [
    1,
    [
      [1, 'web'],
      [2, ''],
      [3, ''],
      [4, ''],
      [5, ''],
      [6, ''],
      [7, 0],
      [8, []],
      [
        11,
        [
          [1, 'app'],
          [2, 'web'],
        ],
      ],
    ],
  ],
  [
    2,
    [
      [1, 0],
      [
        2,
        [
          [
            1,
            [
              [1, 'app'],
              [2, 'web'],
            ],
          ],
        ],
      ],
      [
        3,
        [
          [
            1,
            [
              [1, ''],
              [8, []],
              [
                11,
                [
                  [1, 'app'],
                  [2, 'web'],
                ],
              ],
            ],
          ],
          [
            2,
            [
              [
                2,
                [
                  [1, 'nginx'],
                  [2, 'nginx'],
                  [5, ''],
                  [
                    6,
                    [
                      [1, ''],
                      [2, 0],
                      [3, 80],
                      [4, ''],
                      [5, ''],
                    ],
                  ],
                  [8, []],
                  [13, ''],
                  [14, ''],
                  [16, 0],
                  [17, 0],
                  [18, 0],
                  [20, ''],
                ],
              ],
              [3, ''],
              [11, 0],
            ],
          ],
        ],
      ],
      [4, [[1, '']]],
      [5, 0],
      [7, 0],
    ],
  ],
  [
    3,
    [
      [1, 0],
      [2, 0],
    ],
  ],
]);

test('§8.3: a Deployment with 0 replicas keeps the pointer zero and drops all other zeros', () => {
  const { apiVersion, kind, object } = decodeProtobuf(deployment);
  assert.equal([apiVersion, kind], ['apps/v1', 'Deployment']);
  const { value, unknownFields } = decode('Deployment', { apiVersion, kind, ...object });
  assert.equal(unknownFields, []);
  assert.is(
    JSON.stringify(value),
    '{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"web","labels":{"app":"web"}},' +
      '"spec":{"replicas":0,"selector":{"matchLabels":{"app":"web"}},' +
      '"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"nginx","image":"nginx",' +
      '"ports":[{"containerPort":80}],"resources":{}}]}},"strategy":{}},"status":{}}',
  );
});

test('§8.3: Secret data is base64, also of bytes that are no text; an empty map entry is empty', () => {
  const { object } = decodeProtobuf(
    body('v1', 'Secret', [
      [1, [[1, 's']]],
      [
        2,
        [
          [1, 'a'],
          [2, Uint8Array.from([0, 255, 10])],
        ],
      ],
      [2, [[1, 'empty']]],
      [3, 'Opaque'],
    ]),
  );
  assert.equal(object?.['data'], { a: 'AP8K', empty: '' });
});

test('§8.3: inlined messages lie in their parent; quantities, times, IntOrString and negative numbers are read', () => {
  const { object } = decodeProtobuf(
    body('v1', 'Pod', [
      [
        1,
        [
          [1, 'p'],
          [
            8,
            [
              [1, 1_767_225_600],
              [2, 5],
            ],
          ],
          [9, []],
          [10, -1n],
        ],
      ],
      [
        2,
        [
          [
            1,
            [
              [1, 'v'],
              [
                2,
                [
                  [
                    19,
                    [
                      [1, [[1, 'config']]],
                      [3, 420],
                    ],
                  ],
                ],
              ],
            ],
          ],
          [
            2,
            [
              [1, 'c'],
              [
                7,
                [
                  [1, 'A'],
                  [2, ''],
                  [
                    3,
                    [
                      [
                        3,
                        [
                          [1, [[1, 'config']]],
                          [2, 'key'],
                        ],
                      ],
                    ],
                  ],
                ],
              ],
              [
                8,
                [
                  [
                    2,
                    [
                      [1, 'cpu'],
                      [2, [[1, '500m']]],
                    ],
                  ],
                ],
              ],
              [
                10,
                [
                  [
                    1,
                    [
                      [
                        2,
                        [
                          [1, '/healthz'],
                          [
                            2,
                            [
                              [1, 1],
                              [2, 0],
                              [3, 'http'],
                            ],
                          ],
                        ],
                      ],
                    ],
                  ],
                  [4, 10],
                ],
              ],
            ],
          ],
          [
            7,
            [
              [1, 'disk'],
              [2, 'ssd'],
            ],
          ],
          [
            22,
            [
              [1, 'k'],
              [5, 60],
            ],
          ],
        ],
      ],
    ]),
  );
  assert.equal(object, {
    metadata: { name: 'p', creationTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: -1 },
    spec: {
      volumes: [{ name: 'v', configMap: { name: 'config', defaultMode: 420 } }],
      containers: [
        {
          name: 'c',
          env: [{ name: 'A', value: '', valueFrom: { configMapKeyRef: { name: 'config', key: 'key' } } }],
          resources: { requests: { cpu: '500m' } },
          livenessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10 },
        },
      ],
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'k', tolerationSeconds: 60 }],
    },
  });
});

test('§8.3: MicroTime has six decimals; a kind that is not served is named, without an object', () => {
  const lease = decodeProtobuf(
    body('coordination.k8s.io/v1', 'Lease', [
      [
        2,
        [
          [
            4,
            [
              [1, 1_767_225_600],
              [2, 1500],
            ],
          ],
        ],
      ],
    ]),
  );
  assert.equal(lease.object, { spec: { renewTime: '2026-01-01T00:00:00.000001Z' } });
  const foreign = decodeProtobuf(body('example.com/v1', 'Kettle', [[1, [[1, 'j']]]]));
  assert.equal(foreign, { apiVersion: 'example.com/v1', kind: 'Kettle', object: undefined });
});

test('bodies of other types are read too: DeleteOptions', () => {
  const { object } = decodeProtobuf(
    body('v1', 'DeleteOptions', [
      [1, 0],
      [2, [[1, 'uid-1']]],
      [4, 'Foreground'],
      [5, 'All'],
    ]),
  );
  assert.equal(object, {
    gracePeriodSeconds: 0,
    preconditions: { uid: 'uid-1' },
    propagationPolicy: 'Foreground',
    dryRun: ['All'],
  });
});

test('garbage, a cut body and a wrong wire type are refused with BadRequest 400', () => {
  const wrongType = body('v1', 'ConfigMap', [[1, 7]]);
  const nested = (depth: number): Message => (depth === 0 ? [] : [[2, nested(depth - 1)]]);
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [Buffer.from('{"kind":"Pod"}'), /does not appear to be a protobuf message/],
    [new Uint8Array(), /does not appear to be a protobuf message/],
    [deployment.subarray(0, deployment.length - 3), /unexpected EOF/],
    [wrongType, /wrong wireType/],
    [
      Uint8Array.from([
        0x6b, 0x38, 0x73, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      ]),
      /overflow/,
    ],
    [Uint8Array.from([0x6b, 0x38, 0x73, 0, ...encode(nested(3)), 0x0f]), /illegal wireType 7/],
  ];
  for (const [bytes, expected] of cases) {
    try {
      decodeProtobuf(bytes);
      assert.unreachable(String(expected));
    } catch (error) {
      assert.instance(error, ApiError);
      assert.is((error as ApiError).code, 400);
      assert.match((error as ApiError).message, expected);
    }
  }
});

test.run();

/** controllers.md §3: a DaemonSet on a control plane, with nodes that only exist as objects. */
import * as assert from 'uvu/assert';
import type { Api } from '../../../src/client/index.js';
import type { DaemonSet } from '../../../src/api/index.js';
import { ApiError } from '../../../src/api/index.js';
import { createCall } from '../../../src/client/index.js';
import { suite } from '../../support/suite.js';
import { createPlane, overriding, podManifest, value, type Plane, type PlaneOptions } from '../plane.js';

const test = suite('daemonSet: controller');

const HASH = 'controller-revision-hash';

const manifest = (spec: object = {}, image = 'agent:1', podSpec: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: { containers: [{ name: 'agent', image }], ...podSpec },
    },
    ...spec,
  },
});
const withPlane = (options: PlaneOptions, body: (plane: Plane) => void): void => {
  const plane = createPlane({
    controllers: ['daemonSet', 'garbageCollector'],
    hasScheduler: true,
    ...options,
  });
  try {
    body(plane);
  } finally {
    plane.stop();
  }
};
const addNode = (plane: Plane, name: string, labels: object = {}, spec: object = {}): void => {
  plane.create('Node', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status: {
      allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  });
};
const addNodes = (plane: Plane, count: number): void => {
  for (let index = 1; index <= count; index += 1) addNode(plane, `node-${index}`);
};
const status = (plane: Plane): DaemonSet['status'] => plane.get('DaemonSet', 'agent').status;
const places = (plane: Plane): string[] =>
  plane
    .list('Pod')
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ spec }) => spec.nodeName ?? '')
    .sort();
const setImage = (plane: Plane, image: string): void => {
  plane.patch('DaemonSet', 'agent', {
    spec: { template: { spec: { containers: [{ name: 'agent', image }] } } },
  });
};
const revisions = (plane: Plane): string[] =>
  plane
    .list('ControllerRevision')
    .map(({ revision, data }) => {
      const { spec } = data as { spec: DaemonSet['spec'] };
      return `${revision} ${spec.template.spec.containers[0]?.image}`;
    })
    .sort();
/** Until nothing changes any more: pods become ready, what terminates goes. */
const rollOut = (plane: Plane, rounds = 20): void => {
  for (let round = 0; round < rounds; round += 1) plane.runPods();
};
const forbidden = new ApiError({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'no more',
  reason: 'Forbidden',
  code: 403,
});
const refusing = (api: Api, refuses: () => boolean): Api =>
  overriding(api, {
    create: ((kind: 'Pod', object: unknown, options?: object) =>
      kind === 'Pod' && refuses()
        ? createCall(() => {
            throw forbidden;
          })
        : api.create(kind, object, options)) as Api['create'],
  });

test('row 93: one pod on each of 5 nodes, bound by the scheduler; a new node gets its pod at once', () => {
  withPlane({}, (plane) => {
    addNodes(plane, 5);
    plane.create('DaemonSet', manifest());
    assert.equal(places(plane), ['node-1', 'node-2', 'node-3', 'node-4', 'node-5']);
    addNode(plane, 'node-6');
    assert.is(places(plane).length, 6);
    plane.runPods();
    assert.equal(status(plane), {
      currentNumberScheduled: 6,
      numberMisscheduled: 0,
      desiredNumberScheduled: 6,
      numberReady: 6,
      observedGeneration: 1,
      updatedNumberScheduled: 6,
      numberAvailable: 6,
    });
    assert.is(plane.events('SuccessfulCreate').length, 6);
  });
});

test('row 94: 100 nodes, 10 creations pass: 10 pods and at most 15 attempts in the first sync, told by events', () => {
  let calls = 0;
  withPlane({ intercept: (api) => refusing(api, () => (calls += 1) > 10) }, (plane) => {
    addNodes(plane, 100);
    plane.create('DaemonSet', manifest());
    assert.is(plane.list('Pod').length, 10);
    // 1 + 2 + 4 + 8, and the first of the sync that the written status brings.
    assert.is(calls, 16);
    assert.equal([status(plane).desiredNumberScheduled, status(plane).currentNumberScheduled], [100, 10]);
    assert.is(plane.events('FailedCreate')[0], 'FailedCreate Error creating: no more');
    plane.advance(10);
    assert.is(calls, 17, 'tried again after 10 ms');
  });
});

test('row 96: a status that cannot be written fails the sync, which is tried again', () => {
  let refusals = 2;
  const intercept = (api: Api): Api =>
    overriding(api, {
      update: ((key: { kind: string }, object: unknown, options?: { subresource?: string }) =>
        key.kind === 'DaemonSet' && options?.subresource === 'status' && refusals-- > 0
          ? createCall(() => {
              throw forbidden;
            })
          : api.update(key as never, object, options as never)) as Api['update'],
    });
  withPlane({ intercept }, (plane) => {
    addNodes(plane, 5);
    plane.create('DaemonSet', manifest());
    assert.is(places(plane).length, 5);
    plane.advance(5);
    assert.is(status(plane).currentNumberScheduled, 5);
  });
});

test('DS-64: a label that a node gets or loses brings or takes its pod; a pod of a foreign node goes unasked', () => {
  withPlane({}, (plane) => {
    addNodes(plane, 3);
    plane.create('DaemonSet', manifest({}, 'agent:1', { nodeSelector: { disk: 'ssd' } }));
    assert.equal(places(plane), []);
    plane.patch('Node', 'node-2', { metadata: { labels: { disk: 'ssd' } } });
    assert.equal(places(plane), ['node-2']);
    plane.patch('Node', 'node-2', { metadata: { labels: { disk: null } } });
    assert.equal(places(plane), []);
    plane.runPods();
    assert.equal([status(plane).desiredNumberScheduled, status(plane).currentNumberScheduled], [0, 0]);
  });
});

test('DS-63, DS-65: a cordoned node keeps and gets its pod; a NoSchedule taint keeps it as misscheduled', () => {
  withPlane({}, (plane) => {
    addNode(
      plane,
      'node-1',
      {},
      {
        unschedulable: true,
        taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }],
      },
    );
    addNode(plane, 'node-2');
    plane.create('DaemonSet', manifest());
    assert.equal(places(plane), ['node-1', 'node-2']);
    plane.patch('Node', 'node-2', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } });
    assert.equal(places(plane), ['node-1', 'node-2']);
    // DS-10: such a taint alone wakes nobody; the next sync counts.
    assert.equal([status(plane).desiredNumberScheduled, status(plane).numberMisscheduled], [2, 0]);
    plane.patch('DaemonSet', 'agent', { metadata: { labels: { touched: 'yes' } } });
    assert.equal([status(plane).desiredNumberScheduled, status(plane).numberMisscheduled], [1, 1]);
    plane.patch('Node', 'node-2', { spec: { taints: [{ key: 'a', effect: 'NoExecute' }] } });
    assert.equal(places(plane), ['node-1']);
  });
});

test('row 124, 107: a failed pod is deleted and replaced; the next one waits 1 s, the one after 2 s', () => {
  withPlane({}, (plane) => {
    addNodes(plane, 1);
    plane.create('DaemonSet', manifest());
    const fail = (): string => {
      const [pod] = plane.list('Pod');
      assert.ok(pod);
      plane.patch('Pod', pod.metadata.name, { status: { phase: 'Failed' } }, 'status');
      return pod.metadata.name;
    };
    const isThere = (name: string): boolean => plane.list('Pod').some((pod) => pod.metadata.name === name);
    assert.is(isThere(fail()), false, 'the first goes at once');
    for (const seconds of [1, 2, 4]) {
      plane.settle();
      const name = fail();
      plane.advance(seconds * 1000 - 1);
      assert.is(isThere(name), true, `${seconds} s`);
      plane.advance(1);
      assert.is(isThere(name), false, `${seconds} s`);
    }
    assert.match(
      plane.events('FailedDaemonPod')[0] ?? '',
      /^FailedDaemonPod Found failed daemon pod default\/agent-\w+ on node node-1, will try to kill it$/,
    );
  });
});

test('rolling update: one node after the other; the old revision stays in the history', () => {
  withPlane({}, (plane) => {
    addNodes(plane, 3);
    plane.create('DaemonSet', manifest());
    rollOut(plane, 2);
    setImage(plane, 'agent:2');
    let fewest = 3;
    for (let round = 0; round < 20; round += 1) {
      const ready = plane
        .list('Pod')
        .filter(
          ({ metadata, status: { conditions } }) =>
            metadata.deletionTimestamp === undefined &&
            conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
        );
      fewest = Math.min(fewest, ready.length);
      plane.runPods();
    }
    assert.is(fewest, 2);
    assert.equal(
      plane.list('Pod').map(({ spec }) => spec.containers[0]?.image),
      ['agent:2', 'agent:2', 'agent:2'],
    );
    assert.equal(revisions(plane), ['1 agent:1', '2 agent:2']);
    assert.is(status(plane).updatedNumberScheduled, 3);
    const { annotations } = plane.get('DaemonSet', 'agent').metadata;
    assert.equal(annotations, { 'deprecated.daemonset.template.generation': '2' });
  });
});

test('row 123, PR-36: a bad update that is undone touches no pod that it has not reached', () => {
  withPlane({}, (plane) => {
    addNodes(plane, 3);
    plane.create('DaemonSet', manifest());
    rollOut(plane, 2);
    const before = plane.list('Pod').map(({ metadata }) => metadata.uid);
    setImage(plane, 'agent:broken');
    for (const pod of plane.list('Pod'))
      if (pod.metadata.deletionTimestamp !== undefined)
        value(
          plane.api.delete(
            { kind: 'Pod', name: pod.metadata.name, namespace: 'default' },
            { gracePeriodSeconds: 0 },
          ),
        );
    plane.settle();
    assert.is(plane.list('Pod').filter(({ spec }) => spec.containers[0]?.image === 'agent:broken').length, 1);
    setImage(plane, 'agent:1');
    rollOut(plane);
    const after = plane.list('Pod').map(({ metadata }) => metadata.uid);
    assert.is(after.filter((uid) => before.includes(uid)).length, 2);
    assert.equal(revisions(plane), ['2 agent:broken', '3 agent:1']);
  });
});

test('kubectl rollout undo: the data of a revision brings its template back', () => {
  withPlane({}, (plane) => {
    addNodes(plane, 1);
    plane.create('DaemonSet', manifest({}, 'agent:1', { terminationGracePeriodSeconds: 5 }));
    setImage(plane, 'agent:2');
    plane.patch('DaemonSet', 'agent', { spec: { template: { spec: { hostPID: true } } } });
    const [first] = plane.list('ControllerRevision').filter(({ revision }) => revision === 1);
    assert.ok(first);
    const key = { kind: 'DaemonSet', name: 'agent', namespace: 'default' } as const;
    const undone = value(plane.api.patch(key, { type: 'strategic', body: first.data }));
    assert.equal(
      [undone.spec.template.spec.containers[0]?.image, undone.spec.template.spec.hostPID],
      ['agent:1', undefined],
    );
  });
});

test('OnDelete: a new template waits until somebody deletes the old pod', () => {
  withPlane({}, (plane) => {
    addNodes(plane, 2);
    plane.create('DaemonSet', manifest({ updateStrategy: { type: 'OnDelete' } }));
    rollOut(plane, 2);
    setImage(plane, 'agent:2');
    rollOut(plane, 5);
    assert.is(status(plane).updatedNumberScheduled, undefined);
    const [pod] = plane.list('Pod');
    plane.remove('Pod', pod?.metadata.name ?? '');
    rollOut(plane, 3);
    assert.is(status(plane).updatedNumberScheduled, 1);
  });
});

test('maxSurge: the new pod runs beside the old one, which goes when the new one is available', () => {
  withPlane({}, (plane) => {
    addNodes(plane, 2);
    const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 };
    plane.create(
      'DaemonSet',
      manifest({ updateStrategy: { type: 'RollingUpdate', rollingUpdate }, minReadySeconds: 10 }),
    );
    rollOut(plane, 2);
    plane.advance(10_000);
    setImage(plane, 'agent:2');
    assert.is(plane.list('Pod').length, 3);
    plane.runPods();
    plane.advance(9_999);
    assert.is(plane.list('Pod').filter(({ metadata }) => metadata.deletionTimestamp === undefined).length, 3);
    plane.advance(1);
    plane.runPods();
    assert.is(places(plane).length, 3, 'the second node surges when the first has changed');
    plane.advance(10_000);
    rollOut(plane, 2);
    assert.equal(places(plane), ['node-1', 'node-2']);
    assert.is(status(plane).updatedNumberScheduled, 2);
  });
});

test('DS-43: beyond revisionHistoryLimit the oldest revisions go', () => {
  withPlane({}, (plane) => {
    addNodes(plane, 1);
    plane.create('DaemonSet', manifest({ revisionHistoryLimit: 2 }));
    for (const version of [2, 3, 4, 5]) {
      setImage(plane, `agent:${version}`);
      rollOut(plane, 4);
    }
    assert.equal(revisions(plane), ['3 agent:3', '4 agent:4', '5 agent:5']);
  });
});

test('DS-41: of several revisions of the template the highest stays, under whose hash all pods come', () =>
  withPlane({}, (plane) => {
    addNodes(plane, 2);
    plane.create('DaemonSet', manifest());
    const [made] = plane.list('ControllerRevision');
    assert.ok(made);
    const before = plane.list('Pod').map(({ metadata }) => metadata.uid);
    const labels = { ...made.metadata.labels, [HASH]: 'twin' };
    const { ownerReferences } = made.metadata;
    plane.create('ControllerRevision', {
      ...made,
      metadata: { name: 'agent-twin', namespace: 'default', labels, ownerReferences },
      revision: 7,
    });
    plane.patch('DaemonSet', 'agent', { metadata: { annotations: { looked: 'again' } } });
    assert.equal(
      plane.list('ControllerRevision').map(({ metadata, revision }) => [metadata.name, revision]),
      [['agent-twin', 7]],
    );
    const pods = plane.list('Pod');
    assert.equal(
      pods.map(({ metadata }) => [metadata.uid, metadata.labels?.[HASH]]),
      before.map((uid) => [uid, 'twin']),
      'relabelled, not replaced',
    );
  }));

test('DS-42: a revision name that another template has taken changes the hash', () => {
  withPlane({}, (plane) => {
    addNodes(plane, 1);
    plane.create('DaemonSet', manifest());
    const [made] = plane.list('ControllerRevision');
    assert.ok(made);
    plane.remove('DaemonSet', 'agent');
    plane.runPods();
    plane.create('ControllerRevision', {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { name: made.metadata.name },
      data: { other: true },
      revision: 7,
    });
    plane.create('DaemonSet', manifest());
    plane.advance(100);
    assert.is(status(plane).collisionCount, 1);
    assert.equal(places(plane), ['node-1']);
  });
});

test('OW-2, PR-6, PR-7: a matching orphan is adopted as the pod of its node; one that matches no longer is let go', () => {
  withPlane({}, (plane) => {
    addNodes(plane, 2);
    plane.create('Pod', podManifest('orphan', { app: 'agent' }, { nodeName: 'node-1' }));
    plane.create('DaemonSet', manifest({ updateStrategy: { type: 'OnDelete' } }));
    assert.equal(places(plane), ['node-1', 'node-2']);
    assert.is(plane.get('Pod', 'orphan').metadata.ownerReferences?.[0]?.kind, 'DaemonSet');
    plane.patch('Pod', 'orphan', { metadata: { labels: { app: 'other' } } });
    assert.is(plane.get('Pod', 'orphan').metadata.ownerReferences, undefined);
    assert.equal(places(plane), ['node-1', 'node-1', 'node-2']);
  });
});

test('a deleted DaemonSet takes its pods and revisions with it', () => {
  withPlane({}, (plane) => {
    addNodes(plane, 2);
    plane.create('DaemonSet', manifest());
    plane.remove('DaemonSet', 'agent');
    plane.runPods();
    assert.equal([plane.list('Pod').length, plane.list('ControllerRevision').length], [0, 0]);
  });
});

test.run();

import * as assert from 'uvu/assert';
import {
  alreadyExists,
  badRequest,
  conflict,
  continueTooOld,
  deletedStatus,
  expired,
  forbidden,
  internalError,
  methodNotAllowed,
  namespaceTerminating,
  notAcceptable,
  notFound,
  notFoundResource,
  objectModified,
  plain500,
  rejected,
  requestEntityTooLarge,
  successStatus,
  tooLargeResourceVersion,
  tooManyPatchOperations,
  tooManyRequests,
  tooOldResourceVersion,
  uidChanged,
  uidPreconditionFailed,
  unauthorized,
  unsupportedMediaType,
  unsupportedPatchType,
  versionPreconditionFailed,
  type ApiError,
  withoutStack,
} from '../../src/api/index.js';
import { suite } from '../support/suite.js';

const test = suite('api: status');

const pods = { group: '', plural: 'pods' };
const deployments = { group: 'apps', plural: 'deployments' };

/** The golden form of api.md §11: `code reason | message | details`. */
const golden = ({ status }: ApiError): string =>
  `${status.code} ${status.reason ?? '–'} | ${status.message} | ${
    status.details === undefined ? '–' : JSON.stringify(status.details)
  }`;

test('errors read as those of a real API server (api.md §11)', () => {
  const rows: readonly (readonly [string, ApiError, string])[] = [
    [
      'row 3',
      alreadyExists({ group: '', plural: 'configmaps' }, 'a'),
      '409 AlreadyExists | configmaps "a" already exists | {"name":"a","kind":"configmaps"}',
    ],
    ['row 5', notFound(pods, 'zz'), '404 NotFound | pods "zz" not found | {"name":"zz","kind":"pods"}'],
    [
      'row 6',
      notFound(deployments, 'zz'),
      '404 NotFound | deployments.apps "zz" not found | {"name":"zz","group":"apps","kind":"deployments"}',
    ],
    ['row 7', notFoundResource(), '404 NotFound | the server could not find the requested resource | {}'],
    [
      'row 10',
      methodNotAllowed(),
      '405 MethodNotAllowed | the server does not allow this method on the requested resource | {}',
    ],
    [
      'row 12',
      unsupportedMediaType(),
      '415 UnsupportedMediaType | the body of the request was in an unknown format - accepted media types include: ' +
        'application/json, application/yaml, application/vnd.kubernetes.protobuf | –',
    ],
    ['row 13', unsupportedPatchType(), '415 UnsupportedMediaType | 415: Unsupported Media Type | {}'],
    ['row 16', badRequest('no'), '400 BadRequest | no | –'],
    [
      'row 32',
      objectModified(deployments, 'w'),
      '409 Conflict | Operation cannot be fulfilled on deployments.apps "w": the object has been modified; please apply ' +
        'your changes to the latest version and try again | {"name":"w","group":"apps","kind":"deployments"}',
    ],
    [
      'row 33',
      rejected(),
      '422 Invalid | the server rejected our request due to an error in our request | {}',
    ],
    ['row 37', plain500('map: q'), '500 – | map: q | –'],
    [
      'row 46',
      conflict({ group: '', plural: 'pods/binding' }, 'p', 'pod p is already assigned to node "n1"'),
      '409 Conflict | Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1" | ' +
        '{"name":"p","kind":"pods/binding"}',
    ],
    [
      'row 54',
      uidPreconditionFailed({ group: '', kind: 'ConfigMap' }, 'a', { expected: 'abc', actual: 'def' }),
      '409 Conflict | Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (abc) does not match ' +
        'the UID in record (def). The object might have been deleted and then recreated | ' +
        '{"name":"a","kind":"ConfigMap"}',
    ],
    [
      'row 58',
      forbidden({ group: '', plural: 'namespaces' }, 'default', 'this namespace may not be deleted'),
      '403 Forbidden | namespaces "default" is forbidden: this namespace may not be deleted | ' +
        '{"name":"default","kind":"namespaces"}',
    ],
    [
      'row 64',
      tooLargeResourceVersion('99999999', 7),
      '504 Timeout | Timeout: Too large resource version: 99999999, current: 7 | {"causes":[{"reason":' +
        '"ResourceVersionTooLarge","message":"Too large resource version"}],"retryAfterSeconds":1}',
    ],
    [
      '§3.5',
      versionPreconditionFailed({ group: '', kind: 'Pod' }, 'p', { expected: '1', actual: '205' }),
      '409 Conflict | Operation cannot be fulfilled on Pod "p": the ResourceVersion in the precondition (1) does not ' +
        'match the ResourceVersion in record (205). The object might have been modified | {"name":"p","kind":"Pod"}',
    ],
    [
      '§3.1',
      uidChanged(deployments, { namespace: 'default', name: 'w' }, { expected: 'X', actual: 'Y' }),
      '409 Conflict | Operation cannot be fulfilled on deployments.apps "w": StorageError: invalid object, Code: 4, Key: ' +
        '/registry/deployments/default/w, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in ' +
        'precondition: X, UID in object meta: Y | {"name":"w","group":"apps","kind":"deployments"}',
    ],
    [
      '§3.3',
      namespaceTerminating(pods, 'p', 'x'),
      '403 Forbidden | pods "p" is forbidden: unable to create new content in namespace x because it is being ' +
        'terminated | {"name":"p","kind":"pods","causes":[{"reason":"NamespaceTerminating","message":"namespace x is ' +
        'being terminated","field":"metadata.namespace"}]}',
    ],
    ['§4 401', unauthorized(), '401 Unauthorized | Unauthorized | –'],
    [
      '§4 403 of a list',
      forbidden(pods, '', 'no'),
      '403 Forbidden | pods is forbidden: no | {"kind":"pods"}',
    ],
    ['§4 410', tooOldResourceVersion('1', '474'), '410 Expired | too old resource version: 1 (474) | –'],
    ['§4 410', expired('gone'), '410 Expired | gone | –'],
    [
      '§4 413',
      requestEntityTooLarge(),
      '413 RequestEntityTooLarge | Request entity too large: limit is 3145728 | –',
    ],
    [
      '§4 413',
      tooManyPatchOperations(10_001),
      '413 RequestEntityTooLarge | Request entity too large: The allowed maximum operations in a JSON patch is 10000, ' +
        'got 10001 | –',
    ],
    [
      '§4 500',
      internalError('boom'),
      '500 InternalError | Internal error occurred: boom | {"causes":[{"message":"boom"}]}',
    ],
    ['§4 429', tooManyRequests('later'), '429 TooManyRequests | later | {}'],
    [
      '§3.4',
      tooManyRequests('later', { retryAfterSeconds: 10 }),
      '429 TooManyRequests | later | {"retryAfterSeconds":10}',
    ],
  ];
  for (const [row, error, expected] of rows) assert.is(golden(error), expected, row);
});

test('a list that cannot be represented also names the watch streams (api.md §11 row 11, §4 406)', () => {
  const single = notAcceptable().message;
  assert.is(
    single,
    '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );
  assert.is(
    notAcceptable({ list: true }).message,
    `${single}, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch`,
  );
});

test('a Status is sent in the order of the Go struct (api.md §0 pitfall 16)', () => {
  assert.is(
    JSON.stringify(notFound(pods, 'x').status),
    '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"pods \\"x\\" not found",' +
      '"reason":"NotFound","details":{"name":"x","kind":"pods"},"code":404}',
  );
});

test('success of a deletion has details and no code, of a binding a code and no details (api.md §11 rows 45, 55)', () => {
  assert.equal(deletedStatus({ group: '', plural: 'configmaps' }, 'a', 'u'), {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: 'a', kind: 'configmaps', uid: 'u' },
  });
  assert.equal(successStatus({ code: 201 }), {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    code: 201,
  });
});

test('an expired continue token may come with one that reads on (api.md §4 410)', () => {
  const error = continueTooOld('tok');
  assert.equal(error.status.metadata, { continue: 'tok' });
  assert.match(error.message, /or use the continue token in this response to retrieve the remainder/);
  assert.match(continueTooOld().message, /You can start a new list without the continue parameter\.$/);
});

test('an ApiError shows its code, reason and message', () => {
  const error = notFound(pods, 'x');
  assert.is(error.code, 404);
  assert.is(error.reason, 'NotFound');
  assert.is(error.message, 'pods "x" not found');
});

test('an error without a stack has its message, and leaves later errors theirs', () => {
  const target = { group: '', plural: 'pods' };
  const bare = withoutStack(() => notFound(target, 'p'));
  assert.is(bare.message, 'pods "p" not found');
  assert.not.match(bare.stack ?? '', /\n +at /);
  assert.throws(() =>
    withoutStack(() => {
      throw new Error('broken on purpose');
    }),
  );
  assert.match(notFound(target, 'p').stack ?? '', /\n +at /);
});

test.run();

/** Answers to reads that a real API server was asked for, and what api.md says where 1.36 differs. */
import { suite } from '../../support/suite.js';
import { startServer, type Fixture } from '../support.js';
import { A, B, check, deployment, N, TABLE, type Row } from './support.js';

const test = suite('server answers: reads');
let fixture: Fixture;
test.before(async () => {
  fixture = await startServer();
  await fixture.send('POST', '/api/v1/namespaces', { body: { metadata: { name: 'g' } } });
  await fixture.send('POST', `${N}/secrets`, { body: { metadata: { name: 's' } } });
  await fixture.send('POST', `${A}/deployments`, { body: deployment('w', 2) });
});
test.after(() => fixture.close());

const notFound = {
  code: 404,
  reason: 'NotFound',
  message: 'the server could not find the requested resource',
  details: {},
};
const parseError = (text: string): string => `strconv.ParseUint: parsing "${text}": invalid syntax`;
const invalidList = (what: string): string => `ListOptions.meta.k8s.io "" is invalid: ${what}`;

const rows: readonly Row[] = [
  ['GET of any version', ['GET', `${N}/secrets/s?resourceVersion=0`], { code: 200 }],
  ['GET of a version that has been', ['GET', `${N}/secrets/s?resourceVersion=1`], { code: 200 }],
  [
    'GET of a version that is no number (api.md §5)',
    ['GET', `${N}/secrets/s?resourceVersion=abc`],
    { code: 500, message: `resourceVersion: Invalid value: "abc": ${parseError('abc')}` },
  ],
  [
    'GET of a future version (api.md §4, 504)',
    ['GET', `${N}/secrets/none?resourceVersion=99999999`],
    {
      code: 504,
      reason: 'Timeout',
      message: 'Timeout: Too large resource version: 99999999, current: 7',
      details: {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 1,
      },
    },
  ],
  [
    'LIST whose options contradict each other twice (api.md §5)',
    ['GET', `${N}/secrets?resourceVersionMatch=Exact&continue=abc`],
    {
      code: 422,
      reason: 'Invalid',
      message: invalidList(
        '[resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided, ' +
          'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided]',
      ),
    },
  ],
  [
    'LIST of an unknown match without a version',
    ['GET', `${N}/secrets?resourceVersionMatch=Foo`],
    {
      code: 422,
      reason: 'Invalid',
      message: invalidList(
        '[resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided, ' +
          'resourceVersionMatch: Unsupported value: "Foo": supported values: "Exact", "NotOlderThan", ""]',
      ),
    },
  ],
  [
    'WATCH of the objects of a future version (api.md §5, WatchList)',
    [
      'GET',
      `${N}/secrets?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=99999999`,
    ],
    {
      code: 504,
      reason: 'Timeout',
      message: 'Timeout: Too large resource version: 99999999, current: 7',
    },
  ],
  [
    'a Scale as a table (api.md §7)',
    ['GET', `${A}/deployments/w/scale`, { accept: TABLE }],
    { code: 200, fields: { kind: 'Table', 'rows.0.cells.0': 'w', 'rows.0.cells.1': 2, 'rows.0.cells.2': 0 } },
  ],
  ['no scale of what has none (api.md §3.4)', ['GET', `${B}/jobs/j/scale`], notFound],
  [
    'a Job by a field that it has not (api.md §5)',
    ['GET', `${B}/jobs?fieldSelector=foo=bar`],
    { code: 400, reason: 'BadRequest', message: 'field label "foo" not supported for Job' },
  ],
  [
    'a ReplicaSet by its status (api.md §5)',
    ['GET', `${A}/replicasets?fieldSelector=status.replicas=0`],
    {
      code: 400,
      reason: 'BadRequest',
      message: '"status.replicas" is not a known field selector: only "metadata.name", "metadata.namespace"',
    },
  ],
  ['everything, by an empty requirement (api.md §5)', ['GET', `${N}/secrets?fieldSelector==`], { code: 200 }],
];

for (const row of rows) test(row[0], () => check(fixture, row));

test.run();

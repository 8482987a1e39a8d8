/** The Job controller's pure rules, on the tables of controllers.md §11.4. */
import * as assert from 'uvu/assert';
import type { Job, Pod, PodFailurePolicy } from '../../../src/api/index.js';
import { backOffAfter, finishedAtMs, remainingBackOffMs } from '../../../src/controllers/job/backOff.js';
import {
  countIndexes,
  firstFree,
  formatIndexes,
  hasIndex,
  indexesOf,
  parseIndexes,
  union,
} from '../../../src/controllers/job/indexes.js';
import { indexedPrefix } from '../../../src/controllers/job/podManifests.js';
import { judgeFailure, metSuccessRule } from '../../../src/controllers/job/policies.js';
import { podsToRemove, withoutDuplicates } from '../../../src/controllers/job/removal.js';
import { ago, NOW_MS } from '../objects.js';
import { suite } from '../../support/suite.js';

const test = suite('job: rules');

const ended = (secondsAgo: number): Pod =>
  ({
    metadata: { name: 'p', uid: `u${secondsAgo}` },
    spec: { containers: [] },
    status: { containerStatuses: [{ name: 'c', state: { terminated: { finishedAt: ago(secondsAgo) } } }] },
  }) as unknown as Pod;

test('row 159: the remaining back-off after so many failures (base 5 s, at most 700 s)', () => {
  const left = (failures: number, agoMs: number): number =>
    remainingBackOffMs({ failures, lastFailureMs: NOW_MS - agoMs }, NOW_MS, 5_000, 700_000);
  assert.equal(
    [left(0, 0), left(1, 0), left(1, 1_000), left(1, 6_000), left(3, 0), left(8, 0), left(9, 0)],
    [0, 5_000, 4_000, 0, 20_000, 640_000, 700_000],
  );
});

test('JB-40: 10, 20, 40, 80, 160, 320, 600, 600 s', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 8].map((failures) =>
    remainingBackOffMs({ failures, lastFailureMs: NOW_MS }, NOW_MS),
  );
  assert.equal(
    delays.map((ms) => ms / 1000),
    [10, 20, 40, 80, 160, 320, 600, 600],
  );
});

test('row 160: a success forgets the failures before it, and only those', () => {
  const before = { failures: 3, lastFailureMs: NOW_MS - 60_000 };
  assert.equal(backOffAfter(before, [], []), before);
  assert.equal(backOffAfter(before, [], [ended(4), ended(2)]), {
    failures: 5,
    lastFailureMs: NOW_MS - 2_000,
  });
  assert.equal(backOffAfter(before, [ended(1)], [ended(2)]), { failures: 0, lastFailureMs: 0 });
  assert.equal(backOffAfter(before, [ended(3)], [ended(4), ended(2), ended(1)]), {
    failures: 2,
    lastFailureMs: NOW_MS - 1_000,
  });
  // In the very second of the success is not after it.
  assert.is(backOffAfter(before, [ended(3)], [ended(3)]).failures, 0);
});

test('JB-42: the end of a pod: its last container, else not ready since, else deletion less grace, else creation', () => {
  const pod = (status: object, metadata: object = {}): Pod =>
    ({
      metadata: { creationTimestamp: ago(100), ...metadata },
      spec: { containers: [], terminationGracePeriodSeconds: 30 },
      status,
    }) as unknown as Pod;
  const exited = (seconds: number) => ({ state: { terminated: { finishedAt: ago(seconds) } } });
  const secondsAgo = (of: Pod): number => (NOW_MS - finishedAtMs(of)) / 1000;
  assert.is(secondsAgo(pod({ containerStatuses: [exited(9), exited(7)] })), 7);
  const condition = { type: 'Ready', status: 'False', lastTransitionTime: ago(20) };
  assert.is(secondsAgo(pod({ containerStatuses: [exited(9), { state: {} }], conditions: [condition] })), 20);
  const deletion = { deletionTimestamp: ago(-10), deletionGracePeriodSeconds: 50 };
  assert.is(secondsAgo(pod({}, deletion)), 40);
  assert.is(secondsAgo(pod({})), 100);
});

test('row 161: the lowest indexes that are free', () => {
  const free = (count: number, taken: readonly number[], completions = 20) =>
    firstFree(indexesOf(taken), count, completions).join(',');
  assert.is(free(5, [], 3), '0,1,2');
  assert.is(free(3, [0, 1]), '2,3,4');
  assert.is(free(5, [3, 5, 8, 2, 3, 4, 9]), '0,1,6,7,10');
  assert.is(free(5, [3, 5, 8, 1, 3, 9, 2, 6, 7]), '0,4,10,11,12');
});

test('row 163, JB-51: texts of indexes: pairs one by one, three and more as a range; cut at completions', () => {
  const read = (text: string, completions: number) => formatIndexes(parseIndexes(text, completions));
  assert.is(read('0-5,8-10', 8), '0-5');
  assert.is(read('0-5,8-10', 10), '0-5,8,9');
  assert.is(formatIndexes(union(parseIndexes('3,4,6', 10), indexesOf([2, 7, 8]))), '2-4,6-8');
  assert.is(formatIndexes(union(parseIndexes('0,1-foo,bar', 5), indexesOf([3]))), '0,3');
  assert.is(countIndexes(parseIndexes('0,2-4,6', 10)), 5);
  const indexes = parseIndexes('0,2-4,6', 10);
  assert.equal(
    [0, 1, 2, 4, 5, 6, 7].filter((index) => hasIndex(indexes, index)),
    [0, 2, 4, 6],
  );
});

const indexedPod = (name: string, index: number | undefined, phase: string): Pod =>
  ({
    metadata: {
      name,
      uid: name,
      ...(index !== undefined && {
        annotations: { 'batch.kubernetes.io/job-completion-index': String(index) },
      }),
    },
    spec: { containers: [], nodeName: 'n' },
    status: { phase },
  }) as unknown as Pod;

test('row 162: of each index the best pod stays; pods without one, or beyond the last, go', () => {
  const pods = [
    indexedPod('none', undefined, 'Running'),
    indexedPod('pending', 0, 'Pending'),
    indexedPod('running', 0, 'Running'),
    indexedPod('single', 1, 'Pending'),
    indexedPod('beyond', 3, 'Running'),
  ];
  const { removed, left } = withoutDuplicates(pods, 3);
  assert.equal(
    [removed, left].map((some) => some.map(({ metadata }) => metadata.name)),
    [
      ['none', 'beyond', 'pending'],
      ['running', 'single'],
    ],
  );
  const job = { spec: { completionMode: 'Indexed', completions: 3 } } as unknown as Job;
  assert.is(podsToRemove(job, pods, 4).length, 4);
});

const failed = (containers: object, conditions: readonly object[] = []): Pod =>
  ({
    metadata: { name: 'mypod-0', namespace: 'default' },
    status: {
      containerStatuses: Object.entries(containers).map(([name, exitCode]) => ({
        name,
        state: { terminated: { exitCode } },
      })),
      conditions,
    },
  }) as unknown as Pod;
const codes = (action: string, operator: string, values: readonly number[], containerName?: string) => ({
  action,
  onExitCodes: { operator, values, ...(containerName !== undefined && { containerName }) },
});
const policy = (...rules: readonly object[]): PodFailurePolicy => ({ rules }) as unknown as PodFailurePolicy;

test('rows 164 to 166: the first rule that matches decides', () => {
  const rules = policy(codes('Ignore', 'In', [1, 2, 3]), codes('FailJob', 'In', [5, 6, 7]));
  const verdict = (of: PodFailurePolicy, pod: Pod) => {
    const { action, isCounted } = judgeFailure(of, pod);
    return `${action ?? 'none'} ${isCounted}`;
  };
  assert.is(verdict(rules, failed({ main: 1 })), 'Ignore false');
  assert.is(verdict(rules, failed({ main: 5 })), 'FailJob true');
  assert.is(verdict(rules, failed({ main: 6, other: 2 })), 'Ignore false');
  assert.is(verdict(rules, failed({ main: 10 })), 'none true');
  assert.is(verdict(rules, failed({ main: 0 })), 'none true');
  assert.is(
    judgeFailure(rules, failed({ 'main-container': 5 })).message,
    'Container main-container for pod default/mypod-0 failed with exit code 5 matching FailJob rule at index 1',
  );
  const notIn = policy(codes('FailJob', 'NotIn', [5, 6, 7]));
  assert.is(verdict(notIn, failed({ main: 42 })), 'FailJob true');
  assert.is(verdict(notIn, failed({ main: 0 })), 'none true');
  assert.is(verdict(policy(codes('FailJob', 'In', [5], 'other')), failed({ main: 5 })), 'none true');
  assert.is(verdict(policy(codes('FailJob', 'In', [-5])), failed({ main: -5 })), 'FailJob true');
  assert.is(
    verdict(policy(codes('Unknown', 'In', [5]), codes('Count', 'In', [5])), failed({ main: 5 })),
    'Count true',
  );
  assert.is(verdict(policy(codes('Ignore', 'Odd', [5])), failed({ main: 5 })), 'none true');
});

test('rows 164, 166: conditions match by type and status', () => {
  const disrupted = failed({ main: 137 }, [{ type: 'DisruptionTarget', status: 'True' }]);
  const on = (action: string, status: string) =>
    policy({ action, onPodConditions: [{ type: 'DisruptionTarget', status }] });
  assert.is(judgeFailure(on('Ignore', 'True'), disrupted).isCounted, false);
  assert.is(judgeFailure(on('Ignore', 'False'), disrupted).isCounted, true);
  assert.is(
    judgeFailure(on('FailJob', 'True'), disrupted).message,
    'Pod default/mypod-0 has condition DisruptionTarget matching FailJob rule at index 0',
  );
});

test('row 174: which success rule is met (10 completions)', () => {
  const met = (succeeded: string, ...rules: readonly object[]) =>
    metSuccessRule({ rules } as never, 10, parseIndexes(succeeded, 10));
  const indexes = (succeededIndexes: string, succeededCount?: number) => ({
    succeededIndexes,
    ...(succeededCount !== undefined && { succeededCount }),
  });
  assert.is(met('0-2,4-7', indexes('0-2')), 'Matched rules at index 0');
  assert.is(met('0-2,4-7', indexes('9'), indexes('4,6')), 'Matched rules at index 1');
  assert.is(met('0-2,4-7', indexes('0,1'), indexes('5')), 'Matched rules at index 0');
  assert.is(met('0-2,4-7', indexes('3-6', 2)), 'Matched rules at index 0');
  assert.is(met('0-2,6-7', indexes('3-6', 2)), undefined);
  assert.is(met('0-2', indexes('3')), undefined);
  assert.is(met('0-2', { succeededCount: 2 }), 'Matched rules at index 0');
  assert.is(met('0-2', { succeededCount: 4 }), undefined);
  assert.is(met('1-9', indexes('2-4,6-8')), 'Matched rules at index 0');
  assert.is(met('1-3', indexes('')), undefined);
  assert.is(met('1-3', indexes('invalid-form')), undefined);
  assert.is(met('', { succeededCount: 0 }), undefined);
});

test('row 184: of a long name the index stays', () => {
  assert.is(indexedPrefix('indexed-job', 1), 'indexed-job-1-');
  for (const length of [70, 57]) assert.is(indexedPrefix('x'.repeat(length), 1), `${'x'.repeat(55)}-1-`);
});

test.run();

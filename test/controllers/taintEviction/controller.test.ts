import * as assert from 'uvu/assert';
import { ApiError } from '../../../src/api/index.js';
import { createCall, type Api } from '../../../src/client/index.js';
import { addNode, addPod, nodePlane } from '../nodeLifecycle/nodes.js';
import { overriding, type Plane, type PlaneOptions } from '../plane.js';
import { suite } from '../../support/suite.js';

const test = suite('taintEviction: controller on the API (controllers.md §7.4)');

const MARK = 'TaintManagerEviction Marking for deletion Pod default/web';
const CANCEL = 'TaintManagerEviction Cancelling deletion of Pod default/web';

const plane = (options: PlaneOptions = {}): Plane => {
  const p = nodePlane({ controllers: ['taintEviction'], ...options });
  addNode(p, 'n1', { ready: 'True' });
  return p;
};
const setTaints = (p: Plane, ...keys: string[]): void => {
  const taints = keys.map((key) => ({ key, effect: 'NoExecute' }));
  p.patch('Node', 'n1', { spec: { taints } });
};
const tolerating = (...entries: readonly (readonly [string, number?])[]): object => ({
  tolerations: entries.map(([key, tolerationSeconds]) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    ...(tolerationSeconds !== undefined && { tolerationSeconds }),
  })),
});
const isDeleted = (p: Plane): boolean => p.get('Pod', 'web').metadata.deletionTimestamp !== undefined;

test('row 233, NL-33: an untolerated taint: condition, graceful DELETE, event, in the same instant', () => {
  const p = plane();
  addPod(p, 'web', 'n1');
  setTaints(p, 'a');
  const { metadata, status } = p.get('Pod', 'web');
  assert.is(metadata.deletionGracePeriodSeconds, 30);
  const condition = status.conditions?.find(({ type }) => type === 'DisruptionTarget');
  assert.equal(
    [condition?.status, condition?.reason, condition?.message, condition?.lastTransitionTime],
    [
      'True',
      'DeletionByTaintManager',
      'Taint manager: deleting due to NoExecute taint',
      '2026-01-01T00:00:00Z',
    ],
  );
  assert.equal(p.events(), [MARK]);
  const [event] = p.list('Event');
  assert.equal([event?.type, event?.source?.component], ['Normal', 'taint-eviction-controller']);
  p.stop();
});

test('row 231: a NoSchedule taint, or none, evicts nobody and needs no actor', () => {
  const p = plane();
  addPod(p, 'web', 'n1');
  p.patch('Node', 'n1', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } });
  assert.is(isDeleted(p), false);
  assert.is(p.host.actorCount, 0);
  p.stop();
});

test('row 231: tolerated for 100 s: deleted after exactly 100 s', () => {
  const p = plane();
  addPod(p, 'web', 'n1', tolerating(['a', 100]));
  setTaints(p, 'a');
  p.advance(99_999);
  assert.is(isDeleted(p), false);
  assert.equal(p.events(), []);
  p.advance(1);
  assert.is(isDeleted(p), true);
  p.stop();
});

test('rows 231, 232: infinite toleration stays; removing it deletes now', () => {
  const p = plane();
  addPod(p, 'web', 'n1', tolerating(['a']));
  setTaints(p, 'a');
  p.advance(86_400_000);
  assert.is(isDeleted(p), false);
  p.stop();
});

test('row 232: binding a pod onto a tainted node deletes it', () => {
  const p = plane();
  setTaints(p, 'a');
  p.create('Pod', { metadata: { name: 'web' }, spec: { containers: [{ name: 'web', image: 'web:1' }] } });
  assert.is(isDeleted(p), false);
  p.api.bind({ namespace: 'default', name: 'web' }, 'n1').settled(() => {});
  p.settle();
  assert.is(isDeleted(p), true);
  p.stop();
});

test('row 232, NL-32: a toleration that grows after the timer has started changes nothing: deleted at the original time', () => {
  const p = plane();
  addPod(p, 'web', 'n1', tolerating(['a', 60]));
  setTaints(p, 'a');
  p.advance(30_000);
  const longer = [...(p.get('Pod', 'web').spec.tolerations ?? [])];
  longer.push({ key: 'z', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 900 });
  p.patch('Pod', 'web', { spec: { tolerations: longer } });
  p.advance(29_999);
  assert.is(isDeleted(p), false);
  p.advance(1);
  assert.is(isDeleted(p), true);
  assert.equal(p.events(), [MARK]);
  p.stop();
});

test('NL-32: a second taint that is tolerated for less does not shorten the time left', () => {
  const p = plane();
  addPod(p, 'web', 'n1', tolerating(['a', 60], ['b', 10]));
  setTaints(p, 'a');
  p.advance(30_000);
  setTaints(p, 'a', 'b');
  p.advance(29_999);
  assert.is(isDeleted(p), false);
  p.advance(1);
  assert.is(isDeleted(p), true);
  p.stop();
});

test('row 233: the taint goes before the toleration is over: cancelled, and said so once', () => {
  const p = plane();
  addPod(p, 'web', 'n1', tolerating(['a', 100]));
  setTaints(p, 'a');
  p.advance(50_000);
  setTaints(p);
  assert.equal(p.events(), [CANCEL]);
  p.advance(100_000);
  assert.is(isDeleted(p), false);
  assert.is(p.host.actorCount, 0);
  p.stop();
});

test('row 233: an untolerated taint joins one that is tolerated for a time: cancelled and deleted at once', () => {
  const p = plane();
  addPod(p, 'web', 'n1', tolerating(['a', 100]));
  setTaints(p, 'a');
  p.advance(50_000);
  setTaints(p, 'a', 'b');
  assert.is(isDeleted(p), true);
  assert.equal(p.events(), [CANCEL, MARK]);
  p.stop();
});

test('a scheduled pod that somebody deletes is forgotten, with an event; its actor goes', () => {
  const p = plane();
  addPod(p, 'web', 'n1', tolerating(['a', 100]));
  setTaints(p, 'a');
  p.remove('Pod', 'web', { gracePeriodSeconds: 0 });
  assert.equal(p.events(), [CANCEL]);
  assert.equal([p.host.actorCount, p.host.pendingTimers], [0, 0]);
  p.stop();
});

for (const [failures, deletedAfterMs] of [
  [4, 40],
  [5, undefined],
] as const)
  test(`NL-33: five tries, 10 ms apart: after ${failures} failures ${deletedAfterMs === undefined ? 'it gives up' : `deleted at ${deletedAfterMs} ms`}`, () => {
    let left: number = failures;
    const intercept = (api: Api): Api =>
      overriding(api, {
        delete: (key, options) => {
          if (key.kind !== 'Pod' || left === 0) return api.delete(key, options);
          left -= 1;
          const status = {
            kind: 'Status',
            apiVersion: 'v1',
            metadata: {},
            status: 'Failure',
            message: 'busy',
            code: 500,
          } as const;
          return createCall((settle) => settle({ ok: false, error: new ApiError(status) }));
        },
      });
    const p = plane({ intercept });
    addPod(p, 'web', 'n1');
    setTaints(p, 'a');
    p.advance(39);
    assert.is(isDeleted(p), false);
    p.advance(10_000);
    assert.is(isDeleted(p), deletedAfterMs !== undefined);
    assert.equal(p.events(), [MARK]);
    p.stop();
  });

test.run();

import * as assert from 'uvu/assert';
import { addNode, addPod, nodePlane, post } from '../nodeLifecycle/nodes.js';
import type { Plane } from '../plane.js';
import { suite } from '../../support/suite.js';

const test = suite('podGC: controller on the API (controllers.md §7.5)');

const plane = (terminatedPodGCThreshold?: number): Plane =>
  nodePlane({ controllers: ['podGC'], settings: { podGC: { terminatedPodGCThreshold } } });
const names = (p: Plane): string[] => p.list('Pod').map(({ metadata }) => metadata.name);

test('row 236, NL-43: a node that goes at 5 s: quarantined at 20 s, its pods force-deleted at 60 s', () => {
  const p = plane();
  addNode(p, 'n1', { ready: 'True' });
  addPod(p, 'web', 'n1');
  const changes: string[] = [];
  const watching = p.api.watch('Pod').subscribe((event) => {
    if (event.type === 'BOOKMARK') return;
    const { phase, conditions } = event.object.status;
    const target = conditions?.find(({ type }) => type === 'DisruptionTarget');
    changes.push([event.type, phase, target?.reason, target?.message].filter(Boolean).join(' '));
  });
  p.advance(5_000);
  p.remove('Node', 'n1');
  p.advance(54_999);
  assert.equal(names(p), ['web']);
  changes.length = 0;
  p.advance(1);
  assert.equal(names(p), []);
  // NL-40: failed first, then the mark of the forced deletion, then gone.
  assert.equal(changes, [
    'MODIFIED Failed DeletionByPodGC PodGC: node no longer exists',
    'MODIFIED Failed DeletionByPodGC PodGC: node no longer exists',
    'DELETED Failed DeletionByPodGC PodGC: node no longer exists',
  ]);
  watching.unsubscribe();
  p.stop();
});

test('row 236: a node that reappears before its quarantine is over keeps its pods', () => {
  const p = plane();
  addNode(p, 'n1', { ready: 'True' });
  addPod(p, 'web', 'n1');
  p.remove('Node', 'n1');
  p.advance(50_000);
  addNode(p, 'n1', { ready: 'True' });
  p.advance(120_000);
  assert.equal(names(p), ['web']);
  p.stop();
});

test('NL-42: a terminating pod on a node out of service is gone at the next pass, without a condition', () => {
  const p = plane();
  addNode(p, 'n1', { ready: 'True' });
  addPod(p, 'web', 'n1');
  p.remove('Pod', 'web');
  p.advance(21_000);
  assert.equal(names(p), ['web'], 'NL-45: its node is there');
  post(p, 'n1', 'Unknown');
  p.patch('Node', 'n1', {
    spec: { taints: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] },
  });
  p.advance(19_000);
  assert.equal(names(p), []);
  p.stop();
});

test('row 235: two of three ended pods go when one is kept', () => {
  const p = plane(1);
  addNode(p, 'n1', { ready: 'True' });
  for (const name of ['a', 'b', 'c']) {
    addPod(p, name, 'n1');
    p.patch('Pod', name, { status: { phase: 'Succeeded' } }, 'status');
    p.advance(1_000);
  }
  p.advance(20_000);
  assert.equal(names(p), ['c']);
  p.stop();
});

test('while nothing changes nothing is looked at; what changes is looked at by the next tick of 20 s', () => {
  const p = plane();
  p.advance(3_600_000);
  assert.equal([p.host.actorCount, p.host.pendingTimers], [1, 0]);
  p.advance(3_000);
  addPod(p, 'web', 'no-such-node');
  p.advance(16_999 + 40_000);
  assert.equal(names(p), ['web'], 'seen at the tick, 40 s of quarantine');
  p.advance(1);
  assert.equal(names(p), []);
  p.advance(20_000);
  assert.is(p.host.pendingTimers, 0);
  p.stop();
});

test.run();

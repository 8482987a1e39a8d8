import * as assert from 'uvu/assert';
import { createSeededRandom } from '../../src/clock/index.js';
import { createEventRecorder } from '../../src/client/index.js';
import { suite } from '../support/suite.js';
import { createTestApi, podManifest, value } from './cluster.js';

const test = suite('client: event recorder');

const recording = () => {
  const cluster = createTestApi();
  const refused: string[] = [];
  const recorder = createEventRecorder(cluster.trusted, cluster.clock, createSeededRandom(7), {
    component: 'kubelet',
    host: 'n1',
    onRejected: (error) => refused.push(error.message),
  });
  const pod = value(cluster.api.create('Pod', podManifest('p')));
  const events = () => value(cluster.api.list('Event')).items;
  const wait = (seconds: number) => cluster.clock.moveTo(cluster.clock.now() + seconds * 1000);
  return { ...cluster, recorder, pod, events, wait, refused };
};

test('an event has what kubectl describe shows', () => {
  const { recorder, pod, events, time } = recording();
  recorder.event(pod, 'Normal', 'Started', 'Container started', 'spec.containers{c}');
  const [event] = events();
  assert.match(event?.metadata.name ?? '', /^p\.[0-9a-f]{16}$/);
  assert.is(event?.metadata.namespace, 'default');
  assert.equal(event?.involvedObject, {
    kind: 'Pod',
    namespace: 'default',
    name: 'p',
    uid: pod.metadata.uid,
    apiVersion: 'v1',
    resourceVersion: pod.metadata.resourceVersion,
    fieldPath: 'spec.containers{c}',
  });
  assert.equal(
    [event?.reason, event?.message, event?.type, event?.count],
    ['Started', 'Container started', 'Normal', 1],
  );
  assert.equal([event?.firstTimestamp, event?.lastTimestamp], [time(), time()]);
  assert.equal(event?.source, { component: 'kubelet', host: 'n1' });
  assert.equal([event?.reportingComponent, event?.reportingInstance], ['kubelet', 'n1']);
});

test('an event about a cluster-scoped object lies in the namespace default', () => {
  const { recorder, events } = recording();
  recorder.event(
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', uid: 'n1' } },
    'Normal',
    'NodeReady',
    'ready',
  );
  assert.is(events()[0]?.metadata.namespace, 'default');
  assert.not('namespace' in (events()[0]?.involvedObject ?? {}));
});

test('node.md §7: an identical event raises the count and the last time of the one that is there', () => {
  const { recorder, pod, events, wait, time } = recording();
  const started = time();
  for (let index = 0; index < 3; index += 1) {
    recorder.event(pod, 'Warning', 'Unhealthy', 'Liveness probe failed: x', 'spec.containers{c}');
    wait(10);
  }
  recorder.event(pod, 'Warning', 'Unhealthy', 'Liveness probe failed: x', 'spec.containers{d}');
  const [first, second] = [...events()].sort((a, b) => (b.count ?? 0) - (a.count ?? 0));
  assert.equal([first?.count, first?.firstTimestamp, first?.lastTimestamp], [3, started, time(-10)]);
  assert.equal([second?.count, second?.involvedObject.fieldPath], [1, 'spec.containers{d}']);
  assert.is(events().length, 2);
});

test('an event that was deleted meanwhile is written anew, with its count', () => {
  const { recorder, pod, events, api } = recording();
  recorder.event(pod, 'Normal', 'Pulled', 'm');
  const [first] = events();
  value(api.delete({ kind: 'Event', namespace: 'default', name: first?.metadata.name ?? '' }));
  recorder.event(pod, 'Normal', 'Pulled', 'm');
  assert.equal(
    events().map(({ count }) => count),
    [2],
  );
  recorder.event(pod, 'Normal', 'Pulled', 'm');
  assert.equal(
    events().map(({ count }) => count),
    [3],
  );
});

test('node.md §7: from the 10th similar message on, events are joined', () => {
  const { recorder, pod, events, wait } = recording();
  const say = (index: number) => recorder.event(pod, 'Warning', 'BackOff', `message ${index}`);
  for (let index = 1; index <= 12; index += 1) say(index);
  const messages = () =>
    events()
      .map(({ message, count }) => `${message} ×${count}`)
      .sort();
  assert.is(events().length, 10);
  assert.is(messages()[0], '(combined from similar events): message 12 ×3');
  wait(601);
  say(13);
  assert.ok(
    messages().includes('message 13 ×1'),
    'after 600 s without a similar event the group starts anew',
  );
});

test('node.md §7: about one object 25 events are let through, then one per 300 s', () => {
  const { recorder, pod, events, wait } = recording();
  const total = () => events().reduce((sum, { count }) => sum + (count ?? 0), 0);
  for (let index = 0; index < 40; index += 1) recorder.event(pod, 'Normal', `R${index}`, 'm');
  assert.is(total(), 25);
  wait(299);
  recorder.event(pod, 'Normal', 'late', 'm');
  assert.is(total(), 25);
  wait(1);
  recorder.event(pod, 'Normal', 'later', 'm');
  assert.is(total(), 26);
  recorder.event({ ...pod, metadata: { ...pod.metadata, name: 'q', uid: 'q' } }, 'Normal', 'R', 'm');
  assert.is(total(), 27);
});

test('an event that the API refuses is reported and does no harm', () => {
  const { recorder, pod, api, refused } = recording();
  value(api.create('Namespace', { metadata: { name: 'g' } }));
  value(api.delete({ kind: 'Namespace', name: 'g' }));
  recorder.event({ ...pod, metadata: { ...pod.metadata, namespace: 'g' } }, 'Normal', 'R', 'm');
  assert.is(refused.length, 1);
  assert.match(refused[0] ?? '', /because it is being terminated$/);
});

test('events listed by name are in the order in which they were recorded', () => {
  const { recorder, pod, events, wait } = recording();
  const reasons = ['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started', 'Killing'];
  for (const reason of reasons) {
    recorder.event(pod, 'Normal', reason, 'm');
    if (reason === 'Pulling') wait(1);
  }
  assert.equal(
    events().map(({ reason }) => reason),
    reasons,
  );
});

test('the same seed gives the same events', () => {
  const run = () => {
    const { recorder, pod, events } = recording();
    for (const reason of ['a', 'b', 'c']) recorder.event(pod, 'Normal', reason, 'm');
    return events();
  };
  assert.equal(run(), run());
});

test.run();

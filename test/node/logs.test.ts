/** Which log `kubectl logs` reads, and how it is written out. Spec: node.md 6.8, rows 119 and 120. */
import { from, throwError } from 'rxjs';
import * as assert from 'uvu/assert';
import { ApiError, type ContainerStatus } from '../../src/api/index.js';
import { formatLogs, readLogs, selectLogInstance, sinceMsOf, type LogFormat } from '../../src/node/logs.js';
import type { ContainerRuntime, LogLine } from '../../src/runtime/index.js';
import { suite } from '../support/suite.js';
import { pod, status } from './support.js';

const test = suite('node: logs');

const select = (fields: Partial<ContainerStatus> | undefined, previous = false): string => {
  const containerStatuses = fields === undefined ? [] : [status(fields)];
  try {
    const { containerID, attempt } = selectLogInstance(pod({ status: { containerStatuses } }), 'app', {
      previous,
    });
    return `${containerID} #${attempt}`;
  } catch (error) {
    assert.instance(error, ApiError);
    assert.equal([(error as ApiError).code, (error as ApiError).reason], [400, 'BadRequest']);
    return (error as ApiError).message;
  }
};
const terminated = (containerID?: string) =>
  ({ terminated: { exitCode: 1, ...(containerID && { containerID }) } }) as const;
const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const waiting = (reason?: string) => ({ waiting: reason === undefined ? {} : { reason } });
const NO_PREVIOUS = 'previous terminated container "app" in pod "web-0" not found';
const IS_TERMINATED = 'container "app" in pod "web-0" is terminated';
const WAITING = 'container "app" in pod "web-0" is waiting to start: ';

for (const [what, fields, current, previous] of [
  ['no status', undefined, 'container "app" in pod "web-0" is not available', undefined],
  [
    'running, with a last instance',
    { state: running, containerID: 'x://2', lastState: terminated('x://1'), restartCount: 1 },
    'x://2 #1',
    'x://1 #0',
  ],
  ['running', { state: running, containerID: 'x://1' }, 'x://1 #0', NO_PREVIOUS],
  ['terminated without id', { state: terminated() }, IS_TERMINATED, NO_PREVIOUS],
  ['terminated with id', { state: terminated('x://1') }, 'x://1 #0', NO_PREVIOUS],
  [
    'terminated and last without id',
    { state: terminated(), lastState: terminated() },
    IS_TERMINATED,
    NO_PREVIOUS,
  ],
  [
    'terminated without id, last with id',
    { state: terminated(), lastState: terminated('x://1'), restartCount: 1 },
    'x://1 #0',
    'x://1 #0',
  ],
  [
    'CrashLoopBackOff after the third instance',
    { state: waiting('CrashLoopBackOff'), lastState: terminated('x://3'), restartCount: 2 },
    'x://3 #2',
    'x://3 #2',
  ],
  [
    'waiting, last without id',
    { state: waiting('CrashLoopBackOff'), lastState: terminated() },
    IS_TERMINATED,
    NO_PREVIOUS,
  ],
  ['ErrImagePull', { state: waiting('ErrImagePull') }, `${WAITING}image can't be pulled`, NO_PREVIOUS],
  [
    'ImagePullBackOff',
    { state: waiting('ImagePullBackOff') },
    `${WAITING}trying and failing to pull image`,
    NO_PREVIOUS,
  ],
  ['ContainerCreating', { state: waiting('ContainerCreating') }, `${WAITING}ContainerCreating`, NO_PREVIOUS],
  [
    'no state',
    { state: {} },
    'container "app" in pod "web-0" is waiting to start - no logs yet',
    NO_PREVIOUS,
  ],
] as const) {
  test(`row 120: ${what}: current → ${current}`, () => {
    assert.is(select(fields as Partial<ContainerStatus>), current);
    if (previous !== undefined) assert.is(select(fields as Partial<ContainerStatus>, true), previous);
  });
}

const LINES: readonly LogLine[] = [0, 1, 2].map((second) => ({
  time: `2026-01-01T00:00:0${second}.000000000Z`,
  stream: 'stdout',
  text: `line ${second}`,
}));
const format = (options: LogFormat, lines = LINES): string => {
  let text = '';
  formatLogs(from(lines), options).subscribe((piece) => (text += piece));
  return text;
};

test('row 119: lines end in a newline; timestamps have nine decimals and a blank', () => {
  assert.is(format({}), 'line 0\nline 1\nline 2\n');
  assert.is(format({ timestamps: true }, LINES.slice(0, 1)), '2026-01-01T00:00:00.000000000Z line 0\n');
});

test('row 119: lines before `since` are dropped, one at that very time is kept', () => {
  assert.is(format({ sinceMs: Date.UTC(2026, 0, 1, 0, 0, 1) }), 'line 1\nline 2\n');
  assert.is(format({ sinceMs: Date.UTC(2026, 0, 1, 0, 0, 1) + 1 }), 'line 2\n');
});

test('row 119: limitBytes cuts within a line, counts timestamps, and never splits a character', () => {
  assert.is(format({ limitBytes: 10 }), 'line 0\nlin');
  assert.is(format({ limitBytes: 7 }), 'line 0\n');
  assert.is(format({ limitBytes: 33, timestamps: true }), '2026-01-01T00:00:00.000000000Z li');
  assert.is(format({ limitBytes: 2 }, [{ ...(LINES[0] as LogLine), text: 'aß' }]), 'a');
});

test('a log that the runtime no longer has is told in the text (200), or errors when the id is not known', () => {
  const runtime = { logs: () => throwError(() => new Error('gone')) } as unknown as ContainerRuntime;
  const ref = {
    pod: { namespace: 'shop', name: 'web-0', uid: 'u-1', nodeName: 'n' },
    name: 'app',
    attempt: 0,
  };
  const seen: string[] = [];
  readLogs(runtime, ref, { containerID: 'simulated://1' }).subscribe((text) => seen.push(text));
  readLogs(runtime, ref, {}).subscribe({ error: (error: Error) => seen.push(error.message) });
  assert.equal(seen, ['unable to retrieve container logs for simulated://1', 'gone']);
});

test('the later of sinceSeconds and sinceTime counts', () => {
  const nowMs = Date.UTC(2026, 0, 1, 0, 1, 0);
  const sinceTime = '2026-01-01T00:00:30Z';
  assert.is(sinceMsOf({}, nowMs), undefined);
  assert.is(sinceMsOf({ sinceSeconds: 10, sinceTime }, nowMs), nowMs - 10_000);
  assert.is(sinceMsOf({ sinceSeconds: 50, sinceTime }, nowMs), nowMs - 30_000);
});

test.run();

import { Observable } from 'rxjs';
import * as assert from 'uvu/assert';
import { fittingMessage, lastLines, needsLogs } from '../../../src/node/container/terminationMessage.js';
import type { ContainerRuntime } from '../../../src/runtime/index.js';
import { suite } from '../../support/suite.js';

const test = suite('node: termination messages');

const ref = { pod: { namespace: 'd', name: 'p', uid: 'u', nodeName: 'n' }, name: 'app', attempt: 0 };
const spec = { name: 'app', terminationMessagePolicy: 'FallbackToLogsOnError' } as never;

test('the log is asked for only by that policy, after a failure, and without a message of its own (row 114)', () => {
  const exit = { exitCode: 1, reason: 'Error' };
  assert.is(needsLogs(spec, exit), true);
  assert.is(needsLogs(spec, { ...exit, message: 'mine' }), false);
  assert.is(needsLogs(spec, { exitCode: 0, reason: 'Completed' }), false);
  assert.is(needsLogs(spec, { ...exit, reason: 'ContainerCannotRun' }), false);
  assert.is(needsLogs({ name: 'app', terminationMessagePolicy: 'File' } as never, exit), false);
});

test('at most the last 2048 bytes of 80 lines; nothing when there is no log', () => {
  let asked = 0;
  const runtime = (lines: number | undefined): ContainerRuntime =>
    ({
      logs: (_: unknown, { tailLines }: { tailLines: number }) => {
        asked = tailLines;
        return new Observable((subscriber) => {
          if (lines === undefined) return subscriber.error(new Error('none'));
          for (let index = 0; index < lines; index += 1)
            subscriber.next({ time: '', stream: 'stdout', text: 'x'.repeat(99) });
          subscriber.complete();
        });
      },
    }) as unknown as ContainerRuntime;
  const read = (lines: number | undefined): string => {
    let text = 'unanswered';
    lastLines(runtime(lines), ref, (found) => (text = found));
    return text;
  };
  assert.is(read(80).length, 2048);
  assert.is(asked, 80);
  assert.is(read(3).length, 300);
  assert.is(read(undefined), '');
});

test('all messages of a pod share 12 KiB, whole characters only in what is counted (row 98)', () => {
  assert.is(fittingMessage('x'.repeat(20_000), 3).length, 4096);
  assert.is(fittingMessage('short', 3), 'short');
});

test.run();

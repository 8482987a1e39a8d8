/** Lines of text: events, cut lines, whole lines out of pieces, summaries. */
import pc from 'picocolors';
import * as assert from 'uvu/assert';
import type { Event } from '../../src/api/index.js';
import { createLineSplitter, cut, eventLine, summaryLines } from '../../src/cli/report/format.js';
import { suite } from '../support/suite.js';

const test = suite('cli: format');
const plain = pc.createColors(false);

const event = (fields: object): Event =>
  ({
    metadata: { name: 'web.1', namespace: 'default' },
    involvedObject: { kind: 'Pod', name: 'web' },
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Liveness probe failed: HTTP probe failed with statuscode: 500\n',
    lastTimestamp: '2026-01-01T12:00:17Z',
    count: 1,
    ...fields,
  }) as unknown as Event;

test('an event is one line with its time, type, reason, object and message', () => {
  assert.is(
    eventLine(event({}), plain),
    '12:00:17 Warning Unhealthy pod/web: Liveness probe failed: HTTP probe failed with statuscode: 500',
  );
});

test('a repeated event shows its count, an event of the new API its eventTime, line breaks go', () => {
  const fields = {
    count: 3,
    lastTimestamp: undefined,
    eventTime: '2026-01-01T01:02:03.000004Z',
    message: 'a\nb',
  };
  assert.is(eventLine(event(fields), plain), '01:02:03 Warning Unhealthy (x3) pod/web: a b');
});

test('a line is cut by what is visible; colour codes take no room and are kept', () => {
  const { red } = pc.createColors(true);
  assert.is(cut('abcdef', 3), 'abc');
  assert.is(cut(`${red('abc')}def`, 4), `${red('abc')}d`);
  assert.is(cut(`${red('abcdef')}`, 2), red('ab'));
});

test('pieces that are cut anywhere, in a character too, become whole lines', () => {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line));
  splitter.push('on');
  splitter.push('e\ntwo\n');
  const [first, second] = [new Uint8Array([0xc3]), new Uint8Array([0xa4, 0x0a])];
  splitter.push(first);
  splitter.push(second);
  splitter.push('last');
  assert.equal(lines, ['one', 'two', 'ä']);
  splitter.end();
  assert.equal(lines, ['one', 'two', 'ä', 'last']);
});

test('the summary counts pods, restarts and events by reason', () => {
  const lines = summaryLines({ pods: 1, restarts: 2, events: { Unhealthy: 3, Killing: 1 } });
  assert.equal(lines, ['1 pod, 2 restarts', 'events: Unhealthy 3, Killing 1']);
  assert.equal(summaryLines({ pods: 0, restarts: 0, events: {} }), ['0 pods, 0 restarts']);
});

test.run();

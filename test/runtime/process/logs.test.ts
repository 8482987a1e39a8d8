import * as assert from 'uvu/assert';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { lastValueFrom, take, toArray } from 'rxjs';
import { createSystemClock, createVirtualClock } from '../../../src/clock/index.js';
import type { LogLine } from '../../../src/runtime/port.js';
import { createLineFormatter, createLineParser } from '../../../src/runtime/process/logs/format.js';
import { readLog } from '../../../src/runtime/process/logs/reader.js';
import { createRotator } from '../../../src/runtime/process/logs/rotation.js';
import { MAX_LOG_BYTES, openLog } from '../../../src/runtime/process/logs/writer.js';
import { suite } from '../../support/suite.js';
import { eventually, isLinux, openHarness, temporaryDir, type Harness } from './support.js';

const AT_MS = Date.parse('2026-01-02T03:04:05.678Z');
const HEAD = '2026-01-02T03:04:05.678000000Z';

const format = suite('runtime/process: log format');

const parse = (text: string, pieceBytes = text.length): LogLine[] => {
  const lines: LogLine[] = [];
  const parser = createLineParser();
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    parser.push(bytes.subarray(at, at + pieceBytes), (line) => lines.push(line));
  }
  parser.end((line) => lines.push(line));
  return lines;
};

format(
  'lines read `<RFC3339Nano> <stream> F <text>`, however the output is cut into pieces (node.md 6.7)',
  () => {
    const formatter = createLineFormatter('stdout');
    assert.is(formatter.push(Buffer.from('one\ntw'), AT_MS), `${HEAD} stdout F one\n`);
    assert.is(formatter.push(Buffer.from('o\n\n'), AT_MS), `${HEAD} stdout F two\n${HEAD} stdout F \n`);
    assert.is(formatter.end(AT_MS), '');
  },
);

format('a line of 40,000 bytes is two parts of 16 KiB and the rest; what has no newline is a part', () => {
  const formatter = createLineFormatter('stderr');
  const written = formatter.push(Buffer.from(`${'x'.repeat(40_000)}\nend`), AT_MS) + formatter.end(AT_MS);
  const shapes = written.split('\n').map((line) => [line.split(' ')[2], line.split(' ')[3]?.length]);
  assert.equal(shapes, [
    ['P', 16_384],
    ['P', 16_384],
    ['F', 7_232],
    ['P', 3],
    [undefined, undefined],
  ]);
  assert.equal(
    parse(written).map(({ text }) => text.length),
    [40_000, 3],
  );
});

format('a part of exactly 16 KiB before the newline is a whole line', () => {
  assert.match(
    createLineFormatter('stdout').push(Buffer.from(`${'x'.repeat(16_384)}\n`), AT_MS),
    /^\S+ stdout F x{16384}\n$/,
  );
});

format('bytes that are no text go through unchanged, and characters cut by a part come out whole', () => {
  const bytes = Buffer.from([0, 255, 254, 128, 65, 13, 10]);
  const written = Buffer.from(createLineFormatter('stdout').push(bytes, AT_MS), 'latin1');
  assert.ok(written.includes(bytes));

  const text = `x${'ä'.repeat(20_000)}`;
  const long = createLineFormatter('stdout').push(Buffer.from(`${text}\n`), AT_MS);
  assert.is(parse(long, 1000)[0]?.text, text);
});

format('parts of two streams do not mix; what is no log line is skipped', () => {
  const text = `${HEAD} stdout P ab\n${HEAD} stderr F err\nnonsense\n${HEAD} stdout F cd\n`;
  assert.equal(
    parse(text).map(({ stream, text: line }) => `${stream} ${line}`),
    ['stderr err', 'stdout abcd'],
  );
});

format('a line without end is told in pieces of a megabyte, so that memory is bounded', () => {
  const formatter = createLineFormatter('stdout');
  const written = formatter.push(Buffer.alloc(3 * 1024 * 1024, 'x'), AT_MS) + formatter.end(AT_MS);
  assert.equal(
    parse(written, 65_536).map(({ text }) => text.length),
    [1_048_576, 1_048_576, 1_048_576],
  );
});

format.run();

const files = suite('runtime/process: log files');
let dir = '';
files.before.each(() => {
  dir = temporaryDir();
});
files.after.each(() => rmSync(dir, { recursive: true, force: true }));

const write = (log: ReturnType<typeof openLog>, text: string): Promise<void> =>
  new Promise((resolve) => log.write('stdout', Buffer.from(text), resolve));
const end = (log: ReturnType<typeof openLog>): Promise<void> => new Promise((resolve) => log.end(resolve));

files(
  'at 10 MiB the file is rotated; 5 files stay, all but the newest rotated one gzipped (node.md 6.7)',
  async () => {
    const clock = createVirtualClock(AT_MS);
    const warnings: string[] = [];
    const rotator = createRotator((message) => warnings.push(message));
    const path = join(dir, '0.log');
    const log = openLog({ path, clock, rotator, warn: (message) => warnings.push(message) });
    for (let round = 0; round < 7; round++) {
      // Grown from outside: what matters is that the next write finds the file full.
      await write(log, `round ${round}\n${'x'.repeat(MAX_LOG_BYTES)}\n`);
      clock.moveTo(clock.now() + 1_000);
      await write(log, `last of ${round}\n`);
    }
    await end(log);
    await eventually(
      'compressed',
      () => readdirSync(dir).filter((name) => name.endsWith('.gz')).length === 3,
    );
    await new Promise<void>((resolve) => rotator.close(resolve));
    const names = readdirSync(dir).sort();
    assert.equal(names, [
      '0.log',
      '0.log.20260102-030409.gz',
      '0.log.20260102-030410.gz',
      '0.log.20260102-030411.gz',
      '0.log.20260102-030412',
    ]);
    const oldest = gunzipSync(readFileSync(join(dir, '0.log.20260102-030409.gz'))).toString();
    assert.match(oldest, /round 3\n/);
    assert.match(oldest, /last of 3\n$/);
    assert.is(log.generation, 7);
    assert.equal(warnings, []);
  },
);

files(
  'a follower crosses a rotation without losing or repeating a line, and completes at the end',
  async () => {
    const clock = createVirtualClock(AT_MS);
    const rotator = createRotator(assert.unreachable);
    const path = join(dir, '0.log');
    const log = openLog({ path, clock, rotator, warn: assert.unreachable });
    await write(log, 'before\n');
    const followed = lastValueFrom(readLog({ path, writer: log, follow: true }).pipe(toArray()));
    await write(log, `${'x'.repeat(MAX_LOG_BYTES)}\n`);
    clock.moveTo(clock.now() + 1_000);
    await write(log, 'rotates after this\n');
    assert.is(log.generation, 1);
    await write(log, 'in the new file\nunfinished');
    await end(log);
    const texts = (await followed).map(({ text }) => text);
    assert.equal(
      texts.filter((text) => !text.startsWith('x')),
      ['before', 'rotates after this', 'in the new file', 'unfinished'],
    );
    assert.is(texts.length, 4 + MAX_LOG_BYTES / (1024 * 1024));
    await new Promise<void>((resolve) => rotator.close(resolve));
  },
);

files('tail answers the last lines of the live file, over the borders of its pieces', async () => {
  const path = join(dir, '0.log');
  const lines = Array.from(
    { length: 5_000 },
    (_, i) => `${HEAD} stdout F line ${i} ${'y'.repeat(i % 100)}\n`,
  );
  writeFileSync(path, lines.join(''));
  const tail = async (tailLines?: number): Promise<string[]> =>
    (await lastValueFrom(readLog({ path, writer: undefined, follow: false, tailLines }).pipe(toArray()))).map(
      ({ text }) => text.split(' ')[1] as string,
    );
  assert.equal(await tail(3), ['4997', '4998', '4999']);
  assert.equal(await tail(0), []);
  assert.is((await tail(4_000)).length, 4_000);
  assert.is((await tail(9_999)).length, 5_000);
  assert.is((await tail()).length, 5_000);
  truncateSync(path, 0);
  assert.equal(await tail(2), []);
  appendFileSync(path, `${HEAD} stdout F only, without a newline`);
  assert.equal(await tail(1), []);
});

files('a full disk loses lines with one warning, and holds nobody up', async () => {
  const warnings: string[] = [];
  const clock = createSystemClock();
  const log = openLog({
    path: '/dev/full',
    clock,
    rotator: createRotator(assert.unreachable),
    warn: (m) => warnings.push(m),
  });
  await write(log, 'lost\n');
  await write(log, 'lost too\n');
  await end(log);
  assert.is(warnings.length, 1);
  assert.match(warnings[0] ?? '', /^log \/dev\/full: ENOSPC.*output of the container is being lost$/);
});

files('a log that is not kept is an error', async () => {
  await lastValueFrom(readLog({ path: join(dir, 'none'), writer: undefined, follow: true })).then(
    () => assert.unreachable(),
    (error: NodeJS.ErrnoException) => assert.is(error.code, 'ENOENT'),
  );
});
files.skipUnless(isLinux, '/dev/full is a device of Linux');
files.run();

const live = suite('runtime/process: logs of containers');
let harness: Harness;
live.before(async () => {
  harness = await openHarness();
});
live.after(() => harness.close());

live('both streams are kept, in one file per attempt, with the previous one and no more', async () => {
  for (let attempt = 0; attempt < 4; attempt++) {
    const script = `echo out ${attempt}; sleep 0.05; echo err ${attempt} >&2`;
    await harness.exited(await harness.start(['sh', '-c', script], { name: 'app', attempt }));
  }
  const { namespace, name, uid } = harness.pod;
  assert.equal(readdirSync(join(harness.dir, 'pods', `${namespace}_${name}_${uid}`, 'app')).sort(), [
    '2.log',
    '3.log',
  ]);
  const previous = await harness.lines('app', { attempt: 2, follow: false });
  assert.equal(
    previous.map(({ stream, text }) => `${stream} ${text}`),
    ['stdout out 2', 'stderr err 2'],
  );
  harness.runtime.removeLogs({ pod: harness.pod, name: 'app', attempt: 2 });
  await harness.lines('app', { attempt: 2 }).then(
    () => assert.unreachable('the log is removed'),
    (error: NodeJS.ErrnoException) => assert.is(error.code, 'ENOENT'),
  );
  harness.runtime.removeLogs({ pod: harness.pod, name: 'app' });
  await harness.lines('app', { attempt: 3 }).then(
    () => assert.unreachable('the log is removed'),
    (error: NodeJS.ErrnoException) => assert.is(error.code, 'ENOENT'),
  );
});

live('a follower gets lines as they come, and one that leaves lets go of the file', async () => {
  const id = await harness.start(['sh', '-c', 'echo one; sleep 0.1; echo two; sleep 100'], {
    name: 'talker',
  });
  const lines$ = harness.runtime.logs({ pod: harness.pod, name: 'talker', attempt: 0 }, { follow: true });
  const lines = await lastValueFrom(lines$.pipe(take(2), toArray()));
  assert.equal(
    lines.map(({ text }) => text),
    ['one', 'two'],
  );
  const path = join(harness.dir, 'pods', `default_${harness.pod.name}_${harness.pod.uid}`, 'talker', '0.log');
  await eventually('only the writer has the file open', () => openFiles(path) === 1);
  harness.runtime.signalContainer(id, 'SIGKILL');
  await harness.exited(id);
  await eventually('nobody has the file open', () => openFiles(path) === 0);
});

live(
  'a process that floods its output is held back: memory stays bounded and others get their turn',
  async () => {
    const before = process.memoryUsage.rss();
    const id = await harness.start(['yes', 'all work and no play makes jack a dull boy'], { name: 'flood' });
    const dir = join(harness.dir, 'pods', `default_${harness.pod.name}_${harness.pod.uid}`, 'flood');
    const sizes = (): number[] =>
      readdirSync(dir).map((name) => statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0);
    // Each look is a turn of a timer, which the flood must not keep from coming.
    await eventually('30 MiB are written', () => sizes().reduce((sum, size) => sum + size, 0) > 30 * 2 ** 20);
    harness.runtime.signalContainer(id, 'SIGKILL');
    assert.is((await harness.exited(id)).exitCode, 137);
    const grownMiB = (process.memoryUsage.rss() - before) / 2 ** 20;
    assert.ok(grownMiB < 150, `memory grew by ${grownMiB} MiB`);
    harness.runtime.removeLogs({ pod: harness.pod, name: 'flood' });
  },
);

const openFiles = (path: string): number => {
  let count = 0;
  for (const fd of readdirSync('/proc/self/fd')) {
    if (!existsSync(`/proc/self/fd/${fd}`)) continue;
    if (realPath(fd) === path) count += 1;
  }
  return count;
};
const realPath = (fd: string): string => {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    // Closed meanwhile.
    return '';
  }
};

live.skipUnless(isLinux, 'open files are looked for in /proc');
live.run();

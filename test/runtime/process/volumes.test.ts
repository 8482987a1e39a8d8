/** Volumes as folders: what a process sees of them, and that nothing leads out of the state directory. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Outcome, VolumeFile } from '../../../src/runtime/port.js';
import { suite } from '../../support/suite.js';
import { answer, openHarness, type Harness } from './support.js';

const test = suite('runtime/process: volumes');

let harness: Harness;
test.before.each(async () => {
  harness = await openHarness();
});
test.after.each(() => harness.close());

const file = (path: string, text: string, mode = 0o644): VolumeFile => ({
  path,
  content: Buffer.from(text),
  mode,
});
const write = async (name: string, files?: readonly VolumeFile[]): Promise<void> => {
  const outcome = await answer<Outcome<object>>((reply) =>
    harness.runtime.writeVolume?.({ pod: harness.pod, name, files }, reply),
  );
  assert.equal(outcome, { ok: true });
};
const folderOf = (name: string): string => join(harness.dir, 'volumes', harness.pod.uid, name);
const mount = (name: string, mountPath: string, subPath?: string) => ({
  name,
  mountPath,
  readOnly: false,
  subPath,
});
/** What a shell prints that has these volumes. */
const output = async (script: string, mounts: readonly ReturnType<typeof mount>[]): Promise<string[]> => {
  const id = await harness.start(['sh', '-c', script], { mounts });
  await harness.exited(id);
  return (await harness.lines('main')).map(({ text }) => text);
};

test('a volume is found by its variable, and at its mount path below the root, where the container starts', async () => {
  await write('app-config', [file('a.txt', 'A'), file('deep/b.txt', 'B')]);
  const script =
    'cat "$STATELET_VOLUME_APP_CONFIG/a.txt"; echo; cat etc/config/deep/b.txt; echo; cat "$STATELET_ROOT/etc/config/a.txt"';
  assert.equal(await output(script, [mount('app-config', '/etc/config')]), ['A', 'B', 'A']);
});

test('two containers of a pod share an emptyDir; what is in it stays when its volume is asked for again', async () => {
  await write('shared');
  assert.equal(await output('echo one > shared/file; echo done', [mount('shared', '/shared')]), ['done']);
  await write('shared');
  const id = await harness.start(['sh', '-c', 'cat data/x/file'], {
    name: 'other',
    mounts: [mount('shared', 'data/x')],
  });
  await harness.exited(id);
  assert.equal(
    (await harness.lines('other')).map(({ text }) => text),
    ['one'],
  );
});

test('a sub path is a file or a folder of the volume; a folder is made when there is none', async () => {
  await write('data', [file('only.txt', 'X')]);
  assert.equal(await output('cat one.txt', [mount('data', '/one.txt', 'only.txt')]), ['X']);
  await write('scratch');
  await harness.create({ name: 'b', command: ['true'], mounts: [mount('scratch', '/y', 'made/here')] });
  assert.ok(statSync(join(folderOf('scratch'), 'made/here')).isDirectory());
});

test('files follow: changed ones are replaced, vanished ones removed, the same ones not touched', async () => {
  await write('config', [file('a', '1'), file('b', '2', 0o600), file('deep/c', '3')]);
  const before = statSync(join(folderOf('config'), 'b'));
  assert.is(before.mode & 0o777, 0o600);
  await write('config', [file('a', '9'), file('b', '2', 0o600)]);
  assert.is(readFileSync(join(folderOf('config'), 'a'), 'utf8'), '9');
  assert.is(statSync(join(folderOf('config'), 'b')).ino, before.ino);
  assert.not.ok(existsSync(join(folderOf('config'), 'deep/c')));
});

test('no path leads out of the state directory', async () => {
  await write('config', [file('../../../escape', 'no')]);
  assert.is(readFileSync(join(folderOf('config'), 'escape'), 'utf8'), 'no');
  const id = await harness.create({
    command: ['true'],
    mounts: [mount('config', '/../../../up', '../../..')],
  });
  await answer((reply) => harness.runtime.startContainer(id, reply));
  const root = join(harness.dir, 'containers', id, 'work');
  assert.equal(readdirSync(root), ['up']);
  const refused = await answer<Outcome<object>>((reply) =>
    harness.runtime.writeVolume?.({ pod: harness.pod, name: '..', files: [] }, reply),
  );
  assert.is(refused.ok, false);
});

test('the volumes of a pod go with it, and all of them when the runtime closes', async () => {
  await write('config', [file('a', '1')]);
  harness.runtime.removeVolumes?.(harness.pod);
  assert.not.ok(existsSync(folderOf('config')));
  await write('config', [file('a', '1')]);
  const { dir } = harness;
  await harness.runtime.close();
  assert.not.ok(existsSync(join(dir, 'volumes')));
});

test.run();

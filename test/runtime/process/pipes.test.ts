/** The pipes of containers: made a batch ahead, in a folder that goes when the runtime does. */
import { closeSync, readdirSync, writeSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { createPipeFactory } from '../../../src/runtime/process/groups/pipes.js';
import { createTemporaryFolder } from '../../support/kubectl.js';
import { suite } from '../../support/suite.js';

const test = suite('runtime/process: pipes');
test.skipUnless(process.platform !== 'win32', 'there are no named pipes on Windows');

test('what is written comes out at the other end, and the pipe has no name by then', async () => {
  const folder = createTemporaryFolder('statelet-pipes');
  const warnings: string[] = [];
  const pipes = createPipeFactory(folder.path, (message) => warnings.push(message));
  const pipe = pipes.create();
  assert.ok(pipe);
  const names = readdirSync(folder.path).length;
  writeSync(pipe.writeFd, 'hello');
  closeSync(pipe.writeFd);
  const text = await new Promise<string>((resolve) => {
    let read = '';
    pipe.reader.on('data', (chunk) => (read += String(chunk)));
    pipe.reader.on('end', () => resolve(read));
  });
  assert.is(text, 'hello');
  await pipes.close();
  assert.is(readdirSync(folder.path).length, names);
  assert.equal(warnings, []);
  folder.remove();
});

test('once it is closed nothing is made any more, though the next batch was under way', async () => {
  for (let round = 0; round < 10; round += 1) {
    const folder = createTemporaryFolder('statelet-pipes');
    const pipes = createPipeFactory(folder.path, () => {});
    let left = Number.POSITIVE_INFINITY;
    // Until the next batch is begun: some are left, and more are to come.
    for (let taken = 0; taken < 66; taken += 1) {
      const pipe = pipes.create();
      assert.ok(pipe);
      pipe.reader.destroy();
      closeSync(pipe.writeFd);
      left = readdirSync(folder.path).length;
    }
    await pipes.close();
    assert.ok(readdirSync(folder.path).length >= left, 'the batch that was under way is whole');
    const names = readdirSync(folder.path).length;
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.is(readdirSync(folder.path).length, names);
    folder.remove();
  }
});

test.run();

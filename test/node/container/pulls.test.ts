import * as assert from 'uvu/assert';
import { createImagePulls } from '../../../src/node/container/pulls.js';
import type { ContainerRuntime } from '../../../src/runtime/index.js';
import { suite } from '../../support/suite.js';

const test = suite('node: image pulls');

type Reply = Parameters<ContainerRuntime['pullImage']>[1];
const rig = () => {
  const running: [string, Reply][] = [];
  const log: string[] = [];
  const pullImage: ContainerRuntime['pullImage'] = ({ image }, reply) => void running.push([image, reply]);
  const pulls = createImagePulls({ pullImage } as ContainerRuntime);
  const pod = { namespace: 'default', name: 'p', uid: 'u', nodeName: 'n' };
  const pull = (image: string): void =>
    pulls.pull(
      { image, pod, hasCommand: false },
      () => log.push(`began ${image}`),
      () => log.push(`done ${image}`),
    );
  const finish = (): void => {
    const [, reply] = running.shift() ?? [];
    reply?.({ ok: true, imageRef: 'x', sizeBytes: 0 });
  };
  return { pulls, pull, finish, log, running };
};

test('one pull at a time, in the order in which they were asked for (2.6)', () => {
  const { pull, finish, log } = rig();
  for (const image of ['a', 'b', 'c']) pull(image);
  assert.equal(log, ['began a']);
  finish();
  finish();
  assert.equal(log, ['began a', 'done a', 'began b', 'done b', 'began c']);
});

test('after the machine died, what was asked for is not answered, and the next pull begins at once', () => {
  const { pulls, pull, finish, log, running } = rig();
  pull('a');
  pull('b');
  pulls.forget();
  pull('c');
  assert.equal(log, ['began a', 'began c']);
  finish();
  finish();
  assert.equal(log, ['began a', 'began c', 'done c']);
  assert.is(running.length, 0);
});

test.run();

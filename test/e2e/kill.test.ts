/**
 * statelet is killed with SIGKILL in the middle of everything: no process is left, and the same command works again, on
 * the same port and with the same state folder.
 */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createTemporaryFolder, findKubectl } from '../support/kubectl.js';
import { suite } from '../support/suite.js';
import { eventually, hasProcfs, listOf, processesWith, startCommand, startUp } from './support.js';

const test = suite('e2e: killed and started again', { timeoutMs: 60_000 });
test.skipUnless(findKubectl() !== undefined, 'there is no kubectl on this machine');
test.skipUnless(hasProcfs, 'processes are found through /proc');

const folder = createTemporaryFolder('statelet-e2e-kill');
test.after(() => folder.remove());

/** Every process of these pods, with what they start, carries this. */
const MARK = ['STATELET_E2E', folder.path] as const;
const left = (): number[] => processesWith(...MARK);

const pod = (name: string, script: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'app',
        image: 'example.com/app:1',
        command: ['sh', '-c', script],
        env: [{ name: MARK[0], value: MARK[1] }],
      },
    ],
  },
});
const MANIFESTS = listOf(
  pod('plain', 'exec sleep 600'),
  pod('family', 'sleep 600 & sleep 600 & wait'),
  pod('stubborn', 'trap "" TERM HUP INT; sleep 600 & while :; do wait; sleep 1; done'),
  pod('runaway', 'setsid sleep 600 & exec sleep 600'),
);
/** Shells and what they have started. */
const PROCESSES = 1 + 3 + 2 + 2;

test('SIGKILL leaves no process behind, and the same port and folder serve again', async () => {
  const first = await startUp({ folder: folder.path });
  await first.ok('create -f -', { stdin: MANIFESTS });
  await first.ok('wait --for=condition=Ready pod --all --timeout=30s');
  await eventually(() => left().length >= PROCESSES);
  first.child.kill('SIGKILL');
  assert.is((await first.ended).signal, 'SIGKILL');
  await eventually(() => left().length === 0);

  const second = await startUp({ folder: folder.path, port: first.port });
  assert.is(second.url, first.url);
  // A new cluster: what was in memory is gone, and the names are free.
  assert.is(await second.ok('get pods -o name'), '');
  await second.ok('create -f -', { stdin: MANIFESTS });
  await second.ok('wait --for=condition=Ready pod --all --timeout=30s');
  assert.equal(await second.interrupt(), { code: 0, signal: null });
  assert.match(second.said(), /Stopping 4 pods \(interrupted\)/);
  for (const name of ['family', 'plain', 'runaway', 'stubborn'])
    assert.ok(second.said().includes(`stopped pod default/${name}\n`), second.said());
  assert.match(second.said(), /\n4 pods, 0 restarts\n/);
  assert.equal(left(), []);
});

test('an impatient second Ctrl-C ends at once with 130, and leaves nothing either', async () => {
  const up = await startUp({ folder: folder.path });
  await up.ok('create -f -', {
    stdin: JSON.stringify({ ...JSON.parse(MANIFESTS), items: [slow] }),
  });
  await up.ok('wait --for=condition=Ready pod/slow --timeout=30s');
  up.child.kill('SIGINT');
  await up.until(/Stopping 1 pod/);
  up.child.kill('SIGINT');
  assert.equal(await up.ended, { code: 130, signal: null });
  await eventually(() => left().length === 0);
});
const slow = pod('slow', 'trap "" TERM; while :; do sleep 1; done') as { spec: object };
Object.assign(slow.spec, { terminationGracePeriodSeconds: 60 });

test('a second statelet on the same state folder is refused, and the first one lives on', async () => {
  const up = await startUp({ folder: folder.path });
  const second = startCommand(['up', '--state-dir', join(folder.path, 'state'), '--port', '0']);
  assert.equal(await second.ended, { code: 1, signal: null });
  assert.match(
    second.said(),
    new RegExp(
      `^error: ${folder.path}/state is in use by another statelet \\(pid ${up.child.pid}\\): stop it, or choose`,
    ),
  );
  assert.match(await up.ok('get nodes'), /\nnode-1 +Ready /);
  assert.is((await up.interrupt()).code, 0);
});

test.run();

import { readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as assert from 'uvu/assert';
import { kubeconfigText, writeKubeconfig } from '../../src/server/index.js';
import { createTemporaryFolder } from '../support/kubectl.js';
import { suite } from '../support/suite.js';

const test = suite('server: kubeconfig');
const folder = createTemporaryFolder('statelet-kubeconfig');
test.after(() => folder.remove());

const text = kubeconfigText({
  url: 'https://127.0.0.1:6443',
  caPem: '-----BEGIN CERTIFICATE-----\n…',
  token: 'yes',
  name: 'my "cluster"',
});

test('it names the server, trusts its CA and carries the token, whatever characters they have', () => {
  const config = parse(text) as Record<string, unknown>;
  const name = 'my "cluster"';
  assert.equal(config, {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: {
          server: 'https://127.0.0.1:6443',
          'certificate-authority-data': Buffer.from('-----BEGIN CERTIFICATE-----\n…').toString('base64'),
        },
      },
    ],
    users: [{ name, user: { token: 'yes' } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
  });
});

test('the file is private (0600), in a private folder (0700), and nothing is left beside it', async () => {
  const path = join(folder.path, 'new', 'config');
  await writeKubeconfig(path, text);
  assert.is(statSync(path).mode & 0o777, 0o600);
  assert.is(statSync(join(folder.path, 'new')).mode & 0o777, 0o700);
  assert.is(readFileSync(path, 'utf8'), text);
  assert.equal(readdirSync(join(folder.path, 'new')), ['config']);
});

test('an older file with a wider mode is replaced by a private one; a link is replaced and not followed', async () => {
  const target = join(folder.path, 'target');
  const path = join(folder.path, 'config');
  writeFileSync(target, 'untouched', { mode: 0o644 });
  symlinkSync(target, path);
  await writeKubeconfig(path, text);
  assert.is(statSync(path).mode & 0o777, 0o600);
  assert.is(readFileSync(target, 'utf8'), 'untouched');
});

test('a folder that cannot be written is an error', async () => {
  try {
    await writeKubeconfig('/dev/null/config', text);
  } catch (error) {
    assert.match((error as NodeJS.ErrnoException).code ?? '', /ENOTDIR|EEXIST/);
    return;
  }
  assert.unreachable('it was written');
});

test.run();

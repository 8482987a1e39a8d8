import { mkdtempSync, mkdirSync, writeFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as assert from 'uvu/assert';
import { readManifests } from '../../src/cli/manifests.js';
import { ManifestError } from '../../src/cluster/manifests/index.js';
import { suite } from '../support/suite.js';

const test = suite('cli: manifests');

const folder = mkdtempSync(join(tmpdir(), 'statelet-manifests-'));
test.after(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const POD = 'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\n';

const refusal = async (reading: Promise<unknown>): Promise<string> => {
  try {
    await reading;
  } catch (error) {
    assert.instance(error, ManifestError);
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
};

test('a folder gives its manifests in order of name; what lies deeper or is something else is left', async () => {
  const nested = join(folder, 'nested');
  mkdirSync(join(nested, 'deeper.yaml'), { recursive: true });
  for (const name of ['b.yml', 'a.yaml', 'c.json', 'README.md']) {
    writeFileSync(join(nested, name), name.endsWith('.json') ? '{"apiVersion":"v1","kind":"Pod"}' : POD);
  }
  const manifests = await readManifests([nested]);
  assert.equal(
    manifests.map(({ source }) => source),
    [`${join(nested, 'a.yaml')}:1`, `${join(nested, 'b.yml')}:1`, `${join(nested, 'c.json')}:1`],
  );
});

test('`-` is standard input, and names are read in order', async () => {
  const one = file('one.yaml', POD);
  const manifests = await readManifests(['-', one], Readable.from([POD]));
  assert.equal(
    manifests.map(({ source }) => source),
    ['stdin:1', `${one}:1`],
  );
});

test('names that lead nowhere are refused', async () => {
  const absent = join(folder, 'absent.yaml');
  assert.is(await refusal(readManifests([absent])), `${absent}: no such file or folder`);
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  assert.is(await refusal(readManifests([empty])), `${empty}: no .json, .yaml, .yml file in this folder`);
});

test.run();

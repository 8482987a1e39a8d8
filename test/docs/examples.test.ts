/** The bundled examples are complete: every image that a manifest names is in images.yaml, with a program that exists. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import { demoFiles } from '../../src/cli/demo.js';
import { parseImages } from '../../src/runtime/images/index.js';
import { parsePreset } from '../../src/runtime/simulated/index.js';
import { suite } from '../support/suite.js';

const test = suite('docs: examples');
const EXAMPLES = fileURLToPath(new URL('../../docs/examples/', import.meta.url));
const images = parseImages(
  readFileSync(join(EXAMPLES, 'images.yaml'), 'utf8'),
  join(EXAMPLES, 'images.yaml'),
);
const manifests = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.yaml') && path !== 'images.yaml',
);

test('there are examples, and every manifest is whole', () => {
  assert.ok(manifests.length >= 7, manifests.join(' '));
  for (const path of manifests) {
    for (const document of parseAllDocuments(readFileSync(join(EXAMPLES, path), 'utf8'))) {
      assert.equal(document.errors, [], path);
      assert.type(document.toJS().kind, 'string', path);
    }
  }
});

test('every image has a command, whose program exists, and a preset that is valid', () => {
  for (const path of manifests) {
    for (const [, image = ''] of readFileSync(join(EXAMPLES, path), 'utf8').matchAll(/\bimage: (\S+)/g)) {
      const entry = images.find(image);
      assert.ok(entry, `${path}: ${image} is not in images.yaml`);
      assert.equal(entry.command, ['node', 'app.mjs']);
      assert.ok(existsSync(join(entry.workingDir, 'app.mjs')), entry.workingDir);
      if (entry.simulated !== undefined) parsePreset(entry.simulated, entry.source);
    }
  }
});

test('the demonstration names files that exist', () => {
  for (const path of [...demoFiles().manifests, demoFiles().images]) assert.ok(existsSync(path), path);
});

test.run();

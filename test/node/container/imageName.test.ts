import * as assert from 'uvu/assert';
import { imageNameProblem } from '../../../src/node/container/imageName.js';
import { suite } from '../../support/suite.js';

const test = suite('node: names of images');

test('names that can be read', () => {
  for (const image of [
    'nginx',
    'nginx:1.27',
    'library/nginx',
    'registry.example.com:5000/team/app:v1.2.3-rc.1_x',
    'localhost/app',
    'ghcr.io/a/b/c__d/e-f.g@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'UPPER.example/app:TAG',
    '[::1]:5000/app',
  ])
    assert.is(imageNameProblem(image), undefined, image);
});

test('upper case in the name is told apart from any other mistake (row 113)', () => {
  const uppercase = (image: string, name: string): string =>
    `couldn't parse image name "${image}": invalid reference format: repository name (${name}) must be lowercase`;
  assert.is(imageNameProblem('FOO'), uppercase('FOO', 'FOO'));
  assert.is(imageNameProblem('example.com/Foo/bar:1'), uppercase('example.com/Foo/bar:1', 'Foo/bar'));
  for (const image of ['', 'a b', 'nginx:', 'nginx:tag:tag', '/nginx', 'nginx//x', 'a@sha256:xyz', '-a'])
    assert.is(
      imageNameProblem(image),
      `couldn't parse image name "${image}": invalid reference format`,
      image,
    );
});

test('64 hexadecimal digits are an identifier, not a name', () => {
  const image = 'a'.repeat(64);
  assert.match(imageNameProblem(image) ?? '', /cannot specify 64-byte hexadecimal strings$/);
});

test.run();

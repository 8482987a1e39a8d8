import * as assert from 'uvu/assert';
import { createSecret, createSeededRandom, createSystemRandom } from '../../src/clock/index.js';
import { suite } from '../support/suite.js';

const test = suite('clock: random');

test('one seed gives one sequence, another seed another', () => {
  const draw = (seed: number): unknown[] => {
    const random = createSeededRandom(seed);
    return [random.next(), random.integer(1000), random.uuid(), random.suffix(5), random.next()];
  };
  assert.equal(draw(7), draw(7));
  assert.not.equal(draw(7), draw(8));
});

test('uuids are of version 4, and do not repeat', () => {
  for (const random of [createSeededRandom(1), createSystemRandom()]) {
    const uuids = Array.from({ length: 2000 }, () => random.uuid());
    for (const uuid of uuids)
      assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.is(new Set(uuids).size, uuids.length);
  }
});

test('integers cover their range evenly', () => {
  const random = createSeededRandom(3);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 20_000; i++) counts[random.integer(10)]! += 1;
  for (const count of counts) assert.ok(count > 1800 && count < 2200, `${counts}`);
});

test('suffixes use the letters of generated names only (PH-5)', () => {
  assert.match(createSeededRandom(1).suffix(200), /^[bcdfghjklmnpqrstvwxz2456789]{200}$/);
});

test('a secret is never seeded', () => {
  assert.is.not(createSecret(32), createSecret(32));
  assert.is(Buffer.from(createSecret(32), 'base64url').length, 32);
});

test.run();

/** api.md §8.1: quantities are canonicalised on write; the value of a quantity in its base unit. */
import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  canonicalQuantity,
  formatQuantity,
  parseBytes,
  parseCpuMilli,
  parseQuantity,
  QuantityError,
} from '../../../src/api/index.js';
import { suite } from '../../support/suite.js';

const test = suite('api: quantity');

const CANONICAL: readonly (readonly [string, string])[] = [
  ['1000m', '1'],
  ['1024Mi', '1Gi'],
  ['0.5', '500m'],
  ['1e3', '1e3'],
  ['1000', '1k'],
  ['1536Mi', '1536Mi'],
  ['1.5Gi', '1536Mi'],
  ['0.5Ki', '512'],
  ['123456789', '123456789'],
  ['100000', '100k'],
  ['-1', '-1'],
  ['+2', '2'],
  ['.5', '500m'],
  ['0', '0'],
  ['0.0000000001', '1n'],
  ['1E', '1E'],
];

test('§8.1: quantities have one canonical text', () => {
  for (const [written, canonical] of CANONICAL) assert.is(canonicalQuantity(written), canonical, written);
});

test('what is no quantity has no canonical text, and parsing it says what one looks like', () => {
  for (const text of ['', 'lots', '1e', '1K', '1 Gi', '--1', '.', '1.2.3', 'Ki'])
    assert.is(canonicalQuantity(text), undefined, text);
  try {
    parseQuantity('lots');
    assert.unreachable();
  } catch (error) {
    assert.instance(error, QuantityError);
    assert.match(
      (error as Error).message,
      'invalid quantity "lots": quantities must match the regular expression',
    );
  }
});

test('values are in cores, thousandths of a core, and bytes', () => {
  assert.is(parseQuantity('500m'), 0.5);
  assert.is(parseQuantity('2k'), 2000);
  assert.is(parseCpuMilli('0.57'), 570);
  assert.is(parseCpuMilli('100u'), 1, 'rounded up');
  assert.is(parseBytes('64Mi'), 67_108_864);
  assert.is(parseBytes('1500m'), 2, 'rounded up');
});

test('a number as a quantity, decimal or in powers of 1024', () => {
  assert.is(formatQuantity(0.5), '500m');
  assert.is(formatQuantity(2000), '2k');
  assert.is(formatQuantity(2048, 'binary'), '2Ki');
  assert.is(formatQuantity(1000, 'binary'), '1k', 'below 1024 it is decimal');
});

test('the canonical text is canonical, and stands for the same value', () => {
  const suffixes = ['', 'n', 'u', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'E-2'];
  const quantities = fc
    .tuple(
      fc.integer({ min: -9999, max: 9999 }),
      fc.integer({ min: 0, max: 999 }),
      fc.constantFrom(...suffixes),
    )
    .map(([whole, fraction, suffix]) => `${whole}.${fraction}${suffix}`);
  fc.assert(
    fc.property(quantities, (text) => {
      const canonical = canonicalQuantity(text) as string;
      assert.is(canonicalQuantity(canonical), canonical);
      assert.is(parseQuantity(canonical), parseQuantity(text));
    }),
    { seed: 1, numRuns: 500 },
  );
});

test.run();

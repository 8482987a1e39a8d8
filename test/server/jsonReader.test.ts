import * as assert from 'uvu/assert';
import { JsonSyntaxError, parseJson } from '../../src/server/request/jsonReader.js';
import { suite } from '../support/suite.js';

const test = suite('server: reading JSON');

const read = (text: string | Buffer) => parseJson(Buffer.from(text as string));
const failure = (text: string | Buffer): string => {
  try {
    read(text);
  } catch (error) {
    assert.instance(error, JsonSyntaxError);
    return (error as Error).message;
  }
  throw new Error(`${String(text)} was taken`);
};

test('values come out as JSON.parse gives them', () => {
  const text = '{"a":[1,-2.5e+3,"x\\u00e9\\n\\"",true,false,null,{}],"b":{"c":[]} }\n';
  assert.equal(read(text).value, JSON.parse(text));
  assert.equal(read(text).duplicates, []);
  assert.is(read(' null ').value, null);
});

test('duplicate fields are told by their paths in the order of the document; the last one wins', () => {
  const document = read(
    '{"metadata":{"name":"x","name":"y"},"spec":{"containers":[{"image":"a"},{"image":"a","image":"b"}]},"spec":1}',
  );
  assert.equal(document.duplicates, ['metadata.name', 'spec.containers[1].image', 'spec']);
  assert.equal(document.value, { metadata: { name: 'y' }, spec: 1 });
});

test('a key that is written with an escape is the same key', () => {
  assert.equal(read('{"a":1,"\\u0061":2}').duplicates, ['a']);
});

test('syntax errors read as they do from Go', () => {
  const messages: Record<string, string> = {
    '': 'unexpected end of JSON input',
    '{"apiVersion":"v1",': 'unexpected end of JSON input',
    '"abc': 'unexpected end of JSON input',
    hello: "invalid character 'h' looking for beginning of value",
    '{nope': "invalid character 'n' looking for beginning of object key string",
    '{"a" 1}': "invalid character '1' after object key",
    '{"a":1 "b"}': `invalid character '"' after object key:value pair`,
    '[1 2]': "invalid character '2' after array element",
    '[1,]': "invalid character ']' looking for beginning of value",
    '{"a":1,}': "invalid character '}' looking for beginning of object key string",
    '{} x': "invalid character 'x' after top-level value",
    tru3: "invalid character '3' in literal true (expecting 'e')",
    '-x': "invalid character 'x' in numeric literal",
    '1.x': "invalid character 'x' after decimal point in numeric literal",
    '1ex': "invalid character 'x' in exponent of numeric literal",
    '01': "invalid character '1' after top-level value",
    '"\\q"': "invalid character 'q' in string escape code",
    '"\\u12g4"': "invalid character 'g' in \\u hexadecimal character escape",
    '"a\nb"': "invalid character '\\n' in string literal",
    "'a'": "invalid character '\\'' looking for beginning of value",
  };
  for (const [text, message] of Object.entries(messages)) assert.is(failure(text), message, text);
});

test('garbage bytes are named one by one', () => {
  assert.is(failure(Buffer.from([0xcf, 0x00])), "invalid character 'Ï' looking for beginning of value");
  assert.is(failure(Buffer.from([0x00])), "invalid character '\\x00' looking for beginning of value");
});

test('nesting deeper than 1000 levels is refused before it exhausts the stack', () => {
  assert.is(failure('['.repeat(3_000_000)), 'exceeded max depth');
  assert.is(failure('{"a":'.repeat(1_001)), 'exceeded max depth');
  assert.equal(read(`${'['.repeat(1_000)}${']'.repeat(1_000)}`).duplicates, []);
});

test.run();

import * as assert from 'uvu/assert';
import type { ApiError } from '../../src/api/index.js';
import { negotiate } from '../../src/server/request/negotiate.js';
import { suite } from '../support/suite.js';

const test = suite('server: content negotiation');

const object = { isList: false };
const TABLE =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

const refusal = (accept: string, options = object): ApiError => {
  try {
    negotiate(accept, options);
  } catch (error) {
    return error as ApiError;
  }
  throw new Error(`${accept} was accepted`);
};

test('without an Accept header, and with any that allows JSON, an object is sent as JSON', () => {
  for (const accept of [undefined, '', '*/*', 'application/json', 'application/*', 'text/html,*/*;q=0.8']) {
    assert.equal(negotiate(accept, object), { format: 'json' }, accept);
  }
});

test('protobuf is passed over for the JSON that stands beside it (api.md §0.1)', () => {
  assert.equal(negotiate('application/vnd.kubernetes.protobuf,application/json', object), { format: 'json' });
});

test('kubectl gets a Table, metadata clients get metadata', () => {
  assert.equal(negotiate(TABLE, object), { format: 'json', as: 'Table' });
  assert.equal(negotiate('application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1', object), {
    format: 'json',
    as: 'PartialObjectMetadataList',
  });
});

test('a weight reorders the clauses', () => {
  assert.equal(negotiate('application/json;q=0.5,application/yaml', object), { format: 'yaml' });
});

test('an unknown transformation falls through to the next clause, or is 406', () => {
  assert.equal(negotiate('application/json;as=Foo;v=v1;g=meta.k8s.io,application/json', object), {
    format: 'json',
  });
  const error = refusal('application/json;as=Foo;v=v1;g=meta.k8s.io');
  assert.is(error.code, 406);
  assert.match(error.message, /^only the following media types are accepted: application\/json/);
});

test('no acceptable type is 406 with the list of those there are (golden 11)', () => {
  assert.is(
    refusal('text/html').message,
    '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );
  assert.match(refusal('image/png', { isList: true }).message, /;stream=watch$/);
});

test.run();

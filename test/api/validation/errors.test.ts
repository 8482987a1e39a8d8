/** api.md §4 «Field error text», rows 4, 20, 21 and 30: the answer 422. */
import * as assert from 'uvu/assert';
import { invalidError, type FieldError } from '../../../src/api/index.js';
import { suite } from '../../support/suite.js';

const test = suite('api: errors of validation');

const required: FieldError = { type: 'Required', field: 'spec.containers', detail: '' };

test('row 21: one error stands without brackets', () => {
  assert.equal(invalidError('Pod', 'p', [required]).status, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'Pod "p" is invalid: spec.containers: Required value',
    reason: 'Invalid',
    details: {
      name: 'p',
      kind: 'Pod',
      causes: [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.containers' }],
    },
    code: 422,
  });
});

test('row 20: several stand in brackets, with the group; equal ones are told once, and all are causes', () => {
  const invalid: FieldError = {
    type: 'Invalid',
    field: 'spec.replicas',
    value: -1,
    detail: 'must be greater than or equal to 0',
  };
  const { message, details } = invalidError('Deployment', 'w', [required, invalid, invalid]).status;
  assert.is(
    message,
    'Deployment.apps "w" is invalid: [spec.containers: Required value, ' +
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0]',
  );
  assert.is(details?.group, 'apps');
  assert.equal(
    details?.causes?.map(({ reason }) => reason),
    ['FieldValueRequired', 'FieldValueInvalid', 'FieldValueInvalid'],
  );
});

test('row 4: an object without a name has none in the details; row 30: a subresource names its own kind', () => {
  const unnamed = invalidError('ConfigMap', undefined, [required]).status;
  assert.match(unnamed.message ?? '', /^ConfigMap "" is invalid/);
  assert.not.ok('name' in (unnamed.details ?? {}));
  const scale = invalidError({ group: 'autoscaling', kind: 'Scale' }, 'w', [required]);
  assert.match(scale.message, /^Scale\.autoscaling "w" is invalid/);
});

test('§4: strings are quoted as Go does, the rest is JSON', () => {
  const shown = (value: unknown) =>
    invalidError('Pod', 'p', [{ type: 'Invalid', field: 'f', value, detail: 'd' }]).message.replace(
      /^.*Invalid value: /s,
      '',
    );
  assert.is(shown('a"\n\\\u0001ü'), '"a\\"\\n\\\\\\x01ü": d');
  assert.is(shown(0), '0: d');
  assert.is(shown({ a: 'b' }), '{"a":"b"}: d');
  assert.is(shown(undefined), 'null: d');
});

test.run();

/** node.md §5.4 (sleep of hooks) and api.md §8.2 (volumes): rules that look at two fields at once. */
import * as assert from 'uvu/assert';
import { applyDefaults, decode, fieldErrorBody, validateCreate } from '../../../src/api/index.js';
import { suite } from '../../support/suite.js';

const test = suite('api: validation of hooks and volume sources');

const errorsOf = (spec: object): readonly string[] => {
  const manifest = { metadata: { name: 'x' }, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } };
  const pod = applyDefaults('Pod', decode('Pod', manifest).value);
  return validateCreate('Pod', pod).map((error) => `${error.field}: ${fieldErrorBody(error)}`);
};
const sleeping = (seconds: number, terminationGracePeriodSeconds?: number): object => ({
  terminationGracePeriodSeconds,
  containers: [{ name: 'c', image: 'i', lifecycle: { preStop: { sleep: { seconds } } } }],
});

test('§5.4: a hook sleeps at most as long as the grace period', () => {
  const tooLong = (seconds: number, grace: number): readonly string[] => [
    `spec.containers[0].lifecycle.preStop.sleep: Invalid value: ${seconds}: ` +
      `must be non-negative and less than terminationGracePeriodSeconds (${grace})`,
  ];
  assert.equal(errorsOf(sleeping(30)), []);
  assert.equal(errorsOf(sleeping(31)), tooLong(31, 30));
  assert.equal(errorsOf(sleeping(-1)), tooLong(-1, 30));
  assert.equal(errorsOf(sleeping(31, 60)), []);
});

test('§8.2: of two sources of a volume the second is too many, and emptyDir comes first', () => {
  assert.equal(errorsOf({ volumes: [{ name: 'v', hostPath: { path: '/x' }, emptyDir: {} }] }), [
    'spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type',
  ]);
});

test.run();

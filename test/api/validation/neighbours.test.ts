/** What a pod may say of the pods around it (controllers.md SC-18, SC-19), in the words of the API. */
import * as assert from 'uvu/assert';
import { admitPod, applyDefaults, decode, fieldErrorBody, validateCreate } from '../../../src/api/index.js';
import { suite } from '../../support/suite.js';

const test = suite('api: validation of affinity between pods and of spreading');

const errorsOf = (manifest: object): readonly string[] =>
  validateCreate('Pod', admitPod(applyDefaults('Pod', decode('Pod', manifest).value))).map(
    (error) => `${error.field}: ${fieldErrorBody(error)}`,
  );
const pod = (spec: object) => ({
  metadata: { name: 'x' },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});
const check = (cases: Readonly<Record<string, readonly [object, ...string[]]>>) => () => {
  for (const [name, [manifest, ...expected]] of Object.entries(cases))
    assert.equal(errorsOf(manifest), expected, name);
};

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';
const near = (term: object) => pod({ affinity: { podAffinity: { [REQUIRED]: [term] } } });
const even = (...constraints: object[]) =>
  pod({
    topologySpreadConstraints: constraints.map((constraint) => ({
      maxSkew: 1,
      topologyKey: 'zone',
      whenUnsatisfiable: 'DoNotSchedule',
      ...constraint,
    })),
  });
const TERM = `spec.affinity.podAffinity.${REQUIRED}[0]`;
const SPREAD = 'spec.topologySpreadConstraints[0]';
const QUALIFIED =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

test(
  'SC-18: terms about other pods',
  check({
    good: [near({ topologyKey: 'zone', labelSelector: {}, namespaces: ['a'], matchLabelKeys: ['k'] })],
    'no key': [
      near({ labelSelector: {} }),
      `${TERM}.topologyKey: Required value: can not be empty`,
      `${TERM}.topologyKey: Invalid value: "": name part must be non-empty`,
      `${TERM}.topologyKey: Invalid value: "": ${QUALIFIED}`,
    ],
    selectors: [
      near({
        topologyKey: 'zone',
        labelSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] },
        namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Near' }] },
      }),
      `${TERM}.labelSelector.matchExpressions[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
      `${TERM}.namespaceSelector.matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator`,
    ],
    'keys without a selector': [
      near({ topologyKey: 'zone', matchLabelKeys: ['a'] }),
      `${TERM}.matchLabelKeys: Forbidden: must not be specified when labelSelector is not set`,
    ],
    'a key both ways': [
      near({ topologyKey: 'zone', labelSelector: {}, matchLabelKeys: ['a'], mismatchLabelKeys: ['a'] }),
      `${TERM}.matchLabelKeys[0]: Invalid value: "a": exists in both matchLabelKeys and mismatchLabelKeys`,
    ],
    weight: [
      pod({
        affinity: {
          podAntiAffinity: {
            [PREFERRED]: [{ weight: 101, podAffinityTerm: { topologyKey: 'zone', labelSelector: {} } }],
          },
        },
      }),
      `spec.affinity.podAntiAffinity.${PREFERRED}[0].weight: Invalid value: 101: must be in the range 1-100`,
    ],
  }),
);

test(
  'SC-19: topology spread constraints',
  check({
    good: [even({ minDomains: 2, nodeTaintsPolicy: 'Honor', labelSelector: {}, matchLabelKeys: ['hash'] })],
    skew: [even({ maxSkew: 0 }), `${SPREAD}.maxSkew: Invalid value: 0: must be greater than zero`],
    'no key': [even({ topologyKey: '' }), `${SPREAD}.topologyKey: Required value: can not be empty`],
    action: [
      even({ whenUnsatisfiable: 'Perhaps' }),
      `${SPREAD}.whenUnsatisfiable: Unsupported value: "Perhaps": supported values: "DoNotSchedule", "ScheduleAnyway"`,
    ],
    'more than once': [
      even({}, { maxSkew: 2 }),
      `${SPREAD}.{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, DoNotSchedule}"`,
    ],
    domains: [
      even({ minDomains: 0, whenUnsatisfiable: 'ScheduleAnyway' }),
      `${SPREAD}.minDomains: Invalid value: 0: must be greater than zero`,
      `${SPREAD}.minDomains: Invalid value: 0: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway`,
    ],
    policies: [
      even({ nodeAffinityPolicy: 'x', nodeTaintsPolicy: '' }),
      `${SPREAD}.nodeAffinityPolicy: Unsupported value: "x": supported values: "Honor", "Ignore"`,
      `${SPREAD}.nodeTaintsPolicy: Unsupported value: "": supported values: "Honor", "Ignore"`,
    ],
    keys: [
      even({ labelSelector: { matchLabels: { a: 'b' } }, matchLabelKeys: ['a'] }),
      `${SPREAD}.matchLabelKeys[0]: Invalid value: "a": exists in both matchLabelKeys and labelSelector`,
    ],
  }),
);

test.run();

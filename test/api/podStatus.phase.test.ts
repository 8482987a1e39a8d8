import * as assert from 'uvu/assert';
import { computePhase, stickyPhase, type ContainerStatus, type PhaseOptions } from '../../src/api/index.js';
import { suite } from '../support/suite.js';

const test = suite('api: pod phase');

/**
 * Containers by name: A and B are regular, X is an init container, Y a sidecar. States as in node.md §9: R running, RS
 * running and started, T0/T1/T42 terminated with that exit code, W waiting, WL waiting after exit 0, WLx after exit 1,
 * WR waiting while all containers are restarted.
 */
type State = 'R' | 'RS' | 'T0' | 'T1' | 'T42' | 'W' | 'WL' | 'WLx' | 'WR';

const terminated = (exitCode: number, reason?: string) => ({
  terminated: { exitCode, ...(reason !== undefined && { reason }) },
});
const states: Readonly<Record<State, Partial<ContainerStatus>>> = {
  R: { state: { running: {} }, started: false },
  RS: { state: { running: {} }, started: true },
  T0: { state: terminated(0) },
  T1: { state: terminated(1) },
  T42: { state: terminated(42) },
  W: { state: { waiting: {} } },
  WL: { state: { waiting: {} }, lastState: terminated(0) },
  WLx: { state: { waiting: {} }, lastState: terminated(1) },
  WR: { state: { waiting: {} }, lastState: terminated(137, 'RestartingAllContainers') },
};

const status = (name: string, state: State) =>
  ({
    name,
    ready: false,
    restartCount: 0,
    image: '',
    imageID: '',
    lastState: {},
    ...states[state],
  }) as ContainerStatus;

interface Row {
  readonly row: number | string;
  readonly policy: 'Always' | 'OnFailure' | 'Never';
  /** Which containers the pod has, with the fields beside the name. Default A and B. */
  readonly has?: Readonly<Record<string, object>>;
  readonly are: Readonly<Record<string, State>>;
  readonly options?: PhaseOptions;
  readonly phase: string;
}

const AB = { A: {}, B: {} };
const XAB = { X: {}, ...AB };
const YAB = { Y: { restartPolicy: 'Always' }, ...AB };
const initialized = { podHasInitialized: true };
const terminal = { podIsTerminal: true };
const restartAll = {
  restartPolicy: 'Never',
  restartPolicyRules: [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [42] } }],
};

const rows: readonly Row[] = [
  { row: 1, policy: 'Always', are: {}, phase: 'Pending' },
  { row: 2, policy: 'Always', are: { A: 'R', B: 'R' }, phase: 'Running' },
  { row: 3, policy: 'Always', are: { A: 'T0', B: 'T0' }, phase: 'Running' },
  { row: 4, policy: 'Always', are: { A: 'T0', B: 'T0' }, options: terminal, phase: 'Succeeded' },
  { row: 5, policy: 'Always', are: { A: 'T0', B: 'T1' }, options: terminal, phase: 'Failed' },
  { row: 6, policy: 'Always', are: { A: 'R', B: 'T0' }, phase: 'Running' },
  { row: 7, policy: 'Always', are: { A: 'R' }, phase: 'Pending' },
  { row: 8, policy: 'Always', are: { A: 'R', B: 'W' }, phase: 'Pending' },
  { row: 9, policy: 'Always', are: { A: 'R', B: 'WL' }, phase: 'Running' },
  { row: 10, policy: 'Always', has: XAB, are: { X: 'R' }, phase: 'Pending' },
  { row: 11, policy: 'Always', has: XAB, are: { X: 'T1' }, phase: 'Pending' },
  { row: '12 WL', policy: 'Always', has: XAB, are: { X: 'WL' }, phase: 'Pending' },
  { row: '12 WLx', policy: 'Always', has: XAB, are: { X: 'WLx' }, phase: 'Pending' },
  { row: '12 W', policy: 'Always', has: XAB, are: { X: 'W' }, phase: 'Pending' },
  { row: 13, policy: 'Always', has: XAB, are: { X: 'T0', A: 'R', B: 'R' }, phase: 'Running' },
  { row: 14, policy: 'Always', has: YAB, are: { Y: 'R' }, phase: 'Pending' },
  { row: 15, policy: 'Always', has: YAB, are: { Y: 'RS', A: 'R' }, options: initialized, phase: 'Pending' },
  {
    row: 16,
    policy: 'Always',
    has: YAB,
    are: { Y: 'RS', A: 'R', B: 'R' },
    options: initialized,
    phase: 'Running',
  },
  {
    row: 17,
    policy: 'Always',
    has: YAB,
    are: { Y: 'R', A: 'R', B: 'R' },
    options: initialized,
    phase: 'Running',
  },
  {
    row: 18,
    policy: 'Always',
    has: YAB,
    are: { Y: 'T0', A: 'R', B: 'R' },
    options: initialized,
    phase: 'Running',
  },
  {
    row: 19,
    policy: 'Always',
    has: YAB,
    are: { Y: 'T1', A: 'T0', B: 'T0' },
    options: { ...terminal, ...initialized },
    phase: 'Succeeded',
  },
  { row: 20, policy: 'Always', has: YAB, are: { Y: 'R', A: 'R', B: 'R' }, phase: 'Pending' },
  {
    row: 21,
    policy: 'Always',
    has: { X: {}, Y: { restartPolicy: 'Always' }, A: {} },
    are: { X: 'T0', Y: 'R', A: 'T0' },
    phase: 'Pending',
  },
  {
    row: 22,
    policy: 'Always',
    has: { X: {}, Y: { restartPolicy: 'Always' }, A: {} },
    are: { X: 'T0', Y: 'R', A: 'T0' },
    options: initialized,
    phase: 'Running',
  },
  { row: 23, policy: 'Never', are: { A: 'T0', B: 'T0' }, phase: 'Succeeded' },
  { row: 24, policy: 'Never', are: { A: 'T1', B: 'T1' }, phase: 'Failed' },
  { row: 25, policy: 'Never', are: { A: 'R', B: 'T0' }, phase: 'Running' },
  { row: 26, policy: 'Never', has: XAB, are: { X: 'T1' }, phase: 'Failed' },
  { row: 27, policy: 'Never', has: XAB, are: { X: 'WLx' }, phase: 'Failed' },
  { row: 28, policy: 'Never', has: XAB, are: { X: 'WL' }, phase: 'Pending' },
  { row: 29, policy: 'Never', has: YAB, are: { Y: 'RS', A: 'T0', B: 'T0' }, phase: 'Running' },
  { row: '30 T1', policy: 'Never', has: YAB, are: { Y: 'T1', A: 'T0', B: 'T0' }, phase: 'Succeeded' },
  { row: '30 WL', policy: 'Never', has: YAB, are: { Y: 'WL', A: 'T0', B: 'T0' }, phase: 'Succeeded' },
  { row: '30 WLx', policy: 'Never', has: YAB, are: { Y: 'WLx', A: 'T0', B: 'T0' }, phase: 'Succeeded' },
  { row: 31, policy: 'OnFailure', are: { A: 'T0', B: 'T0' }, phase: 'Succeeded' },
  { row: 32, policy: 'OnFailure', are: { A: 'T1', B: 'T1' }, phase: 'Running' },
  { row: 33, policy: 'Always', has: { A: { restartPolicy: 'Never' } }, are: { A: 'T1' }, phase: 'Failed' },
  {
    row: 34,
    policy: 'Always',
    has: { A: { restartPolicy: 'OnFailure' } },
    are: { A: 'T1' },
    phase: 'Running',
  },
  {
    row: 35,
    policy: 'Never',
    has: { A: { restartPolicy: 'Always' }, B: {} },
    are: { A: 'T0', B: 'T1' },
    phase: 'Running',
  },
  {
    row: 36,
    policy: 'Always',
    has: { A: { restartPolicy: 'Never' }, B: { restartPolicy: 'OnFailure' } },
    are: { A: 'T1', B: 'T0' },
    phase: 'Failed',
  },
  {
    row: 37,
    policy: 'Always',
    has: { A: { restartPolicy: 'Never' }, B: { restartPolicy: 'OnFailure' } },
    are: { A: 'T0', B: 'T0' },
    phase: 'Succeeded',
  },
  {
    row: 38,
    policy: 'Always',
    has: { X: { restartPolicy: 'Never' }, A: {} },
    are: { X: 'T1' },
    phase: 'Failed',
  },
  {
    row: 39,
    policy: 'Never',
    has: { X: { restartPolicy: 'OnFailure' }, A: {} },
    are: { X: 'T1' },
    phase: 'Pending',
  },
  { row: 40, policy: 'Never', has: { A: restartAll }, are: { A: 'T42' }, phase: 'Running' },
  { row: 41, policy: 'Never', has: { X: {}, A: {} }, are: { X: 'T0', A: 'WR' }, phase: 'Running' },
  { row: 42, policy: 'Never', has: { X: {}, A: {} }, are: { X: 'T1', A: 'WR' }, phase: 'Failed' },
  // Rules of §1.3 that no row of §9 covers.
  {
    row: '§1.3 rule 6, static pod',
    policy: 'Always',
    are: { A: 'T0', B: 'T0' },
    options: { ...terminal, isStatic: true },
    phase: 'Running',
  },
  {
    row: '§1.3 sidecar waiting',
    policy: 'Always',
    has: YAB,
    are: { Y: 'W', A: 'R', B: 'R' },
    phase: 'Pending',
  },
  { row: '§1.3 sidecar missing', policy: 'Never', has: YAB, are: { A: 'T0', B: 'T0' }, phase: 'Pending' },
  { row: '§1.3 CrashLoopBackOff', policy: 'Always', are: { A: 'R', B: 'WLx' }, phase: 'Running' },
  { row: '§1.3 last exit 0 is no success', policy: 'Never', are: { A: 'WL', B: 'T0' }, phase: 'Failed' },
];

for (const { row, policy, has = AB, are, options, phase } of rows) {
  const title = Object.entries(are).map(([name, state]) => `${name} ${state}`);
  test(`node.md §9 row ${row}: ${policy}, ${title.join(', ') || 'no statuses'} → ${phase}`, () => {
    const all = Object.entries(has).map(([name, fields]) => ({ name, ...fields }));
    const isInit = ({ name }: { readonly name: string }): boolean => name === 'X' || name === 'Y';
    const statuses = Object.entries(are).map(([name, state]) => status(name, state));
    const computed = computePhase(
      {
        restartPolicy: policy,
        initContainers: all.filter(isInit),
        containers: all.filter((container) => !isInit(container)),
      } as unknown as Parameters<typeof computePhase>[0],
      {
        initContainerStatuses: statuses.filter(isInit),
        containerStatuses: statuses.filter((candidate) => !isInit(candidate)),
      },
      options,
    );
    assert.is(computed, phase);
  });
}

test('a terminal phase is never left (node.md §1.4 rules 1 and 4)', () => {
  assert.is(stickyPhase('Running', {}), 'Running');
  assert.is(stickyPhase('Running', { cached: 'Failed' }), 'Failed');
  assert.is(stickyPhase('Failed', { cached: 'Running' }), 'Failed');
  assert.is(stickyPhase('Failed', { stored: 'Succeeded' }), 'Succeeded');
  assert.is(stickyPhase('Pending', { stored: 'Failed', cached: 'Pending' }), 'Failed');
});

test.run();

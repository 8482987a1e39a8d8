/** Affinity between pods and topology spread constraints: filters, scores, messages (controllers.md SC-18, SC-19). */
import * as assert from 'uvu/assert';
import type { Pod } from '../../src/api/index.js';
import { createSeededRandom } from '../../src/clock/index.js';
import { createCycle } from '../../src/scheduler/cycle.js';
import type { NodeInfo } from '../../src/scheduler/nodeInfo.js';
import { scoreAffinity } from '../../src/scheduler/plugins/interPodAffinity.js';
import { scoreSpread } from '../../src/scheduler/plugins/topologySpread.js';
import { suite } from '../support/suite.js';
import { facts, info, node, pod } from './objects.js';

const test = suite('scheduler: pods and their neighbours');

const HOST = 'kubernetes.io/hostname';
const ZONE = 'zone';

const labelled = (
  name: string,
  labels: Record<string, string>,
  spec: object = {},
  namespace = 'default',
): Pod => {
  const made = pod(name, spec);
  return { ...made, metadata: { ...made.metadata, namespace, labels } };
};
const select = (labels: Record<string, string>) => ({ matchLabels: labels });
const web = { app: 'web' };
const term = (topologyKey: string, labels: Record<string, string> = web, more: object = {}) => ({
  labelSelector: select(labels),
  topologyKey,
  ...more,
});
const required = (kind: 'podAffinity' | 'podAntiAffinity', ...terms: object[]) => ({
  affinity: { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
});
const preferred = (kind: 'podAffinity' | 'podAntiAffinity', weight: number, podAffinityTerm: object) => ({
  affinity: { [kind]: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm }] } },
});
const spread = (...constraints: object[]) => ({
  topologySpreadConstraints: constraints.map((constraint) => ({
    maxSkew: 1,
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: select(web),
    ...constraint,
  })),
});
/** A node of a zone, with pods that have these labels. */
const at = (name: string, zone: string, ...pods: Pod[]): NodeInfo =>
  info(node(name, { labels: { [ZONE]: zone, [HOST]: name } }), ...pods);
const some = (count: number, labels: Record<string, string> = web): Pod[] =>
  Array.from({ length: count }, () => labelled(`p${(serial += 1)}`, labels));
let serial = 0;

type NamespaceLabels = Readonly<Record<string, Record<string, string>>>;
const place = (of: Pod, nodes: readonly NodeInfo[], namespaces: NamespaceLabels = {}): string => {
  const result = createCycle(createSeededRandom(1)).run(facts(of), nodes, (name) => namespaces[name] ?? {});
  return result.node ? result.node.name : result.message;
};
const refusal = (nodes: number, reason: string, help: string): string =>
  `0/${nodes} nodes are available: ${nodes} ${reason}. no new claims to deallocate, ` +
  `preemption: 0/${nodes} nodes are available: ${nodes} ${help}.`;
const NO_VICTIMS = 'No preemption victims found for incoming pod';
const NO_HELP = 'Preemption is not helpful for scheduling';

test('SC-18: affinity: a node in whose topology a matching pod runs', () => {
  const wants = labelled('p', { app: 'cache' }, required('podAffinity', term(ZONE)));
  assert.is(place(wants, [at('a', 'west'), at('b', 'east', ...some(1)), at('c', 'north')]), 'b');
  assert.is(
    place(wants, [at('a', 'west'), at('b', 'east', ...some(1, { app: 'db' }))]),
    refusal(2, "node(s) didn't match pod affinity rules", NO_HELP),
  );
});

test('SC-18: affinity: every term must hold, and each by a pod that all are about', () => {
  const wants = labelled(
    'p',
    {},
    required('podAffinity', term(ZONE, { app: 'web' }), term(HOST, { tier: 'front' })),
  );
  const both = some(1, { app: 'web', tier: 'front' });
  assert.is(place(wants, [at('a', 'west', ...both), at('b', 'west')]), 'a');
  assert.match(
    place(wants, [at('a', 'west', ...some(1, { app: 'web' }), ...some(1, { tier: 'front' }))]),
    /didn't match pod affinity rules/,
  );
});

test('SC-18: the first of pods that want to be together may go anywhere that has the labels', () => {
  const first = labelled('p', web, required('podAffinity', term(ZONE)));
  assert.is(place(first, [info(node('bare')), at('a', 'west')]), 'a');
  const stranger = labelled('p', { app: 'db' }, required('podAffinity', term(ZONE)));
  assert.match(place(stranger, [at('a', 'west')]), /didn't match pod affinity rules/);
});

test('SC-18: anti-affinity keeps away from matching pods, and a node without the label is no neighbour', () => {
  const away = labelled('p', web, required('podAntiAffinity', term(HOST)));
  assert.is(place(away, [at('a', 'west', ...some(1)), at('b', 'west')]), 'b');
  assert.is(place(away, [at('a', 'west', ...some(1)), info(node('bare'), ...some(1))]), 'bare');
  assert.is(
    place(away, [at('a', 'west', ...some(1)), at('b', 'west', ...some(2))]),
    refusal(2, "node(s) didn't match pod anti-affinity rules", NO_VICTIMS),
  );
});

test('SC-18: pods that are there keep others away by their own anti-affinity', () => {
  const hermit = labelled('hermit', { app: 'db' }, required('podAntiAffinity', term(ZONE)));
  const nodes = [at('a', 'west', hermit), at('b', 'west'), at('c', 'east')];
  assert.is(place(labelled('p', web), nodes), 'c');
  assert.is(
    place(labelled('p', web), nodes.slice(0, 2)),
    refusal(2, "node(s) didn't satisfy existing pods anti-affinity rules", NO_VICTIMS),
  );
  assert.ok(['a', 'b'].includes(place(labelled('p', { app: 'other' }), nodes.slice(0, 2))));
});

test('SC-18: terms are about the pod’s own namespace, those named, or those selected', () => {
  const elsewhere = labelled('there', web, {}, 'prod');
  const nodes = [at('a', 'west', elsewhere), at('b', 'east')];
  const near = (more: object) => labelled('p', {}, required('podAffinity', term(ZONE, web, more)));
  const namespaces = { prod: { stage: 'prod' }, default: {} };
  assert.match(place(near({}), nodes, namespaces), /didn't match pod affinity rules/);
  assert.is(place(near({ namespaces: ['prod'] }), nodes, namespaces), 'a');
  assert.is(place(near({ namespaceSelector: select({ stage: 'prod' }) }), nodes, namespaces), 'a');
  assert.is(place(near({ namespaceSelector: {} }), nodes, namespaces), 'a');
  assert.match(
    place(near({ namespaceSelector: select({ stage: 'test' }) }), nodes, namespaces),
    /didn't match pod affinity rules/,
  );
  const absent = {
    affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: ZONE }] } },
  };
  assert.match(place(labelled('p', {}, absent), [at('a', 'west', ...some(1))]), /pod affinity rules/);
});

test('SC-18: matchLabelKeys and mismatchLabelKeys take the values of the pod itself', () => {
  const old = labelled('old', { app: 'web', hash: '1' });
  const away = (hash: string, more: object) =>
    labelled('p', { app: 'web', hash }, required('podAntiAffinity', term(HOST, web, more)));
  const nodes = [at('a', 'west', old)];
  assert.is(place(away('2', { matchLabelKeys: ['hash'] }), nodes), 'a');
  assert.match(place(away('1', { matchLabelKeys: ['hash'] }), nodes), /anti-affinity rules/);
  assert.is(place(away('1', { mismatchLabelKeys: ['hash'] }), nodes), 'a');
  assert.match(place(away('2', { mismatchLabelKeys: ['hash'] }), nodes), /anti-affinity rules/);
});

const affinityScores = (of: Pod, nodes: readonly NodeInfo[]) =>
  scoreAffinity(facts(of), nodes, nodes, () => ({}));

test('SC-13: preferred terms of the pod score from 0 to 100 by their weights', () => {
  const nodes = [at('a', 'west', ...some(2)), at('b', 'east', ...some(1)), at('c', 'north')];
  assert.equal(
    affinityScores(labelled('p', {}, preferred('podAffinity', 10, term(ZONE))), nodes),
    [100, 50, 0],
  );
  assert.equal(
    affinityScores(labelled('p', {}, preferred('podAntiAffinity', 10, term(ZONE))), nodes),
    [0, 50, 100],
  );
  assert.is(affinityScores(labelled('p', {}), nodes), undefined);
});

test('SC-13: so do the terms of pods that are there: preferred ones by weight, required affinity by 1', () => {
  const fan = labelled('fan', {}, preferred('podAffinity', 3, term(ZONE)));
  const friend = labelled('friend', {}, required('podAffinity', term(ZONE)));
  const foe = labelled('foe', {}, preferred('podAntiAffinity', 1, term(ZONE)));
  const nodes = [at('a', 'west', fan), at('b', 'east', friend), at('c', 'north', foe)];
  assert.equal(affinityScores(labelled('p', web), nodes), [100, 50, 0]);
});

test('SC-19: no domain may have more than maxSkew pods above the one that has fewest', () => {
  const wants = labelled('p', web, spread({ topologyKey: ZONE }));
  const nodes = [at('a', 'west', ...some(2)), at('b', 'east', ...some(1)), at('c', 'east')];
  assert.ok(['b', 'c'].includes(place(wants, nodes)));
  assert.is(place(wants, [at('a', 'west', ...some(1)), at('b', 'east')]), 'b');
  const wide = labelled('p', web, spread({ topologyKey: ZONE, maxSkew: 2 }));
  assert.is(place(wide, [at('a', 'west', ...some(1)), at('b', 'east', ...some(3))]), 'a');
});

test('SC-19: the skew of a cluster in which no node will do is told', () => {
  const wants = labelled('p', web, {
    ...spread({ topologyKey: ZONE, nodeAffinityPolicy: 'Ignore' }),
    nodeSelector: { [HOST]: 'a' },
  });
  assert.is(
    place(wants, [at('a', 'west', ...some(1)), at('b', 'east')]),
    "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, " +
      "1 node(s) didn't match pod topology spread constraints. no new claims to deallocate, " +
      `preemption: 0/2 nodes are available: 1 ${NO_VICTIMS}, 1 ${NO_HELP}.`,
  );
  const honest = labelled('p', web, { ...spread({ topologyKey: ZONE }), nodeSelector: { [HOST]: 'a' } });
  assert.is(place(honest, [at('a', 'west', ...some(1)), at('b', 'east')]), 'a', 'b is out of account');
});

test('SC-19: a node without the label cannot take the pod', () => {
  const wants = labelled('p', web, spread({ topologyKey: ZONE }));
  assert.is(
    place(wants, [info(node('bare'))]),
    refusal(1, "node(s) didn't match pod topology spread constraints (missing required label)", NO_HELP),
  );
});

test('SC-19: with fewer domains than minDomains the fewest count as none', () => {
  const wants = labelled('p', web, spread({ topologyKey: ZONE, minDomains: 3 }));
  const nodes = [at('a', 'west', ...some(1)), at('b', 'east', ...some(1))];
  assert.match(place(wants, nodes), /didn't match pod topology spread constraints/);
  assert.is(place(wants, [...nodes, at('c', 'north')]), 'c');
});

test('SC-19: pods that go, or are of another namespace, are not counted; an empty selector counts nobody', () => {
  const leaving = some(1).map((each) => ({
    ...each,
    metadata: { ...each.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
  }));
  const foreign = labelled('foreign', web, {}, 'other');
  const wants = labelled('p', web, { ...spread({ topologyKey: ZONE }), nodeSelector: { [HOST]: 'a' } });
  const ignoring = labelled('p', web, {
    ...spread({ topologyKey: ZONE, nodeAffinityPolicy: 'Ignore' }),
    nodeSelector: { [HOST]: 'a' },
  });
  for (const of of [wants, ignoring])
    assert.is(place(of, [at('a', 'west', ...leaving, foreign), at('b', 'east')]), 'a');
  const everything = labelled('p', web, {
    ...spread({ topologyKey: ZONE, labelSelector: {}, nodeAffinityPolicy: 'Ignore' }),
    nodeSelector: { [HOST]: 'a' },
  });
  assert.is(place(everything, [at('a', 'west', ...some(9)), at('b', 'east')]), 'a');
});

test('SC-19: nodeTaintsPolicy Honor leaves tainted nodes out of account', () => {
  const taints = [{ key: 'k', effect: 'NoSchedule' }];
  const tainted = info(node('t', { labels: { [ZONE]: 'north', [HOST]: 't' }, spec: { taints } }));
  const nodes = [at('a', 'west', ...some(1)), at('b', 'east', ...some(1)), tainted];
  const wants = (more: object) => labelled('p', web, spread({ topologyKey: ZONE, ...more }));
  assert.match(place(wants({}), nodes), /topology spread constraints/);
  assert.ok(['a', 'b'].includes(place(wants({ nodeTaintsPolicy: 'Honor' }), nodes)));
});

test('SC-13: ScheduleAnyway only prefers the emptier domain', () => {
  const wants = labelled('p', web, spread({ topologyKey: ZONE, whenUnsatisfiable: 'ScheduleAnyway' }));
  const nodes = [at('a', 'west', ...some(2)), at('b', 'east', ...some(1)), at('c', 'north')];
  // 2, 1 and 0 pods times log(3 + 2), rounded: 3, 2 and 0.
  assert.equal(scoreSpread(facts(wants), nodes, nodes), [0, 33, 100]);
  const bare = info(node('bare'));
  assert.equal(scoreSpread(facts(wants), [...nodes, bare], [...nodes, bare]), [0, 33, 100, 0]);
  assert.is(scoreSpread(facts(labelled('p', web)), nodes, nodes), undefined);
  const byHost = labelled('p', web, spread({ topologyKey: HOST, whenUnsatisfiable: 'ScheduleAnyway' }));
  assert.equal(scoreSpread(facts(byHost), nodes.slice(1), nodes), [0, 100]);
});

test.run();

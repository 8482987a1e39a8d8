/** The real kubectl against a server on an in-process Api, without controllers and nodes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { of, throwError } from 'rxjs';
import * as assert from 'uvu/assert';
import { badRequest } from '../../src/api/index.js';
import type { Api } from '../../src/client/index.js';
import type { PodLogOptions, PodLogs } from '../../src/server/index.js';
import {
  createTemporaryFolder,
  findKubectl,
  findKubectlReleases,
  runKubectl,
  type KubectlOutcome,
  type KubectlRun,
} from '../support/kubectl.js';
import { suite } from '../support/suite.js';
import { startServer, type Fixture } from './support.js';

const test = suite('server: kubectl', { timeoutMs: 60_000 });
const kubectlBinary = findKubectl();
test.skipUnless(kubectlBinary !== undefined, 'there is no kubectl on this machine');

const folder = createTemporaryFolder('statelet-kubectl');
const kubeconfig = join(folder.path, 'config');
const asked: PodLogOptions[] = [];
const logs: PodLogs = {
  logs: (_pod, options) => {
    asked.push(options);
    if (!options.previous) return { kind: 'stream', lines$: of('one\n', 'two\n') };
    const error = badRequest('previous terminated container "web" in pod "bound" not found');
    return { kind: 'stream', lines$: throwError(() => error) };
  },
};
let fixture: Fixture;
const waiting = new Map<string, (() => void)[]>();
/** Resolves when the next watches of a kind have begun, so many of them. */
const watchesBegin = async (kind: string, count = 1): Promise<void> => {
  const waiters = waiting.get(kind) ?? [];
  waiting.set(kind, waiters);
  await Promise.all(
    Array.from({ length: count }, () => new Promise<void>((resolve) => waiters.push(resolve))),
  );
};
const noticingWatches = (api: Api): Api =>
  new Proxy(api, {
    get: (target, name) => {
      const method = (Reflect.get(target, name) as (...args: unknown[]) => unknown).bind(target);
      if (name !== 'watch') return method;
      return (...args: Parameters<Api['watch']>) => {
        // The subscription follows in this very tick.
        queueMicrotask(() => waiting.get(args[0])?.shift()?.());
        return method(...args);
      };
    },
  });
test.before(async () => {
  fixture = await startServer({ kubeconfigPath: kubeconfig, logs, wrapApi: noticingWatches });
});
test.after(async () => {
  await fixture?.close();
  folder.remove();
});

const kubectl = (
  command: string | readonly string[],
  run: Partial<KubectlRun> = {},
): Promise<KubectlOutcome> =>
  runKubectl(typeof command === 'string' ? command.split(' ') : command, {
    kubeconfig,
    home: folder.path,
    ...(kubectlBinary !== undefined && { kubectl: kubectlBinary.path }),
    ...run,
  });
/** Runs a command that must succeed without a word on standard error. */
const ok = async (command: string | readonly string[], run: Partial<KubectlRun> = {}): Promise<string> => {
  const { code, stdout, stderr } = await kubectl(command, run);
  assert.equal({ code, stderr }, { code: 0, stderr: '' }, String(command));
  return stdout;
};
/** Runs a command that must fail; its exit code and what it said. */
const fails = async (command: string | readonly string[], run: Partial<KubectlRun> = {}): Promise<string> => {
  const { code, stderr } = await kubectl(command, run);
  assert.is.not(code, 0, String(command));
  return stderr.trim();
};
const file = (name: string, text: string): string => {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
};

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'nginx:1.27'}]}
`;
const pod = (name: string, labels: string): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: ${labels}}
spec: {containers: [{name: web, image: 'nginx:1.27'}]}
---
`;

test('version, api-resources, api-versions, cluster health: no warnings', async () => {
  assert.match(await ok('version'), /Server Version: v1\.32\.0\+statelet/);
  const resources = await ok('api-resources');
  for (const line of [
    /^pods +po +v1 +true +Pod$/m,
    /^namespaces +ns +v1 +false +Namespace$/m,
    /^deployments +deploy +apps\/v1 +true +Deployment$/m,
    /^leases +coordination\.k8s\.io\/v1 +true +Lease$/m,
  ]) {
    assert.match(resources, line);
  }
  assert.equal((await ok('api-versions')).trim().split('\n'), [
    'apps/v1',
    'authentication.k8s.io/v1',
    'authorization.k8s.io/v1',
    'batch/v1',
    'coordination.k8s.io/v1',
    'policy/v1',
    'v1',
  ]);
  assert.is(await ok(['get', '--raw', '/readyz']), 'ok');
});

test('apply creates, finds unchanged, configures, and shows the difference first', async () => {
  const path = file('web.yaml', DEPLOYMENT);
  assert.is(await ok(['apply', '-f', path]), 'deployment.apps/web created\n');
  assert.is(await ok(['apply', '-f', path]), 'deployment.apps/web unchanged\n');
  writeFileSync(path, DEPLOYMENT.replace('replicas: 2', 'replicas: 3'));
  const difference = await kubectl(['diff', '-f', path]);
  assert.is(difference.code, 1, difference.stderr);
  assert.match(difference.stdout, /-  replicas: 2\n\+  replicas: 3/);
  assert.is(await ok(['apply', '-f', path]), 'deployment.apps/web configured\n');
  assert.is(await ok(['get', 'deploy', 'web', '-o', 'jsonpath={.spec.replicas}']), '3');
});

test('create -f takes several documents and lists, and says where a manifest is wrong', async () => {
  const manifests = pod('p1', '{app: a, tier: x}') + pod('p2', '{app: b}');
  assert.is(await ok('create -f -', { stdin: manifests }), 'pod/p1 created\npod/p2 created\n');
  const list = `{"kind":"List","apiVersion":"v1","items":[{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"listed"}}]}`;
  assert.is(await ok('create -f -', { stdin: list }), 'configmap/listed created\n');
  assert.match(
    await fails('create -f -', { stdin: pod('p1', '{}') }),
    /\(AlreadyExists\).*pods "p1" already exists/,
  );
  const unknown = pod('p3', '{}').replace('spec: {', 'spec: {foo: 1, ');
  assert.match(
    await fails('create -f -', { stdin: unknown }),
    /strict decoding error: unknown field "spec\.foo"/,
  );
  const invalid = pod('P_4', '{}');
  assert.match(
    await fails('create -f -', { stdin: invalid }),
    /The Pod "P_4" is invalid: metadata\.name: Invalid value/,
  );
  assert.match(
    await fails('create -f -', { stdin: 'apiVersion: v2\nkind: Foo\n' }),
    /no matches for kind "Foo"/,
  );
});

test('the generators send protobuf, and it is read (pitfall 1)', async () => {
  const commands: Record<string, string> = {
    'create deployment gen --image=nginx:1.27 --replicas=0': 'deployment.apps/gen created\n',
    'create configmap cm --from-literal=k=v': 'configmap/cm created\n',
    'create secret generic sec --from-literal=k=v': 'secret/sec created\n',
    'create namespace extra': 'namespace/extra created\n',
    'create serviceaccount robot': 'serviceaccount/robot created\n',
    'run runner --image=nginx:1.27 --env=A=1 --labels=app=run': 'pod/runner created\n',
  };
  for (const [command, output] of Object.entries(commands)) assert.is(await ok(command), output);
  const path = '{.spec.replicas} {.spec.template.spec.containers[0].image} {.spec.selector.matchLabels.app}';
  assert.is(await ok(['get', 'deploy', 'gen', '-o', `jsonpath=${path}`]), '0 nginx:1.27 gen');
  assert.is(await ok(['get', 'cm', 'cm', '-o', 'jsonpath={.data}']), '{"k":"v"}');
  assert.is(await ok(['get', 'secret', 'sec', '-o', 'jsonpath={.type} {.data.k}']), 'Opaque dg==');
});

test('get prints tables: plain, wide, of all namespaces, with labels, sorted, selected', async () => {
  assert.match(await ok('get pods p1'), /^NAME +READY +STATUS +RESTARTS +AGE\np1 +0\/1 +Pending +0 +\d+s\n$/);
  assert.match(await ok('get pods -o wide'), /^NAME .* AGE +IP +NODE +NOMINATED NODE +READINESS GATES\n/);
  assert.match(
    await ok('get deploy web'),
    /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0\/3 +0 +0 +\d+s\n$/,
  );
  assert.match(await ok('get pods -A'), /^NAMESPACE +NAME .*\ndefault +p1 /);
  assert.match(await ok('get pods p1 --show-labels'), /LABELS\np1 .* app=a,tier=x\n$/);
  assert.match(await ok('get pods -L app'), /APP\np1 .* a\np2 .* b\n/);
  assert.is(await ok('get pods -l app=b -o name'), 'pod/p2\n');
  assert.is(await ok('get pods -l !tier,app!=run -o name'), 'pod/p2\n');
  assert.is(await ok('get pods --field-selector metadata.name=p1 -o name'), 'pod/p1\n');
  assert.match(await ok('get pods -l app!=run --sort-by=.metadata.labels.app'), /\np1 [^]*\np2 /);
  assert.match(await ok('get pods -l app!=run --sort-by=.metadata.labels.tier'), /\np2 [^]*\np1 /);
  assert.match(await ok('get all'), /pod\/p1 [^]*deployment\.apps\/web /);
  assert.match(await fails('get pods nope'), /Error from server \(NotFound\): pods "nope" not found/);
  assert.match(await fails('get widgets'), /the server doesn't have a resource type "widgets"/);
  assert.match(await fails('get pods --field-selector foo=bar'), /field label not supported: foo/);
});

test('get prints objects: yaml, json, jsonpath, custom columns, go templates', async () => {
  assert.match(
    await ok('get pod p1 -o yaml'),
    /^apiVersion: v1\nkind: Pod\nmetadata:\n[^]*\n {2}phase: Pending\n/,
  );
  assert.is((JSON.parse(await ok('get pod p1 -o json')) as { kind: string }).kind, 'Pod');
  assert.match(
    await ok(['get', 'pods', 'p1', '-o', 'custom-columns=N:.metadata.name,A:.metadata.labels.app']),
    /^N +A\np1 +a\n$/,
  );
  assert.is(await ok(['get', 'pods', '-l', 'app=a', '-o', 'jsonpath={.items[*].metadata.name}']), 'p1');
});

test('get -w shows what happens next', async () => {
  const begun = watchesBegin('Pod', 2);
  const watching = kubectl('get pods -w -l app=watched', {
    until: (stdout) => stdout.includes('labelled'),
  });
  const one = kubectl('get pod p2 -w -o name', { until: (stdout) => stdout.split('\n').length > 2 });
  await begun;
  await fixture.api.create('Pod', {
    metadata: { name: 'labelled', namespace: 'default', labels: { app: 'watched' } },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  });
  await ok('annotate pod p2 seen=1');
  const { stdout } = await watching;
  assert.match(stdout, /^NAME +READY .*\nlabelled +0\/1 +Pending/);
  assert.is((await one).stdout, 'pod/p2\npod/p2\n');
});

test('label, annotate, patch in three ways, edit, set image, scale, replace', async () => {
  assert.is(await ok('label pod p1 colour=red'), 'pod/p1 labeled\n');
  assert.match(
    await fails('label pod p1 colour=blue'),
    /already has a value \(red\), and --overwrite is false/,
  );
  assert.is(await ok('label pod p1 colour-'), 'pod/p1 unlabeled\n');
  assert.is(await ok('annotate pod p1 note=1'), 'pod/p1 annotated\n');
  const patch = (type: string, text: string): Promise<string> =>
    ok(['patch', 'deployment', 'web', `--type=${type}`, '-p', text]);
  const patched = 'deployment.apps/web patched\n';
  assert.is(await patch('merge', '{"spec":{"minReadySeconds":1}}'), patched);
  assert.is(await patch('json', '[{"op":"replace","path":"/spec/minReadySeconds","value":2}]'), patched);
  const container =
    '{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"A","value":"1"}]}]}}}}';
  assert.is(await patch('strategic', container), patched);
  assert.is(await patch('strategic', container), 'deployment.apps/web patched (no change)\n');
  const editor = file('editor.sh', '#!/bin/sh\nsed -i "s/minReadySeconds: 2/minReadySeconds: 5/" "$1"\n');
  assert.is(
    await ok('edit deployment web', { env: { EDITOR: `sh ${editor}` } }),
    'deployment.apps/web edited\n',
  );
  assert.is(await ok('set image deployment/web web=nginx:1.28'), 'deployment.apps/web image updated\n');
  assert.is(await ok('scale deployment web --replicas=5'), 'deployment.apps/web scaled\n');
  assert.is(
    await ok('scale deployment web --current-replicas=5 --replicas=4'),
    'deployment.apps/web scaled\n',
  );
  const shown =
    '{.spec.minReadySeconds} {.spec.replicas} {.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].env[0].name}';
  assert.is(await ok(['get', 'deploy', 'web', '-o', `jsonpath=${shown}`]), '5 4 nginx:1.28 A');
  const replacement = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {z: "1"}\n';
  assert.is(await ok('replace -f -', { stdin: replacement }), 'configmap/cm replaced\n');
  assert.is(await ok(['get', 'cm', 'cm', '-o', 'jsonpath={.data}']), '{"z":"1"}');
});

test('describe reads objects and their events', async () => {
  await fixture.api.create('Event', {
    metadata: { name: 'p1.1', namespace: 'default' },
    involvedObject: await referenceTo('p1'),
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Liveness probe failed: nothing',
    source: { component: 'kubelet' },
  });
  const described = await ok('describe pod p1');
  assert.match(described, /^Name: +p1\nNamespace: +default\n/);
  assert.match(described, /Warning +Unhealthy .*Liveness probe failed: nothing/);
  assert.match(await ok('describe deployment web'), /^StrategyType: +RollingUpdate$/m);
  assert.match(await ok('describe namespace default'), /^Status: +Active$/m);
  assert.match(await ok('get events'), /Warning +Unhealthy +pod\/p1 +Liveness probe failed: nothing/);
});

test('wait and rollout status follow the status', async () => {
  const begun = Promise.all([watchesBegin('Pod'), watchesBegin('Deployment')]);
  const condition = ok('wait --for=condition=Ready pod/p1 --timeout=20s');
  const rollout = ok('rollout status deployment web --timeout=20s');
  await begun;
  await fixture.api.patch(
    { kind: 'Pod', namespace: 'default', name: 'p1' },
    { type: 'strategic', body: { status: { conditions: [{ type: 'Ready', status: 'True' }] } } },
    { subresource: 'status' },
  );
  const { metadata } = await fixture.api.get({ kind: 'Deployment', namespace: 'default', name: 'web' });
  const status = {
    observedGeneration: metadata.generation,
    replicas: 4,
    updatedReplicas: 4,
    readyReplicas: 4,
    availableReplicas: 4,
  };
  await fixture.api.patch(
    { kind: 'Deployment', namespace: 'default', name: 'web' },
    { type: 'merge', body: { status } },
    { subresource: 'status' },
  );
  assert.is(await condition, 'pod/p1 condition met\n');
  assert.match(await rollout, /deployment "web" successfully rolled out\n$/);
});

test('logs: parameters reach the node, its refusals reach the person', async () => {
  assert.is(await ok('logs p1'), '');
  await fixture.api.bind({ namespace: 'default', name: 'p2' }, 'n1');
  assert.is(await ok('logs p2 --tail=5 --timestamps -f'), 'one\ntwo\n');
  const { container, follow, tailLines, timestamps, previous } = asked.at(-1) as PodLogOptions;
  assert.equal(
    { container, follow, tailLines, timestamps, previous },
    {
      container: 'web',
      follow: true,
      tailLines: 5,
      timestamps: true,
      previous: false,
    },
  );
  assert.match(
    await fails('logs p2 --previous'),
    /\(BadRequest\): previous terminated container "web" in pod "bound" not found$/,
  );
  assert.match(await fails('logs p2 -c nope'), /container nope is not valid for pod p2/);
  assert.match(await fails('exec p2 -- ls'), /this server has no way to exec on its nodes/);
});

test('explain, auth can-i, auth whoami', async () => {
  assert.match(await ok('explain deployment.spec.strategy'), /FIELD: strategy[^]*rollingUpdate/);
  assert.match(await ok('explain pod.spec.containers'), /image\t<string>/);
  assert.match(await ok('explain deployment.spec.strategy.rollingUpdate'), /maxSurge\t<IntOrString>/);
  assert.match(await ok('explain pod.spec.containers.resources'), /limits\t<map\[string\]Quantity>/);
  assert.is(await ok('auth can-i delete pods'), 'yes\n');
  assert.match(await ok('auth whoami'), /kubernetes-admin/);
});

test('apply --server-side: creates, conflicts, takes over, and follows a client-side apply (api.md §6.2)', async () => {
  const manifest = DEPLOYMENT.replace('{name: web,', '{name: ssa,');
  const scaled = manifest.replace('replicas: 2', 'replicas: 3');
  const apply = (flags: readonly string[], stdin: string) =>
    [['apply', '--server-side', ...flags, '-f', '-'], { stdin }] as const;
  const applied = 'deployment.apps/ssa serverside-applied\n';
  assert.is(await ok(...apply([], manifest)), applied);
  assert.is(await ok(...apply([], manifest)), applied);
  assert.match(
    await fails(...apply(['--field-manager=other'], scaled)),
    /^error: Apply failed with 1 conflict: conflict with "kubectl": \.spec\.replicas\n/,
  );
  assert.is(await ok(...apply(['--field-manager=other', '--force-conflicts'], scaled)), applied);
  const managers = ['get', 'deploy', 'ssa', '--show-managed-fields', '-o'];
  const names = 'jsonpath={.metadata.managedFields[*].manager}';
  assert.is(await ok([...managers, names]), 'kubectl other');
  assert.match(
    await fails(...apply([], 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\ndatum: {}\n')),
    /failed to create typed patch object \(default\/bad; v1, Kind=ConfigMap\): \.datum: field not declared in schema$/,
  );
  assert.is(await ok('delete deploy ssa'), 'deployment.apps "ssa" deleted\n');
  assert.is(await ok('apply -f -', { stdin: manifest }), 'deployment.apps/ssa created\n');
  assert.is(await ok(...apply([], scaled)), applied);
  assert.is(await ok('get deploy ssa -o jsonpath={.spec.replicas}'), '3');
  assert.is(await ok([...managers, names]), 'kubectl kubectl-last-applied');
  assert.is(
    await ok('get deploy ssa --subresource=scale --no-headers').then((line) => line.split(/ +/)[1]),
    '3',
  );
  assert.is(await ok('delete deploy ssa'), 'deployment.apps "ssa" deleted\n');
});

test('delete waits until the object is gone; --grace-period=0 --force and selectors', async () => {
  assert.is(await ok('delete cm cm'), 'configmap "cm" deleted\n');
  // p2 is bound to a node, so it goes gracefully: the node ends it, and until then kubectl waits.
  const begun = watchesBegin('Pod');
  const deleting = kubectl('delete pod p2');
  await begun;
  const { metadata } = await fixture.api.get({ kind: 'Pod', namespace: 'default', name: 'p2' });
  assert.is(metadata.deletionGracePeriodSeconds, 30);
  await fixture.api.delete({ kind: 'Pod', namespace: 'default', name: 'p2' }, { gracePeriodSeconds: 0 });
  assert.equal([(await deleting).code, (await deleting).stdout], [0, 'pod "p2" deleted\n']);
  const forced = await kubectl('delete pod p1 --grace-period=0 --force');
  assert.is(forced.code, 0);
  assert.match(forced.stdout, /^pod "p1" force deleted/);
  assert.match(await ok('delete pods -l app=run'), /^pod "runner" deleted/);
  assert.match(await ok('delete deploy --all'), /"gen" deleted[^]*"web" deleted/);
  assert.match(await fails('delete namespace default'), /this namespace may not be deleted/);
  assert.is(await ok('delete pod nope --ignore-not-found'), '');
});

test('every release of kubectl from 1.31 on applies, creates, prints and deletes without a warning', async () => {
  for (const { path, version } of findKubectlReleases()) {
    const run = { kubectl: path };
    const name = version.replaceAll(/[^\d]+/g, '-').replace(/^-|-$/g, '');
    assert.match(await ok('version', run), /Server Version: v1\.32\.0\+statelet/, version);
    const manifest = DEPLOYMENT.replace('{name: web,', `{name: web-${name},`);
    assert.is(await ok('apply -f -', { ...run, stdin: manifest }), `deployment.apps/web-${name} created\n`);
    const created = await ok(`create deployment gen-${name} --image=nginx --replicas=0`, run);
    assert.is(created, `deployment.apps/gen-${name} created\n`);
    assert.match(await ok('get deploy', run), new RegExp(`gen-${name} +0/0 .*\\n`));
    assert.match(await ok(`delete deploy web-${name} gen-${name}`, run), /"gen-.*" deleted/);
  }
});

async function referenceTo(name: string): Promise<object> {
  const { metadata } = await fixture.api.get({ kind: 'Pod', namespace: 'default', name });
  return { kind: 'Pod', apiVersion: 'v1', namespace: 'default', name, uid: metadata.uid };
}

test.run();

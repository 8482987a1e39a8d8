#!/usr/bin/env node
/**
 * How fast statelet is: CPU seconds, wall time and peak memory of each scenario, beside its target. Every scenario
 * runs in a process of its own, on what `npm run build` has written.
 *
 *     npm run bench                    all scenarios, once each
 *     npm run bench -- --runs 5        the median of five runs by CPU
 *     npm run bench -- pods-1000       one scenario
 *
 * Writes bench-results/<time>.json. Exits 1 when a scenario fails, not when it misses its target.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pc from 'picocolors';

const ENTRY = new URL('../dist/src/index.js', import.meta.url).href;
const RESULTS = new URL('../bench-results/', import.meta.url);
/** Upstream's default for a node. */
const PODS_PER_NODE = 110;

/** Targets are CPU seconds of the scenario alone: the import has a scenario of its own. */
const SCENARIOS = {
  import: { title: 'import statelet', target: 0.4, run: () => {} },
  'cluster-3': { title: 'start a cluster of 3 nodes', target: 0.1, run: startCluster },
  'pods-100': { title: '100 pods Ready', run: () => deployment(100) },
  'pods-1000': { title: '1,000 pods Ready', target: 1, run: () => deployment(1000) },
  'pods-5000': { title: '5,000 pods Ready', target: 6, run: () => deployment(5000) },
};

let statelet;

async function startCluster() {
  const cluster = await statelet.createCluster({ nodes: 3, clock: 'virtual', seed: 1 });
  await cluster.settle();
  const ready = cluster.list('Node').filter((node) => isTrue(node, 'Ready')).length;
  if (ready !== 3) throw new Error(`${ready} of 3 nodes are Ready`);
  return () => cluster.stop();
}

/** A Deployment with an HTTP readiness and an HTTP liveness probe, until all of its pods are Ready. */
async function deployment(replicas) {
  const nodes = Math.ceil(replicas / PODS_PER_NODE);
  const cluster = await statelet.createCluster({ nodes, clock: 'virtual', seed: 1 });
  const httpGet = { path: '/', port: 8080 };
  const container = {
    name: 'web',
    image: 'example.com/web:1',
    readinessProbe: { httpGet, periodSeconds: 5 },
    livenessProbe: { httpGet, periodSeconds: 10 },
  };
  const labels = { app: 'web' };
  await cluster.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  });
  const startedAt = cluster.now();
  await cluster.runUntil(
    () => cluster.get('Deployment', 'web', 'default')?.status?.readyReplicas === replicas,
    {
      timeout: '10m',
    },
  );
  const ready = cluster.list('Pod', 'default').filter((pod) => isTrue(pod, 'Ready')).length;
  if (ready !== replicas) throw new Error(`${ready} of ${replicas} pods are Ready`);
  virtualSeconds = (cluster.now() - startedAt) / 1000;
  return () => cluster.stop();
}
let virtualSeconds;

function isTrue(object, type) {
  return object.status?.conditions?.some(
    (condition) => condition.type === type && condition.status === 'True',
  );
}

/** In the child: runs one scenario, and prints its measures as JSON. */
async function measure(name) {
  const scenario = SCENARIOS[name];
  const isImport = name === 'import';
  if (!isImport) statelet = await import(ENTRY);
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  if (isImport) statelet = await import(ENTRY);
  const finish = await scenario.run();
  const { user, system } = process.cpuUsage(cpu);
  const result = {
    scenario: name,
    cpuSeconds: (user + system) / 1e6,
    wallSeconds: (performance.now() - startedAt) / 1000,
    processCpuSeconds: cpuTotal(),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    ...(virtualSeconds === undefined ? {} : { virtualSeconds }),
  };
  await finish?.();
  process.stdout.write(JSON.stringify(result));
}

function cpuTotal() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** In the parent: the median run by CPU. */
async function runScenario(name, runs) {
  const results = [];
  for (let run = 0; run < runs; run += 1) {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [fileURLToPath(import.meta.url), '--measure', name],
      { maxBuffer: 1 << 24, timeout: 600_000 },
    );
    results.push(JSON.parse(stdout));
  }
  results.sort((a, b) => a.cpuSeconds - b.cpuSeconds);
  const target = SCENARIOS[name].target;
  return {
    ...results[results.length >> 1],
    runs,
    ...(target === undefined ? {} : { targetCpuSeconds: target }),
  };
}

function row({ scenario, cpuSeconds, wallSeconds, peakRssBytes, targetCpuSeconds, virtualSeconds: virtual }) {
  const verdict = targetCpuSeconds === undefined ? '' : cpuSeconds <= targetCpuSeconds ? 'reached' : 'missed';
  const cells = [
    SCENARIOS[scenario].title.padEnd(30),
    `${cpuSeconds.toFixed(3)} s`.padStart(10),
    (targetCpuSeconds === undefined ? '' : `${targetCpuSeconds} s`).padStart(8),
    `${wallSeconds.toFixed(3)} s`.padStart(10),
    `${(peakRssBytes / 2 ** 20).toFixed(0)} MiB`.padStart(9),
    (virtual === undefined ? '' : `${virtual} s`).padStart(8),
  ];
  return `${cells.join('  ')}  ${verdict === 'missed' ? pc.red(verdict) : pc.green(verdict)}`.trimEnd();
}

async function main(args) {
  const runsAt = args.indexOf('--runs');
  const runs = runsAt < 0 ? 1 : Number(args.splice(runsAt, 2)[1]);
  const unknown = args.filter((name) => !(name in SCENARIOS));
  if (unknown.length > 0 || !Number.isInteger(runs) || runs < 1) {
    console.error(`usage: npm run bench -- [--runs N] [${Object.keys(SCENARIOS).join(' | ')}]…`);
    process.exitCode = 2;
    return;
  }
  const head = ['scenario'.padEnd(30), 'CPU'.padStart(10), 'target'.padStart(8), 'wall'.padStart(10)];
  console.log(pc.bold([...head, 'peak RSS'.padStart(9), 'virtual'.padStart(8)].join('  ')));
  const results = [];
  for (const name of args.length > 0 ? args : Object.keys(SCENARIOS)) {
    try {
      const result = await runScenario(name, runs);
      results.push(result);
      console.log(row(result));
    } catch (error) {
      process.exitCode = 1;
      console.log(
        `${SCENARIOS[name].title.padEnd(30)}  ${pc.red('failed')}\n${error.stderr || error.message}`,
      );
    }
  }
  const time = new Date().toISOString();
  mkdirSync(RESULTS, { recursive: true });
  const file = new URL(`${time.replaceAll(':', '-')}.json`, RESULTS);
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    platform: process.platform,
  };
  writeFileSync(file, `${JSON.stringify({ time, machine, results }, undefined, 2)}\n`);
  console.log(pc.dim(fileURLToPath(file)));
}

const [first, name] = process.argv.slice(2);
if (first === '--measure') await measure(name);
else await main(process.argv.slice(2));

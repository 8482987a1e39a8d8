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
import { jobComplete } from './bench/jobs.mjs';
import { cronJobMonth, rolloutRestart } from './bench/batch.mjs';
import { crashLoops, endOfPods, heapPerPod, hourOfProbes, podsAgain, podsReady } from './bench/scale.mjs';

const ENTRY = new URL('../dist/src/index.js', import.meta.url).href;
const RESULTS = new URL('../bench-results/', import.meta.url);

/**
 * Targets are CPU seconds of `run` alone, but for `wallTarget`, which is how long somebody waits for it; `prepare` goes before and is not counted. `run` answers how to finish, and
 * what else it measured, in words.
 */
const SCENARIOS = {
  import: { title: 'import statelet', target: 0.4, run: () => ({}) },
  'cluster-3': { title: 'start a cluster of 3 nodes', target: 0.1, run: startCluster },
  'pods-100': { title: '100 pods Ready', ...podsReady(100) },
  'pods-1000': { title: '1,000 pods Ready', target: 1, ...podsReady(1000) },
  'pods-1000-again': { title: '1,000 pods Ready, second time', ...podsAgain(1000) },
  'pods-5000': { title: '5,000 pods Ready', target: 6, ...podsReady(5000) },
  'pods-10000': { title: '10,000 pods Ready', target: 12, ...podsReady(10_000) },
  'hour-of-probes': { title: '1 h of 1,000 pods, 2 probes each', target: 30, ...hourOfProbes(1000) },
  'heap-per-pod': { title: 'heap of 5,000 pods (40 kB each)', ...heapPerPod(5000) },
  'crash-loops': { title: '20 pods crash for 24 h', ...crashLoops(20) },
  'end-of-pods': {
    title: '500 pods end beside others',
    ...endOfPods({ few: 50, many: 10_000, ends: 500 }),
  },
  'rollout-1000': { title: 'rollout restart of 1,000 replicas', target: 3, ...rolloutRestart(1000) },
  'job-1000': {
    title: 'Job of 1,000, 100 at a time',
    target: 2,
    ...jobComplete(1000, 100),
  },
  'cronjob-month': { title: 'a month of a CronJob every 15 min', wallTarget: 5, ...cronJobMonth() },
};

let statelet;

async function startCluster() {
  const cluster = await statelet.createCluster({ nodes: 3, clock: 'virtual', seed: 1 });
  await cluster.settle();
  const ready = cluster
    .list('Node')
    .filter(({ status }) =>
      status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    );
  if (ready.length !== 3) throw new Error(`${ready.length} of 3 nodes are Ready`);
  return { finish: () => cluster.stop() };
}

/** In the child: runs one scenario, and prints its measures as JSON. */
async function measure(name) {
  const scenario = SCENARIOS[name];
  const isImport = name === 'import';
  if (!isImport) statelet = await import(ENTRY);
  const prepared = await scenario.prepare?.(statelet);
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  if (isImport) statelet = await import(ENTRY);
  const { finish, note } = await scenario.run(statelet, prepared);
  const { user, system } = process.cpuUsage(cpu);
  const result = {
    scenario: name,
    cpuSeconds: (user + system) / 1e6,
    wallSeconds: (performance.now() - startedAt) / 1000,
    processCpuSeconds: cpuTotal(),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    ...(note === undefined ? {} : { note }),
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
      ['--expose-gc', fileURLToPath(import.meta.url), '--measure', name],
      { maxBuffer: 1 << 24, timeout: 600_000 },
    );
    results.push(JSON.parse(stdout));
  }
  results.sort((a, b) => a.cpuSeconds - b.cpuSeconds);
  const { target, wallTarget } = SCENARIOS[name];
  return {
    ...results[results.length >> 1],
    runs,
    ...(target === undefined ? {} : { targetCpuSeconds: target }),
    ...(wallTarget === undefined ? {} : { targetWallSeconds: wallTarget }),
  };
}

/** The target in words, and whether it was reached. */
function judge({ cpuSeconds, wallSeconds, targetCpuSeconds, targetWallSeconds }) {
  if (targetCpuSeconds !== undefined)
    return { target: `${targetCpuSeconds} s`, isReached: cpuSeconds <= targetCpuSeconds };
  if (targetWallSeconds !== undefined)
    return { target: `${targetWallSeconds} s wall`, isReached: wallSeconds <= targetWallSeconds };
  return { target: '', isReached: undefined };
}

function row(result) {
  const { scenario, cpuSeconds, wallSeconds, peakRssBytes, note } = result;
  const { target, isReached } = judge(result);
  const cells = [
    SCENARIOS[scenario].title.padEnd(34),
    `${cpuSeconds.toFixed(3)} s`.padStart(10),
    target.padStart(8),
    `${wallSeconds.toFixed(3)} s`.padStart(10),
    `${(peakRssBytes / 2 ** 20).toFixed(0)} MiB`.padStart(9),
  ];
  const words = isReached === undefined ? '' : isReached ? pc.green('reached') : pc.red('missed');
  return `${cells.join('  ')}  ${words} ${note ?? ''}`.trimEnd();
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
  const head = ['scenario'.padEnd(34), 'CPU'.padStart(10), 'target'.padStart(8), 'wall'.padStart(10)];
  console.log(pc.bold([...head, 'peak RSS'.padStart(9)].join('  ')));
  const results = [];
  for (const name of args.length > 0 ? args : Object.keys(SCENARIOS)) {
    try {
      const result = await runScenario(name, runs);
      results.push(result);
      console.log(row(result));
    } catch (error) {
      process.exitCode = 1;
      console.log(
        `${SCENARIOS[name].title.padEnd(34)}  ${pc.red('failed')}\n${error.stderr || error.message}`,
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

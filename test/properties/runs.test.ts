/**
 * controllers.md §10: the invariants of src/testing/invariants.ts, in random runs that mix all kinds, edits and faults. They
 * are checked after every event; when the faults are over the workloads must converge.
 *
 * `STATELET_PROPERTY_RUNS=1000` runs more; `STATELET_PROPERTY_SEED=17` replays one.
 */
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { begin, disturb, repair } from './story.js';
import { createWorld } from './world.js';

const RUNS = Number(process.env['STATELET_PROPERTY_RUNS'] ?? 300);
const ONE_SEED = process.env['STATELET_PROPERTY_SEED'];
const DISTURBANCES = 16;
/** Longer than detection of a lost node, eviction, and the back-offs of containers and daemon pods. */
const CONVERGENCE_MS = 7 * 60_000;

const test = suite('properties: random runs', { timeoutMs: 30 * 60_000 });
const seeds =
  ONE_SEED === undefined ? Array.from({ length: RUNS }, (_, index) => index + 1) : [Number(ONE_SEED)];

const defects = async (seed: number): Promise<readonly string[]> => {
  const world = await createWorld(seed);
  try {
    begin(world);
    const told = disturb(world, DISTURBANCES);
    if (world.violations.length === 0) {
      repair(world);
      world.advance(CONVERGENCE_MS);
    }
    const wrong = [...new Set(world.violations.length > 0 ? world.violations : world.converged())];
    return wrong.length > 0 ? [...wrong, ...told.map((act) => `  ${act}`)] : [];
  } finally {
    await world.stop();
  }
};

test(`${seeds.length} runs keep every invariant, and converge`, async () => {
  const failing: string[] = [];
  for (const seed of seeds) {
    const wrong = await defects(seed);
    if (wrong.length > 0)
      failing.push(
        `seed ${seed}: STATELET_PROPERTY_SEED=${seed} node --import tsx test/properties/runs.test.ts\n${wrong.join('\n')}`,
      );
    if (failing.length >= 3) break;
  }
  // As a message: in a diff the blanks of the command would be dots.
  assert.ok(failing.length === 0, `\n${failing.join('\n\n')}`);
});

test.run();

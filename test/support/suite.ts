/**
 * uvu, wrapped once. What uvu lets pass in silence fails here: a hook that throws, a thrown non-Error, a test that
 * never ends, a suite without tests, a suite that is never run, a handle that keeps the process alive. There is no
 * `only` and no `skip`: what depends on the surroundings says so with `skipUnless`, which prints and counts it.
 *
 *     const test = suite('store: watch');
 *     test('a stale resourceVersion is refused with Conflict 409', () => { … });
 *     test.run();
 *
 * Every file runs by itself (`node --import tsx test/x.test.ts`) and under scripts/test.mjs, which reads the counts
 * from the file named by STATELET_TEST_REPORT.
 */
import { writeFileSync } from 'node:fs';
import { suite as uvuSuite } from 'uvu';

export type TestBody = () => void | Promise<void>;

export interface Hook {
  (body: TestBody): void;
  each(body: TestBody): void;
}

export interface Suite {
  (name: string, body: TestBody): void;
  /** Run once, before the first and after the last test. A failure fails the suite's tests. */
  readonly before: Hook;
  readonly after: Hook;
  /**
   * Unless the condition holds, prints `SKIPPED <suite>: <reason>` and counts every test of the suite as skipped.
   * Call it before `run()`. Answers the condition.
   */
  skipUnless(condition: boolean, reason: string): boolean;
  /** Ends the suite. Forgotten, it fails the process. */
  run(): void;
}

export interface SuiteOptions {
  /** Limit of each test and each hook, in milliseconds. */
  readonly timeoutMs?: number;
}

/** A test that has not ended after this long has failed. */
const TIMEOUT_MS = 20_000;
/** How long handles may stay open once every test has ended. */
const LINGER_MS = 3_000;

interface Ledger {
  passed: number;
  failed: number;
  skipped: number;
  readonly open: Set<string>;
  readonly problems: string[];
  /** Names of the tests that passed: what the conformance page cites. */
  readonly names: string[];
}
const ledger: Ledger = { passed: 0, failed: 0, skipped: 0, open: new Set(), problems: [], names: [] };
let suitesCreated = 0;

/** Opens a suite. Its name starts with the part under test: `store: watch`. */
export function suite(name: string, options: SuiteOptions = {}): Suite {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const inner = uvuSuite(name);
  const hooks = {
    before: [] as TestBody[],
    after: [] as TestBody[],
    each: [] as TestBody[],
    done: [] as TestBody[],
  };
  const tests: string[] = [];
  let skipReason: string | undefined;
  let hookFailure: Error | undefined;
  let hasRun = false;
  // Two suites of one name are told apart, so that each has to be run.
  const id = `${name}#${(suitesCreated += 1)}`;
  ledger.open.add(id);

  inner.before(async () => {
    try {
      for (const body of hooks.before) await limited(body, timeoutMs, 'before hook');
    } catch (error) {
      hookFailure = error as Error;
      ledger.problems.push(`${name}: the before hook failed: ${hookFailure.message}`);
    }
  });
  inner.after(async () => {
    try {
      for (const body of hooks.after) await limited(body, timeoutMs, 'after hook');
    } catch (error) {
      ledger.problems.push(`${name}: the after hook failed: ${(error as Error).stack}`);
    }
    ledger.open.delete(id);
    if (ledger.open.size === 0) watchForOpenHandles();
  });

  const runTest = async (body: TestBody): Promise<void> => {
    if (hookFailure !== undefined) throw hookFailure;
    try {
      for (const hook of hooks.each) await limited(hook, timeoutMs, 'before.each hook');
      await limited(body, timeoutMs, 'test');
    } finally {
      for (const hook of hooks.done) await limited(hook, timeoutMs, 'after.each hook');
    }
  };

  const add = (testName: string, body: TestBody): void => {
    if (hasRun) throw new Error(`${name}: test "${testName}" was added after run()`);
    tests.push(testName);
    inner(testName, async () => {
      try {
        await runTest(body);
        ledger.passed += 1;
        ledger.names.push(`${name}: ${testName}`);
      } catch (error) {
        ledger.failed += 1;
        throw error;
      }
    });
  };
  const run = (): void => {
    if (hasRun) throw new Error(`${name}: run() was called twice`);
    hasRun = true;
    if (tests.length === 0) ledger.problems.push(`${name}: no tests`);
    if (skipReason === undefined) return inner.run();
    ledger.open.delete(id);
    ledger.skipped += tests.length;
    process.stdout.write(`SKIPPED ${name}: ${skipReason}\n`);
  };
  const skipUnless = (condition: boolean, reason: string): boolean => {
    if (!condition) skipReason ??= reason;
    return condition;
  };
  return Object.assign(add, {
    before: hook(hooks.before, hooks.each),
    after: hook(hooks.after, hooks.done),
    skipUnless,
    run,
  });
}

function hook(once: TestBody[], each: TestBody[]): Hook {
  return Object.assign((body: TestBody) => void once.push(body), {
    each: (body: TestBody) => void each.push(body),
  });
}

/** Runs a body to its end, or throws after `timeoutMs`. Whatever is thrown comes out as an Error. */
async function limited(body: TestBody, timeoutMs: number, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the ${what} did not end within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([body(), late]);
  } catch (error) {
    throw error instanceof Error ? error : new Error(`thrown, and not an Error: ${String(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

/** Every suite has ended: only a forgotten handle can keep the process alive now. */
function watchForOpenHandles(): void {
  setTimeout(() => {
    const open = process
      .getActiveResourcesInfo()
      .filter((kind) => !/^(TTYWrap|PipeWrap|FSReqPromise)$/.test(kind));
    ledger.problems.push(`handles are still open ${LINGER_MS} ms after the last test: ${open.join(', ')}`);
    process.exit(1);
  }, LINGER_MS).unref();
}

process.on('exit', (code) => {
  for (const id of ledger.open) {
    ledger.problems.push(`${id.slice(0, id.lastIndexOf('#'))}: never ran to its end (is run() forgotten?)`);
  }
  for (const problem of ledger.problems) process.stderr.write(`\n  FAIL  ${problem}\n`);
  const { passed, failed, skipped, problems } = ledger;
  if (passed + failed + skipped === 0 && problems.length === 0) process.stderr.write('\n  FAIL  no tests\n');
  const isFailed = failed + problems.length > 0 || passed + skipped === 0;
  process.exitCode = isFailed ? 1 : code;
  const report = process.env['STATELET_TEST_REPORT'];
  if (report !== undefined) {
    writeFileSync(
      report,
      JSON.stringify({ passed, failed: failed + problems.length, skipped, names: ledger.names }),
    );
  }
});

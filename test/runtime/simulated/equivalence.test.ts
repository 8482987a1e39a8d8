/**
 * A preset in which nothing changes gets no actor. It must behave as if it had one: each is held against the same
 * preset with a moment that is never reached, which gives it the chart of machines/simulatedContainer.ts.
 */
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.js';
import { simulate } from './support.js';

const test = suite('simulated runtime: with and without an actor');

const PRESETS = [
  {},
  { http: { port: 8080 } },
  { http: { port: 9, status: 404 } },
  { http: { status: 302, latency: 5 } },
  { tcp: { port: 8080 }, http: { port: 80 } },
  { tcp: {} },
  { exec: { ls: { exitCode: 3, output: 'x' }, late: { failsAfter: 100 } } },
  { ignoresSigterm: true },
  { logs: ['a', { after: 150, text: 'b' }] },
];

const behaviour = (preset: object): unknown => {
  const { start, advance, http, tcp, exec, runtime, exits, lines, clock } = simulate({ app: preset });
  const id = start('app');
  const seen: unknown[] = [];
  for (const _ of [1, 2, 3]) {
    const asked = [http(id), http(id, { port: 80 }), tcp(id), exec(id, ['ls']), exec(id, ['late'])];
    advance(100);
    seen.push(
      asked.map(({ answers }) => answers),
      lines(),
    );
  }
  runtime.signalContainer(id, 'SIGTERM');
  seen.push([...exits]);
  runtime.signalContainer(id, 'SIGKILL');
  seen.push([...exits], lines(), clock.pendingTimers);
  return seen;
};

for (const preset of PRESETS) {
  test(JSON.stringify(preset), () => {
    assert.equal(behaviour(preset), behaviour({ ...preset, exitsAfter: '10000h' }));
  });
}

test.run();

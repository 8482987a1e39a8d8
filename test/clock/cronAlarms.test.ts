/** Alarms of the machine's own clock: they call, and they stop. */
import * as assert from 'uvu/assert';
import { createCronAlarms } from '../../src/clock/index.js';
import { suite } from '../support/suite.js';

const test = suite('clock: alarms');

test('an alarm that is stopped leaves nothing behind', async () => {
  const alarms = await createCronAlarms();
  const alarm = alarms.start('0,30 5 * * *', 'Europe/Rome', () => assert.unreachable());
  alarm.stop();
  // The suite fails when a handle keeps the process alive.
});

test('an alarm calls at its time', async () => {
  const alarms = await createCronAlarms();
  const task = new Promise<void>((resolve) => {
    // Six fields: node-cron also has seconds, so that the test need not wait for a minute.
    const alarm = alarms.start('* * * * * *', 'UTC', () => {
      alarm.stop();
      resolve();
    });
  });
  await task;
});

test.run();

export type { Alarm, Alarms, Clock, Random, Timer } from './port.js';
export { createCronAlarms } from './cronAlarms.js';
export { createVirtualClock, type VirtualClock } from './virtual.js';
export { createSystemClock, type SystemClock } from './system.js';
export { createSeededRandom, createSystemRandom, createSecret } from './random.js';

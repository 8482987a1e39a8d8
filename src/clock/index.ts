export type { Clock, Random, Timer } from './port.js';
export { createVirtualClock, type VirtualClock } from './virtual.js';
export { createSystemClock, type SystemClock } from './system.js';
export { createSeededRandom, createSystemRandom, createSecret } from './random.js';

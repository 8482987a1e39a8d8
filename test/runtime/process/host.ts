/**
 * A statelet in small, to be killed: runs a container whose processes spread (a child in the group, a daemon in a
 * session of its own, a running exec), and prints its container id when all of them are there. SIGUSR2 makes it exit. Usage: host.ts DIR
 */
import { eventually, openHarness, processesWith } from './support.js';

const harness = await openHarness({ dir: process.argv[2] ?? '' });
const id = await harness.start(['sh', '-c', 'sleep 101 & setsid sleep 102 & wait']);
void harness.exec(id, ['sh', '-c', 'sleep 103; true']);
await eventually('sh, its two children, the exec and its child', () => processesWith(id).length === 5);
process.on('SIGUSR2', () => process.exit(0));
process.stdout.write(`${id}\n`);

// A worker without a port: it keeps a file while it is healthy, and removes it after a while. The probe is a command
// that looks for the file.
import { rmSync, writeFileSync } from 'node:fs';

const { HEALTH_FILE = 'healthy', HEALTHY_SECONDS = '10' } = process.env;

writeFileSync(HEALTH_FILE, 'ok\n');
console.log(`healthy: wrote ${HEALTH_FILE}`);
setTimeout(() => {
  rmSync(HEALTH_FILE, { force: true });
  console.log(`unhealthy: removed ${HEALTH_FILE}`);
}, Number(HEALTHY_SECONDS) * 1000);
setInterval(() => {}, 60_000);

// A task that fails at its first try. What it leaves in its volume tells the second that there was one.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// A process finds its volume here; a container of its own would at the mount path.
const tried = join(process.env.STATELET_VOLUME_WORK ?? '/work', 'tried');
const isFirst = !existsSync(tried);
writeFileSync(tried, 'once\n');
console.log(isFirst ? 'fails' : 'works');
setTimeout(() => process.exit(isFirst ? 1 : 0), 1000);

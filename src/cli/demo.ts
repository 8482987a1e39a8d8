/** The bundled examples that `statelet up --demo` runs. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package, from the sources and from the built files alike. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('the package of statelet has no package.json');
    folder = parent;
  }
  return folder;
}

/** What the demonstration applies, and the file that says which command each image is. */
export function demoFiles(): { readonly manifests: readonly string[]; readonly images: string } {
  const examples = join(packageRoot(), 'docs', 'examples');
  return {
    manifests: [join(examples, 'unhealthy', 'deployment.yaml'), join(examples, 'deployment.yaml')],
    images: join(examples, 'images.yaml'),
  };
}

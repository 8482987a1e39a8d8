/** The kubeconfig of a server: what points kubectl and client libraries at it. It holds the token, so it is private. */
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface KubeconfigParts {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  readonly caPem: string;
  readonly token: string;
  /** Name of the cluster, the user and the context. */
  readonly name: string;
}

/** The text of a kubeconfig with one cluster, one user and one context. JSON is YAML, so every value is quoted. */
export function kubeconfigText(parts: KubeconfigParts): string {
  const quote = (text: string): string => JSON.stringify(text);
  const name = quote(parts.name);
  return [
    'apiVersion: v1',
    'kind: Config',
    `current-context: ${name}`,
    'clusters:',
    `- name: ${name}`,
    '  cluster:',
    `    server: ${quote(parts.url)}`,
    `    certificate-authority-data: ${Buffer.from(parts.caPem).toString('base64')}`,
    'users:',
    `- name: ${name}`,
    '  user:',
    `    token: ${quote(parts.token)}`,
    'contexts:',
    `- name: ${name}`,
    '  context:',
    `    cluster: ${name}`,
    `    user: ${name}`,
    '    namespace: default',
    '',
  ].join('\n');
}

/**
 * Writes the file with mode 0600, whole or not at all: into a file beside it that is then renamed. Creates the folder
 * (mode 0700) if it is missing. Throws the file system's error.
 */
export async function writeKubeconfig(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.tmp`;
  try {
    // Removed first: an old draft may have another mode or be a link.
    await rm(draft, { force: true });
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await chmod(draft, 0o600);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

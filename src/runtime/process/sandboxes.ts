/** Pod sandboxes: an address each, and the containers that live at it. */
import type { ContainerRuntime, PodIdentity } from '../port.js';
import type { Addresses } from './addresses.js';

export interface Sandboxes extends Pick<ContainerRuntime, 'runPodSandbox' | 'removePodSandbox'> {
  /** The pod's address; undefined when there is no such sandbox. */
  ipOf(sandboxId: string): string | undefined;
  /** Those of one node. */
  on(
    nodeName: string,
  ): readonly { readonly sandboxId: string; readonly pod: PodIdentity; readonly ip: string }[];
}

export interface SandboxesOptions {
  readonly addresses: Addresses;
  readonly newId: (...parts: readonly unknown[]) => string;
  readonly isClosed: () => boolean;
  /** Ends and forgets every container of a sandbox, then calls back; at once when none of them runs. */
  readonly removeContainersOf: (sandboxId: string, removed: () => void) => void;
}

interface Sandbox {
  readonly pod: PodIdentity;
  readonly ip: string;
  readonly isOwnAddress: boolean;
}

const HOST_IP = '127.0.0.1';

export const createSandboxes = ({
  addresses,
  newId,
  isClosed,
  removeContainersOf,
}: SandboxesOptions): Sandboxes => {
  const sandboxes = new Map<string, Sandbox>();
  return {
    ipOf: (sandboxId) => sandboxes.get(sandboxId)?.ip,
    on: (nodeName) =>
      [...sandboxes]
        .filter(([, { pod }]) => pod.nodeName === nodeName)
        .map(([sandboxId, { pod, ip }]) => ({ sandboxId, pod, ip })),
    runPodSandbox: (config, reply) => {
      const open = (ip: string, isOwnAddress: boolean): void => {
        if (isClosed()) return reply({ ok: false, message: 'the runtime is closed' });
        const sandboxId = newId(config.uid, config.attempt);
        sandboxes.set(sandboxId, { pod: config, ip, isOwnAddress });
        reply({ ok: true, sandboxId, ip });
      };
      if (config.hostNetwork) return open(HOST_IP, false);
      addresses.acquire((ip) => open(ip, true));
    },
    removePodSandbox: (sandboxId, reply) => {
      const sandbox = sandboxes.get(sandboxId);
      sandboxes.delete(sandboxId);
      removeContainersOf(sandboxId, () => {
        if (sandbox?.isOwnAddress === true) addresses.release(sandbox.ip);
        reply({ ok: true });
      });
    },
  };
};

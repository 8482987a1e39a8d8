/**
 * Addresses of pods: each gets its own out of 127.0.0.0/8, which Linux routes to the loopback device as a whole, so
 * that three replicas can listen on one port. A runtime works in one 127.X.0.0/16, never in 127.0.0.0/16, where the
 * machine's own services live. It claims the network by a bound UDP socket, which the kernel releases when we die:
 * two statelets on one machine do not meet.
 *
 * Elsewhere (macOS routes only 127.0.0.1) every pod gets 127.0.0.1, with a warning.
 */
import { createSocket, type Socket } from 'node:dgram';
import type { StateDir } from './stateDir.js';

export interface Addresses {
  /** Calls back with a free address; at once, except for the first. */
  acquire(reply: (ip: string) => void): void;
  release(ip: string): void;
  close(): void;
}

/** Any port would do, as long as every statelet takes the same; this one is not registered with IANA. */
const CLAIM_PORT = 47_128;
const CLAIM_HOST = '255.254';
/** Networks 127.1 to 127.255, and addresses in each. */
const NETWORKS = 255;
const HOSTS = 256 * 256;
const LOOPBACK = '127.0.0.1';

/** Host numbers that look like a network or broadcast address, and the one of the claim, are left out. */
const isUsable = (host: number): boolean => {
  const last = host % 256;
  return last !== 0 && last !== 255 && host < 255 * 256;
};

const format = (network: number, host: number): string =>
  `127.${network}.${Math.floor(host / 256)}.${host % 256}`;

export const createAddresses = (
  stateDir: StateDir,
  hasWholeLoopback: boolean,
  warn: (message: string) => void,
): Addresses => {
  const used = new Set<string>();
  const saved = stateDir.readNetwork();
  let network: number | undefined;
  let last = saved?.last ?? 0;
  let waiting: ((ip: string) => void)[] | undefined;
  let claim: Socket | undefined;
  let isSettled = !hasWholeLoopback;
  let isClosed = false;

  const remember = (claimed: number): void => {
    try {
      stateDir.writeNetwork(claimed, last);
    } catch (error) {
      // A convenience: the next run may give out an address again that was used a moment ago.
      warn(`pod addresses could not be saved in ${stateDir.path}: ${(error as Error).message}`);
    }
  };
  const next = (): string => {
    if (network === undefined) return LOOPBACK;
    for (let tried = 0; tried < HOSTS; tried++) {
      last = (last + 1) % HOSTS;
      const ip = format(network, last);
      if (!isUsable(last) || used.has(ip)) continue;
      used.add(ip);
      remember(network);
      return ip;
    }
    warn(`all addresses of 127.${network}.0.0/16 are in use: a pod gets ${LOOPBACK}`);
    return LOOPBACK;
  };
  const settle = (claimed: number | undefined): void => {
    network = claimed;
    isSettled = true;
    const queue = waiting ?? [];
    waiting = undefined;
    for (const reply of queue) reply(next());
  };

  const first = saved?.network ?? 1 + (parseInt(stateDir.key.slice(0, 8), 16) % NETWORKS);
  const tryClaim = (attempt: number): void => {
    const candidate = 1 + ((first - 1 + attempt) % NETWORKS);
    const socket = createSocket('udp4');
    socket.unref();
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      if (isClosed) return;
      if (error.code === 'EADDRINUSE' && attempt + 1 < NETWORKS) return tryClaim(attempt + 1);
      warn(
        `pods get ${LOOPBACK} and share its ports: no network of 127.0.0.0/8 can be claimed (${error.message})`,
      );
      settle(undefined);
    });
    socket.bind({ address: `127.${candidate}.${CLAIM_HOST}`, port: CLAIM_PORT, exclusive: true }, () => {
      socket.removeAllListeners('error');
      socket.on('error', (error) => warn(`claim of 127.${candidate}.0.0/16: ${error.message}`));
      if (isClosed) return void socket.close();
      claim = socket;
      settle(candidate);
    });
  };

  return {
    acquire: (reply) => {
      if (waiting !== undefined) return void waiting.push(reply);
      if (isSettled) return reply(next());
      waiting = [reply];
      tryClaim(0);
    },
    release: (ip) => void used.delete(ip),
    close: () => {
      isClosed = true;
      claim?.close();
      settle(undefined);
    },
  };
};

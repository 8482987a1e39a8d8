/**
 * Pod addresses of a simulated node: `10.<node>.x.y`, handed out in turn, so that an address is not used again soon.
 */
export interface PodAddresses {
  /** @throws {RangeError} when all 65,024 addresses of the node are in use. */
  take(): string;
  release(ip: string): void;
}

/** Addresses in a node's block: 256 groups of 254 (`.0` and `.255` are left out). */
const BLOCK_SIZE = 256 * 254;

/** @param nodeIndex 0, 1, 2, … After 255 the block is in 11.0.0.0/8, and so on. */
export const createPodAddresses = (nodeIndex: number): PodAddresses => {
  const prefix = `${10 + (nodeIndex >> 8)}.${nodeIndex & 255}`;
  const taken = new Set<string>();
  let next = 1;
  return {
    take: () => {
      if (taken.size >= BLOCK_SIZE) throw new RangeError(`no address is left in ${prefix}.0.0/16`);
      for (;;) {
        const index = next % BLOCK_SIZE;
        next += 1;
        const ip = `${prefix}.${Math.floor(index / 254)}.${(index % 254) + 1}`;
        if (taken.has(ip)) continue;
        taken.add(ip);
        return ip;
      }
    },
    release: (ip) => void taken.delete(ip),
  };
};

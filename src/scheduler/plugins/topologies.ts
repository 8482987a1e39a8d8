/** Numbers by topology: for a key of node labels, such as a zone or a host, one per value. */
import type { Node } from '../../api/index.js';

export class TopologyCounts {
  readonly #byKey = new Map<string, Map<string, number>>();

  /** Nothing was counted anywhere. */
  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** Adds where the node belongs to; nowhere when it lacks the label. */
  add(node: Node, topologyKey: string, amount: number): void {
    const value = node.metadata.labels?.[topologyKey];
    if (value === undefined) return;
    let byValue = this.#byKey.get(topologyKey);
    if (byValue === undefined) this.#byKey.set(topologyKey, (byValue = new Map()));
    byValue.set(value, (byValue.get(value) ?? 0) + amount);
  }

  /** Of the topology that the node belongs to. */
  at(node: Node, topologyKey: string): number {
    const value = node.metadata.labels?.[topologyKey];
    return value === undefined ? 0 : (this.#byKey.get(topologyKey)?.get(value) ?? 0);
  }

  /** The keys under which something was counted. */
  keys(): IterableIterator<string> {
    return this.#byKey.keys();
  }
}

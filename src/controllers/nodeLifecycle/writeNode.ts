/**
 * Changes of a Node's spec and labels that must not undo somebody else's: read, change, write if it is unchanged, and
 * begin again if it is not.
 *
 * Models: pkg/controller/controller_utils.go#AddOrUpdateTaintOnNode (v1.36)
 */
import type { Node, Taint } from '../../api/index.js';
import type { Api, Settled } from '../../client/index.js';

/** Source: controller_utils.go UpdateTaintBackoff.Steps. */
const TRIES = 5;

export interface NodeChange {
  readonly taints: readonly Taint[];
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** `change` answers undefined when there is nothing to write. */
export const changeNode = (
  api: Api,
  name: string,
  change: (node: Node) => NodeChange | undefined,
  then: (outcome: Settled<Node>) => void,
  triesLeft: number = TRIES,
): void => {
  const key = { kind: 'Node', name } as const;
  api.get(key).settled((current) => {
    if (!current.ok) return then(current);
    const changed = change(current.value);
    if (changed === undefined) return then(current);
    const { uid, resourceVersion } = current.value.metadata;
    const body = {
      metadata: { uid, resourceVersion, ...(changed.labels && { labels: changed.labels }) },
      spec: { taints: changed.taints.length > 0 ? changed.taints : null },
    };
    return api.patch(key, { type: 'merge', body }).settled((written) => {
      if (!written.ok && written.error.reason === 'Conflict' && triesLeft > 1)
        changeNode(api, name, change, then, triesLeft - 1);
      else then(written);
    });
  });
};

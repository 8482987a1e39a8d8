/** Why a filter plugin refuses a node. */
export interface Rejection {
  readonly plugin: string;
  readonly reasons: readonly string[];
  /** Nothing that a pod's removal could change: preemption cannot help. */
  readonly isUnresolvable: boolean;
}

export const rejection = (plugin: string, reason: string, isUnresolvable: boolean): Rejection => ({
  plugin,
  reasons: [reason],
  isUnresolvable,
});

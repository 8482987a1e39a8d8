/** What can be set about node lifecycle, as the flags of kube-controller-manager. */
export interface NodeLifecycleOptions {
  /** Between two looks at the nodes. */
  readonly nodeMonitorPeriodMs?: number | undefined;
  /** A node that was not heard from for longer is Unknown. */
  readonly nodeMonitorGracePeriodMs?: number | undefined;
  /** The same for a node that has never posted its status. */
  readonly nodeStartupGracePeriodMs?: number | undefined;
  /** Nodes per second that get the NoExecute taint in a zone. */
  readonly nodeEvictionRate?: number | undefined;
  /** The same in a large zone that is partially disrupted. */
  readonly secondaryNodeEvictionRate?: number | undefined;
  /** Zones with more nodes are large. */
  readonly largeClusterSizeThreshold?: number | undefined;
  /** The part of a zone's nodes, 0 to 1, that makes it disrupted when it is down. */
  readonly unhealthyZoneThreshold?: number | undefined;
}

/** Source: NL-1 to NL-3 (pkg/controller/nodelifecycle/config/v1alpha1/defaults.go, options/nodelifecyclecontroller.go). */
export const NODE_LIFECYCLE_DEFAULTS = {
  nodeMonitorPeriodMs: 5_000,
  nodeMonitorGracePeriodMs: 50_000,
  nodeStartupGracePeriodMs: 60_000,
  nodeEvictionRate: 0.1,
  secondaryNodeEvictionRate: 0.01,
  largeClusterSizeThreshold: 50,
  unhealthyZoneThreshold: 0.55,
} as const;

export type NodeLifecycleSettings = {
  readonly [K in keyof typeof NODE_LIFECYCLE_DEFAULTS]: number;
};

export const nodeLifecycleSettings = (options: NodeLifecycleOptions = {}): NodeLifecycleSettings => {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...NODE_LIFECYCLE_DEFAULTS, ...Object.fromEntries(given) };
};

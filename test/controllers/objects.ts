/** Objects for tests of controllers: complete enough for what is asked of them. */
import type { Deployment, Pod, PodTemplateSpec, ReplicaSet } from '../../src/api/index.js';

export const NOW_MS = Date.parse('2026-01-01T12:00:00Z');
/** RFC 3339, so many seconds before NOW_MS. */
export const ago = (seconds: number): string =>
  `${new Date(NOW_MS - seconds * 1000).toISOString().slice(0, 19)}Z`;

export const template = (image = 'web:1', labels: Record<string, string> = { app: 'web' }): PodTemplateSpec =>
  ({ metadata: { labels }, spec: { containers: [{ name: 'web', image }] } }) as unknown as PodTemplateSpec;

export interface PodOptions {
  readonly uid?: string;
  readonly owner?: string;
  readonly labels?: Record<string, string>;
  readonly phase?: string;
  readonly nodeName?: string;
  /** Seconds since it became ready; `null`: ready, but no time. */
  readonly readyForSeconds?: number | null;
  readonly ageSeconds?: number;
  readonly restarts?: number;
  readonly sidecarRestarts?: number;
  readonly cost?: string;
  readonly isTerminating?: boolean;
  readonly namespace?: string;
}

export const pod = (name: string, options: PodOptions = {}): Pod => {
  const {
    uid = name,
    owner,
    labels = { app: 'web' },
    phase = 'Running',
    nodeName,
    readyForSeconds,
  } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: options.namespace ?? 'default',
      uid,
      labels,
      creationTimestamp: ago(options.ageSeconds ?? 0),
      ...(options.cost !== undefined && {
        annotations: { 'controller.kubernetes.io/pod-deletion-cost': options.cost },
      }),
      ...(owner && {
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true },
        ],
      }),
      ...(options.isTerminating && { deletionTimestamp: ago(0) }),
    },
    spec: {
      containers: [{ name: 'web' }],
      ...(nodeName && { nodeName }),
      ...(options.sidecarRestarts !== undefined && {
        initContainers: [{ name: 'sidecar', restartPolicy: 'Always' }],
      }),
    },
    status: {
      phase,
      ...(readyForSeconds !== undefined && {
        conditions: [
          {
            type: 'Ready',
            status: 'True',
            ...(readyForSeconds !== null && { lastTransitionTime: ago(readyForSeconds) }),
          },
        ],
      }),
      ...(options.restarts !== undefined && {
        containerStatuses: [{ name: 'web', restartCount: options.restarts }],
      }),
      ...(options.sidecarRestarts !== undefined && {
        initContainerStatuses: [{ name: 'sidecar', restartCount: options.sidecarRestarts }],
      }),
    },
  } as unknown as Pod;
};

export interface ReplicaSetOptions {
  readonly replicas?: number;
  readonly available?: number;
  readonly statusReplicas?: number;
  readonly image?: string;
  readonly ageSeconds?: number;
  readonly annotations?: Record<string, string>;
  readonly generation?: number;
  readonly observedGeneration?: number;
  readonly minReadySeconds?: number;
  readonly isTerminating?: boolean;
}

export const replicaSet = (name: string, options: ReplicaSetOptions = {}): ReplicaSet => {
  const { replicas = 1, available = 0, statusReplicas = replicas, image = 'web:1' } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      generation: options.generation ?? 1,
      creationTimestamp: ago(options.ageSeconds ?? 0),
      ...(options.annotations && { annotations: options.annotations }),
      ...(options.isTerminating && { deletionTimestamp: ago(0) }),
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: template(image),
      ...(options.minReadySeconds && { minReadySeconds: options.minReadySeconds }),
    },
    status: {
      replicas: statusReplicas,
      availableReplicas: available,
      observedGeneration: options.observedGeneration ?? 1,
    },
  } as unknown as ReplicaSet;
};

export interface DeploymentOptions {
  readonly surge?: number | string;
  readonly unavailable?: number | string;
  readonly image?: string;
  readonly isRecreate?: boolean;
  readonly status?: object;
  readonly spec?: object;
  readonly annotations?: Record<string, string>;
  readonly generation?: number;
}

export const deployment = (replicas: number, options: DeploymentOptions = {}): Deployment =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'default',
      uid: 'deployment',
      generation: options.generation ?? 1,
      creationTimestamp: ago(0),
      ...(options.annotations && { annotations: options.annotations }),
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: template(options.image ?? 'web:2'),
      strategy: options.isRecreate
        ? { type: 'Recreate' }
        : {
            type: 'RollingUpdate',
            rollingUpdate: { maxSurge: options.surge ?? 0, maxUnavailable: options.unavailable ?? 0 },
          },
      ...options.spec,
    },
    status: { ...options.status },
  }) as unknown as Deployment;

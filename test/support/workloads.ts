/** Manifests that several tests use. */

export const deployment = (
  name: string,
  replicas: number,
  container: Readonly<Record<string, unknown>> = {},
  spec: Readonly<Record<string, unknown>> = {},
): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'app', image: `${name}:1`, ...container }] },
    },
    ...spec,
  },
});

export const pod = (
  name: string,
  container: Readonly<Record<string, unknown>> = {},
  spec: Readonly<Record<string, unknown>> = {},
): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name } },
  spec: { containers: [{ name: 'app', image: `${name}:1`, ...container }], ...spec },
});

export const httpProbes = {
  readinessProbe: { httpGet: { path: '/', port: 8080 } },
  livenessProbe: { httpGet: { path: '/', port: 8080 } },
} as const;

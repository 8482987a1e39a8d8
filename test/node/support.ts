/** Pods for tests of the node agent's pure parts: what a test leaves out is as the API fills it in. */
import type { Container, ContainerStatus, Pod } from '../../src/api/index.js';

export const container = (fields: Partial<Container> = {}): Container =>
  ({ name: 'app', image: 'web:1', ...fields }) as Container;

export const pod = (fields: { spec?: object; status?: object; metadata?: object } = {}): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-0', namespace: 'shop', uid: 'u-1', ...fields.metadata },
    spec: { containers: [container()], nodeName: 'node-1', serviceAccountName: 'default', ...fields.spec },
    status: fields.status ?? {},
  }) as unknown as Pod;

export const status = (fields: Partial<ContainerStatus>): ContainerStatus =>
  ({ name: 'app', ready: false, restartCount: 0, image: 'web:1', imageID: '', ...fields }) as ContainerStatus;

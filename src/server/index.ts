/** The Kubernetes REST API over HTTPS, for kubectl and client libraries, on top of the Api port. */
export { createServer } from './server.js';
export { kubeconfigText, writeKubeconfig, type KubeconfigParts } from './security/kubeconfig.js';
export type {
  AccessLogEntry,
  ApiServer,
  PodLogAnswer,
  PodLogOptions,
  PodLogs,
  PodStreams,
  StreamAnswer,
  ServerLimits,
  ServerOptions,
  VersionInfo,
} from './ports.js';

/** API types, as published by Kubernetes v1.36. */
import { int32, int64, intOrString, list, object, ref, string, type Infer } from '../dsl.js';

export const execAction = object('io.k8s.api.core.v1.ExecAction', {
  command: list(string(), { proto: 1, listType: 'atomic' }),
});
export interface ExecAction extends Infer<typeof execAction> {}

export const httpHeader = object('io.k8s.api.core.v1.HTTPHeader', {
  name: string({ proto: 1, required: true }),
  value: string({ proto: 2, required: true }),
});
export interface HTTPHeader extends Infer<typeof httpHeader> {}

export const httpGetAction = object('io.k8s.api.core.v1.HTTPGetAction', {
  path: string({ proto: 1, default: '/' }),
  port: intOrString({ proto: 2, required: true }),
  host: string({ proto: 3 }),
  scheme: string({ proto: 4, default: 'HTTP', values: ['HTTP', 'HTTPS'], goType: 'v1.URIScheme' }),
  httpHeaders: list(httpHeader, { proto: 5, listType: 'atomic' }),
});
export interface HTTPGetAction extends Infer<typeof httpGetAction> {}

export const sleepAction = object('io.k8s.api.core.v1.SleepAction', {
  seconds: int64({ proto: 1, required: true }),
});
export interface SleepAction extends Infer<typeof sleepAction> {}

export const tcpSocketAction = object('io.k8s.api.core.v1.TCPSocketAction', {
  port: intOrString({ proto: 1, required: true }),
  host: string({ proto: 2 }),
});
export interface TCPSocketAction extends Infer<typeof tcpSocketAction> {}

export const lifecycleHandler = object('io.k8s.api.core.v1.LifecycleHandler', {
  exec: ref(execAction, { proto: 1 }),
  httpGet: ref(httpGetAction, { proto: 2 }),
  tcpSocket: ref(tcpSocketAction, { proto: 3 }),
  sleep: ref(sleepAction, { proto: 4 }),
});
export interface LifecycleHandler extends Infer<typeof lifecycleHandler> {}

export const lifecycle = object('io.k8s.api.core.v1.Lifecycle', {
  postStart: ref(lifecycleHandler, { proto: 1 }),
  preStop: ref(lifecycleHandler, { proto: 2 }),
  stopSignal: string({ proto: 3, pointer: true, supported: false, goType: 'v1.Signal' }),
});
export interface Lifecycle extends Infer<typeof lifecycle> {}

export const grpcAction = object('io.k8s.api.core.v1.GRPCAction', {
  port: int32({ proto: 1, required: true }),
  service: string({ proto: 2, pointer: true, default: '' }),
});
export interface GRPCAction extends Infer<typeof grpcAction> {}

export const probe = object(
  'io.k8s.api.core.v1.Probe',
  {
    exec: ref(execAction),
    httpGet: ref(httpGetAction),
    tcpSocket: ref(tcpSocketAction),
    grpc: ref(grpcAction),
    initialDelaySeconds: int32({ proto: 2 }),
    timeoutSeconds: int32({ proto: 3, default: 1 }),
    periodSeconds: int32({ proto: 4, default: 10 }),
    successThreshold: int32({ proto: 5, default: 1 }),
    failureThreshold: int32({ proto: 6, default: 3 }),
    terminationGracePeriodSeconds: int64({ proto: 7, pointer: true }),
  },
  { inlined: [{ proto: 1, fields: { exec: 1, httpGet: 2, tcpSocket: 3, grpc: 4 } }] },
);
export interface Probe extends Infer<typeof probe> {}

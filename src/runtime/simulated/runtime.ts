/**
 * The simulated container runtime of one node: containers are presets or actor logic on the cluster's clock.
 *
 * It replies at once when nothing takes time, so that a pod starts within one instant of virtual time. Everything is
 * deterministic: ids and addresses derive from the pod and the order of requests, times from the clock.
 *
 * Models: k8s.io/cri-api runtime.v1, texts of containerd.
 */
import type { InspectionEvent } from 'xstate';
import type { Clock } from '../../clock/index.js';
import type { ContainerRuntime } from '../port.js';
import type { SimulatedContainer } from './container.js';
import { createFaults, type RuntimeFaults } from './faults.js';
import { imageActorsOn, type CreateImageActor } from './imageActor.js';
import { createImageRegistry, type ImageRegistry } from './images.js';
import { SIGKILL_EXIT_CODE, SimulatedNode } from './node.js';
import { probeContainer, runCommand } from './requests/probes.js';
import { createSimulatedStreams } from './requests/streams.js';

export interface SimulatedRuntimeOptions {
  readonly clock: Clock;
  /** Shared by the nodes of a cluster (`createImageRegistry`). Default: no image is known. */
  readonly images?: ImageRegistry | undefined;
  /** Number of the node, which its pods' addresses carry: 10.<index>.x.y. Default 0. */
  readonly nodeIndex?: number | undefined;
  /** Address of pods on the host's network. Default 127.0.0.1. */
  readonly hostIp?: string | undefined;
  /** Kubernetes quantities; merged into the default. */
  readonly capacity?: Readonly<Record<string, string>> | undefined;
  /** Sees the inspection events of containers' actors. */
  readonly inspect?: ((event: InspectionEvent) => void) | undefined;
  /** Makes the actors of images. Default: an XState system each, on `clock`. */
  readonly createActor?: CreateImageActor | undefined;
}

export interface SimulatedRuntime extends ContainerRuntime {
  readonly faults: RuntimeFaults;
}

/** A mid-sized node; 110 pods is the kubelet's default (node.md 6.6). */
const DEFAULT_CAPACITY = { cpu: '4', memory: '16Gi', 'ephemeral-storage': '100Gi', pods: '110' };

const MACHINE = { architecture: 'amd64', kernelVersion: 'simulated', osImage: 'statelet' };

export const createSimulatedRuntime = (options: SimulatedRuntimeOptions): SimulatedRuntime => {
  const { clock, images = createImageRegistry(), nodeIndex = 0 } = options;
  const createActor = options.createActor ?? imageActorsOn(clock, options.inspect);
  const node = new SimulatedNode({ clock, images, nodeIndex, createActor });
  const { sandboxes, containers } = node;

  return {
    name: 'simulated',
    version: '1.0.0',
    events$: node.events$.asObservable(),
    faults: createFaults(node),
    capacity: () => ({ ...DEFAULT_CAPACITY, ...options.capacity }),
    machine: () => MACHINE,
    usage: () => node.usage(),
    usageChanged$: node.usageChanged$.asObservable(),
    isImagePresent: (image) => node.presentImages.has(image),
    pullImage: ({ image }, reply) => {
      if (node.isDown) return;
      node.later(images.find(image).preset.pull?.takesMs ?? 0, () => reply(node.pull(image)));
    },
    runPodSandbox: (config, reply) => {
      if (node.isDown) return;
      const sandboxId = node.idFor(config, `sandbox/${config.attempt}`);
      const ip = config.hostNetwork ? (options.hostIp ?? '127.0.0.1') : node.addresses.take();
      sandboxes.set(sandboxId, { config, ip, containers: [] });
      reply({ ok: true, sandboxId, ip });
    },
    pods: (nodeName) => node.pods(nodeName),
    removePodSandbox: (sandboxId, reply) => {
      if (node.isDown) return;
      const sandbox = sandboxes.get(sandboxId);
      sandboxes.delete(sandboxId);
      for (const container of sandbox?.containers ?? []) {
        node.exit(container, SIGKILL_EXIT_CODE);
        containers.delete(container.id);
      }
      if (sandbox?.config.hostNetwork === false) node.addresses.release(sandbox.ip);
      reply({ ok: true });
    },
    createContainer: (config, reply) => {
      if (node.isDown) return;
      const sandbox = sandboxes.get(config.sandboxId);
      if (sandbox === undefined) {
        return reply({ ok: false, message: `failed to find sandbox id "${config.sandboxId}": not found` });
      }
      const { id } = node.create(config, sandbox);
      reply({ ok: true, containerId: id, imageRef: images.find(config.image).imageRef });
    },
    startContainer: (containerId, reply) => {
      if (node.isDown) return;
      const container = containers.get(containerId);
      if (container?.state !== 'created')
        return reply({ ok: false, message: cannotStart(containerId, container) });
      node.start(container);
      reply({ ok: true, startedAt: container.startedAt });
      node.runActor(container);
      node.watchUsage(container);
    },
    signalContainer: (containerId, signal) => {
      const container = containers.get(containerId);
      if (node.isDown || container?.state !== 'running') return;
      if (signal === 'SIGKILL') node.exit(container, SIGKILL_EXIT_CODE);
      else node.terminate(container);
    },
    removeContainer: (containerId) => {
      const container = containers.get(containerId);
      if (node.isDown || container === undefined || container.state === 'running') return;
      containers.delete(containerId);
      const sandbox = sandboxes.get(container.config.sandboxId);
      if (sandbox) sandbox.containers = sandbox.containers.filter((other) => other !== container);
    },
    exec: (request, reply) => {
      if (!node.isDown) runCommand(containers.get(request.containerId), request, false, node, reply);
    },
    ...createSimulatedStreams(node),
    probe: (request, reply) => {
      if (!node.isDown) probeContainer(containers.get(request.containerId), request, node, reply);
    },
    logs: (ref, readOptions) => node.logs.read(ref, readOptions),
    removeLogs: (ref) => node.logs.remove(ref),
    close: async () => node.close(),
  };
};

const cannotStart = (containerId: string, container: SimulatedContainer | undefined): string =>
  container === undefined
    ? `container "${containerId}" not found`
    : `container is in CONTAINER_${container.state === 'running' ? 'RUNNING' : 'EXITED'} state`;

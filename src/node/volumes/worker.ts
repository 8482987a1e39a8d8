/** The volumes of one pod: carries out what their chart asks for. */
import { bindEffects, type HostedActor } from '../../actor/index.js';
import type { Pod, Volume } from '../../api/index.js';
import { podVolumesMachine, type PodEvent, type PodVolumesEvent } from '../../../machines/index.js';
import type { Report } from '../container/reports.js';
import { identityOf, namespaceOf, type NodeServices } from '../services.js';
import { canChange, volumeContents } from './contents.js';

const machine = bindEffects(podVolumesMachine, ['mountVolumes', 'announceMounted', 'reportFailedMount']);

export interface MountingPod {
  readonly services: NodeServices;
  readonly pod: Pod;
  readonly actor: HostedActor;
  tell(event: PodEvent): void;
  report(fieldPath: string | undefined, report: Report): void;
}

export class VolumesWorker {
  readonly #owner: MountingPod;
  readonly #actor: HostedActor<typeof podVolumesMachine>;

  constructor(owner: MountingPod) {
    this.#owner = owner;
    const hasFiles = owner.services.runtime.writeVolume !== undefined;
    this.#actor = owner.services.host.spawn({
      machine,
      path: `${owner.actor.path}/volumes`,
      parent: owner.actor,
      effects: this,
      input: { canChange: hasFiles && this.#volumes.some(canChange) },
    });
  }

  /** Nothing of the pod runs any more. */
  remove(): void {
    this.#actor.stop();
    const { services, pod } = this.#owner;
    services.runtime.removeVolumes?.(identityOf(pod, services.nodeName));
  }

  mountVolumes(): void {
    this.#mount(this.#volumes);
  }

  announceMounted(): void {
    this.#owner.tell({ type: 'volumes.mounted' });
  }

  reportFailedMount(_params: unknown, _context: unknown, event: PodVolumesEvent): void {
    if (event.type !== 'volumes.failed') return;
    const message = `MountVolume.SetUp failed for volume "${event.volume}" : ${event.message}`;
    this.#owner.report(undefined, { type: 'Warning', reason: 'FailedMount', message });
  }

  get #volumes(): readonly Volume[] {
    return this.#owner.pod.spec.volumes ?? [];
  }

  /** One after the other; the first that fails ends it. */
  #mount([volume, ...others]: readonly Volume[]): void {
    if (volume === undefined) {
      this.#actor.send({ type: 'volumes.mounted' });
      return;
    }
    const { services, pod } = this.#owner;
    const { runtime, nodeIp, nodeName } = services;
    const namespace = namespaceOf(pod);
    const failed = (message: string): void =>
      this.#actor.send({ type: 'volumes.failed', volume: volume.name, message });
    const contents = volumeContents(volume, pod, {
      nodeName,
      hostIp: nodeIp,
      allocatable: services.allocatable(),
      configMap: (name) => services.configMap(namespace, name),
      secret: (name) => services.secret(namespace, name),
    });
    if (contents.kind === 'failed') return failed(contents.message);
    if (contents.kind === 'unavailable' || runtime.writeVolume === undefined) return this.#mount(others);
    const files = contents.kind === 'files' ? contents.files : undefined;
    runtime.writeVolume({ pod: identityOf(pod, nodeName), name: volume.name, files }, (outcome) => {
      if (outcome.ok) this.#mount(others);
      else failed(outcome.message);
    });
  }
}

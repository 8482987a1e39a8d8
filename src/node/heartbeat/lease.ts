/**
 * The lease by which a node shows that it lives. The agent keeps the object as the API last answered it, and writes it
 * anew with another time; where somebody else has written meanwhile, or removed it, it looks first.
 *
 * Models: staging/src/k8s.io/component-helpers/apimachinery/lease/controller.go (v1.36; spec node.md 6.2)
 */
import { formatMicroTime, type Lease } from '../../api/index.js';
import type { PodServices } from '../services.js';

const LEASE_NAMESPACE = 'kube-node-lease';
/** Source: kubelet nodeLeaseDurationSeconds. */
const LEASE_SECONDS = 40;

export class NodeLease {
  readonly #services: Pick<PodServices, 'api' | 'clock'>;
  readonly #key: { readonly kind: 'Lease'; readonly namespace: string; readonly name: string };
  readonly #nodeUid: () => string;
  #lease: Lease | undefined;

  constructor(services: Pick<PodServices, 'api' | 'clock'>, nodeName: string, nodeUid: () => string) {
    this.#services = services;
    this.#key = { kind: 'Lease', namespace: LEASE_NAMESPACE, name: nodeName };
    this.#nodeUid = nodeUid;
  }

  renew(): void {
    const lease = this.#lease;
    if (!lease) return this.#ensure();
    this.#update(lease, () => this.#ensure());
  }

  /** Renews the lease that is there, or makes one. What fails here is made good by the next renewal. */
  #ensure(): void {
    this.#services.api.get(this.#key).settled((found) => {
      if (found.ok) this.#update(found.value, () => {});
      else if (found.error.reason === 'NotFound') this.#create();
    });
  }

  #update(lease: Lease, onFailed: () => void): void {
    const spec = { ...lease.spec, renewTime: this.#now() };
    this.#services.api.update(this.#key, { ...lease, spec }).settled((written) => {
      this.#lease = written.ok ? written.value : undefined;
      if (!written.ok) onFailed();
    });
  }

  #create(): void {
    const { namespace, name } = this.#key;
    const manifest = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name,
        namespace,
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: this.#nodeUid() }],
      },
      spec: { holderIdentity: name, leaseDurationSeconds: LEASE_SECONDS, renewTime: this.#now() },
    };
    this.#services.api.create('Lease', manifest, { namespace }).settled((created) => {
      if (created.ok) this.#lease = created.value;
    });
  }

  #now(): string {
    return formatMicroTime(this.#services.clock.now());
  }
}

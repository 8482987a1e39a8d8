/**
 * Carries out what an owner claims: adopts orphans, releases what matches no longer.
 *
 * Models: pkg/controller/controller_ref_manager.go#ClaimPods,AdoptPod,ReleasePod (v1.36; OW-4, OW-5)
 */
import type { ApiError, KindName, KubeObject } from '../api/index.js';
import { answer, type Api, type Call } from '../client/index.js';
import { allSettled } from './deps.js';
import { adoptPatch, releasePatch, type Claims } from './ownership.js';
import { recheckOwner } from './recheckOwner.js';

/** The bodies of the strategic merge patches. */
export interface ClaimPatches<T> {
  adopt(object: T): unknown;
  release(object: T): unknown;
}

/**
 * Asks for all of it side by side. One live look at the owner comes before the first adoption; when it fails, so do the
 * adoptions, but not the releases. An object that is gone, or a released one that is another by now, is no error.
 *
 * @param then is told what was adopted, as it is now, and the first error.
 */
export const carryOutClaims = <T extends KubeObject>(
  deps: { readonly api: Api },
  owner: KubeObject,
  { toAdopt, toRelease }: Pick<Claims<T>, 'toAdopt' | 'toRelease'>,
  then: (adopted: readonly T[], error: ApiError | undefined) => void,
  patches: ClaimPatches<T> = {
    adopt: ({ metadata }) => adoptPatch(owner, metadata),
    release: ({ metadata }) => releasePatch(owner.metadata.uid, metadata),
  },
): void => {
  const { namespace, name, uid } = owner.metadata;
  const key = { kind: owner.kind as KindName, namespace, name };
  const patch = ({ kind, metadata }: T, body: unknown): Call<T> =>
    deps.api.patch(
      { kind: kind as KindName, namespace: metadata.namespace, name: metadata.name },
      { type: 'strategic', body },
    ) as unknown as Call<T>;
  const live: Call<KubeObject> = toAdopt.length > 0 ? recheckOwner(deps, key, uid) : answer(() => owner);
  live.settled((looked) => {
    const adopting = toAdopt.map((orphan) =>
      looked.ok
        ? patch(orphan, patches.adopt(orphan))
        : answer<T>(() => {
            throw looked.error;
          }),
    );
    const releasing = toRelease.map((lost) => patch(lost, patches.release(lost)));
    allSettled([...adopting, ...releasing], (outcomes) => {
      const adopted: T[] = [];
      let error: ApiError | undefined;
      outcomes.forEach((outcome, index) => {
        const isAdoption = index < adopting.length;
        if (outcome.ok) {
          if (isAdoption) adopted.push(outcome.value);
        } else if (outcome.error.reason !== 'NotFound' && (isAdoption || outcome.error.reason !== 'Invalid'))
          error ??= outcome.error;
      });
      then(adopted, error);
    });
  });
};

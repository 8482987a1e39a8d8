/**
 * One uncached look at an owner before it adopts anything (OW-4).
 *
 * Models: pkg/controller/controller_ref_manager.go#RecheckDeletionTimestamp (v1.36)
 */
import { ApiError, type KindName, type KindOf } from '../api/index.js';
import { createCall, type Api, type Call, type ObjectKey } from '../client/index.js';

/** Fails when the owner is gone, was made anew, or is being deleted. */
export const recheckOwner = <K extends KindName>(
  { api }: { readonly api: Api },
  key: ObjectKey<K>,
  uid: string,
): Call<KindOf<K>> =>
  createCall<KindOf<K>>((settle) =>
    api.get(key).settled((outcome) => {
      if (!outcome.ok) return settle(outcome);
      const { metadata } = outcome.value;
      const where = `${key.namespace ?? ''}/${key.name}`;
      if (metadata.uid !== uid)
        return settle(
          refusal(`original ${key.kind} ${where} is gone: got uid ${metadata.uid}, wanted ${uid}`),
        );
      if (metadata.deletionTimestamp !== undefined)
        return settle(refusal(`${where} has just been deleted at ${metadata.deletionTimestamp}`));
      return settle(outcome);
    }),
  );

const refusal = (message: string): { readonly ok: false; readonly error: ApiError } => ({
  ok: false,
  error: new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message }),
});

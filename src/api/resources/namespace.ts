/** Namespace. Models: pkg/registry/core/namespace (v1.36) */
import { namespace, type Namespace } from '../schema/kinds/namespace.js';
import { withFields } from '../defaults/apply.js';
import { ALL_VERBS, defineResource } from './resource.js';

/** The label by which selectors reach a namespace by its name. Forced by the server on every write. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** Models: pkg/registry/core/namespace/strategy.go#PrepareForCreate, pkg/apis/core/v1/defaults.go#SetDefaults_Namespace */
const defaultNamespace = (created: Namespace): Namespace => {
  const { name } = created.metadata;
  const isLabelled = !name || created.metadata.labels?.[NAME_LABEL] === name;
  const isFinalized = created.spec.finalizers?.includes('kubernetes') === true;
  if (isLabelled && (isFinalized || created.metadata.deletionTimestamp !== undefined)) return created;
  const labels = { ...created.metadata.labels, ...(name && { [NAME_LABEL]: name }) };
  const metadata = isLabelled
    ? created.metadata
    : withFields(namespace.fields.metadata.schema, created.metadata, { labels });
  // Once it is being deleted, its finalizers go one by one and none comes back.
  const keepsSpec = isFinalized || created.metadata.deletionTimestamp !== undefined;
  const spec = keepsSpec
    ? created.spec
    : { ...created.spec, finalizers: [...(created.spec.finalizers ?? []), 'kubernetes'] };
  return { ...created, metadata, spec };
};

export const namespaceResource = defineResource<Namespace>()({
  kind: 'Namespace',
  version: 'v1',
  plural: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
  verbs: ALL_VERBS.filter((verb) => verb !== 'deletecollection'),
  subresources: ['finalize', 'status'],
  schema: namespace,
  rules: { nameRule: 'label', defaults: defaultNamespace },
});

/** Answers to an apply that cannot be. Models: managedfields/internal/conflict.go (v1.36); api.md §6.2 */
import { ApiError, type StatusCause } from '../errors.js';
import { formatPath, pathsIn } from './fieldSet.js';
import type { Manager } from './managers.js';
import type { ApplyConflict } from './writes.js';

const describe = ({ name, operation, apiVersion, subresource }: Manager): string =>
  JSON.stringify(name) +
  (subresource ? ` with subresource ${JSON.stringify(subresource)}` : '') +
  (operation === 'Update' ? ` using ${apiVersion}` : '');

/** 409: each field with the manager that owns it. */
export const applyConflict = (conflicts: readonly ApplyConflict[]): ApiError => {
  const owners = conflicts
    .map(({ manager, fields }) => ({ owner: describe(manager), paths: pathsIn(fields).map(formatPath) }))
    .sort((a, b) => (a.owner < b.owner ? -1 : 1));
  const causes = owners.flatMap(({ owner, paths }) =>
    paths.map((field): StatusCause => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${owner}`,
      field,
    })),
  );
  const lines = owners.flatMap(({ owner, paths }) => [
    `conflicts with ${owner}:`,
    ...paths.map((path) => `- ${path}`),
  ]);
  const [only] = causes;
  const text =
    causes.length === 1 && only !== undefined
      ? `1 conflict: ${only.message ?? ''}: ${only.field ?? ''}`
      : `${causes.length} conflicts: ${lines.join('\n')}`;
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `Apply failed with ${text}`,
    reason: 'Conflict',
    details: { causes },
    code: 409,
  });
};

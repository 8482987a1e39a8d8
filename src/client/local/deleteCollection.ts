/** DELETE of a list: each selected object by itself. Models: registry/generic/registry/store.go#DeleteCollection */
import { ApiError, methodNotAllowed, type KubeObject, type Resource } from '../../api/index.js';
import type { DeleteOptions, ListOptions, ObjectList } from '../port.js';
import type { Context } from './context.js';
import { deleteObject } from './delete.js';
import { listObjects } from './read/list.js';
import { checkDeleteOptions } from './options.js';

/** Answers the objects as they were. One that is gone meanwhile counts as deleted. */
export const deleteCollection = (
  context: Context,
  resource: Resource,
  selection: ListOptions,
  options: DeleteOptions = {},
): ObjectList<KubeObject> => {
  if (resource.kind === 'Namespace') throw methodNotAllowed();
  checkDeleteOptions(options);
  const list = listObjects(context, resource, selection);
  for (const { metadata } of list.items) {
    try {
      deleteObject(context, resource, metadata, options);
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'NotFound') throw error;
    }
  }
  return list;
};

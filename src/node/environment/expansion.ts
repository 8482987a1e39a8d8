/**
 * `$(NAME)` in values, commands and arguments.
 *
 * `$$` is a dollar sign, so that `$$(NAME)` stays `$(NAME)`; a name that is not known, `$(` without an end and a dollar
 * sign before anything else stay as they are; what was put in is not expanded again.
 *
 * Models: third_party/forked/golang/expansion (v1.36; spec node.md 8.1).
 */
import type { EnvVar } from '../../api/index.js';

/** The value of a name; undefined when it is not known. */
export type Lookup = (name: string) => string | undefined;

export const expand = (text: string, lookup: Lookup): string => {
  if (!text.includes('$')) return text;
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (lookup(name) ?? whole),
  );
};

/** Expands each word; the list itself when there is nothing to expand. */
export const expandAll = (words: readonly string[], lookup: Lookup): readonly string[] =>
  words.some((word) => word.includes('$')) ? words.map((word) => expand(word, lookup)) : words;

/**
 * The command of a probe: expanded from the literal values of the container's variables only. A variable with another
 * source counts as empty; what envFrom brings is not known.
 */
export const expandProbeCommand = (
  command: readonly string[],
  env: readonly EnvVar[] | undefined,
): readonly string[] =>
  expandAll(command, (name) => {
    const declared = env?.findLast((variable) => variable.name === name);
    return declared === undefined ? undefined : (declared.value ?? '');
  });

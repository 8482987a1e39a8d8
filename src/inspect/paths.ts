/**
 * Patterns over actor paths. `node/n1` stands for that actor and for everything below it; `*` for one segment or a part
 * of one, `**` for any number of segments. Examples: docs/guides/inspection.md.
 */

/** @returns whether a path, or what it lies below, matches one of the patterns. */
export function pathMatcher(patterns: readonly string[]): (path: string) => boolean {
  const expressions = patterns.map(expressionOf);
  return (path) => expressions.some((expression) => expression.test(path));
}

function expressionOf(pattern: string): RegExp {
  const segments = pattern.split('/').filter((segment) => segment !== '');
  let source = '^';
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === '**') source += isLast ? '.*' : '(?:[^/]+/)*';
    else source += segmentOf(segment) + (isLast ? '' : '/');
  }
  return new RegExp(`${source}(?:/|$)`);
}

function segmentOf(segment: string): string {
  return segment.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
}

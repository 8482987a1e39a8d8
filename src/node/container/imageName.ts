/**
 * Whether the name of an image can be read, in the words of the reference library. Pure.
 *
 * Models: github.com/distribution/reference#ParseNormalizedNamed as pkg/util/parsers uses it (spec node.md 2.3).
 */

const ALPHANUMERIC = '[a-z0-9]+';
const SEPARATOR = '(?:[._]|__|[-]+)';
const COMPONENT = `${ALPHANUMERIC}(?:${SEPARATOR}${ALPHANUMERIC})*`;
const DOMAIN_COMPONENT = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = `(?:${DOMAIN_COMPONENT}(?:\\.${DOMAIN_COMPONENT})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(
  `^(?:${DOMAIN}/)?${COMPONENT}(?:/${COMPONENT})*(?::\\w[\\w.-]{0,127})?(?:@${DIGEST})?$`,
);
const IDENTIFIER = /^[a-f0-9]{64}$/;
const DEFAULT_DOMAIN = 'docker.io';

/** What is wrong with the name; undefined when it can be read. */
export const imageNameProblem = (image: string): string | undefined => {
  const [domain, remainder] = splitDomain(image);
  const isReadable = REFERENCE.test(`${domain}/${remainder}`);
  if (isReadable && !IDENTIFIER.test(image)) return undefined;
  return `couldn't parse image name "${image}": ${causeOf(image, remainder)}`;
};

const causeOf = (image: string, remainder: string): string => {
  if (IDENTIFIER.test(image))
    return `invalid repository name (${image}), cannot specify 64-byte hexadecimal strings`;
  const [name = ''] = remainder.split(':');
  return name === name.toLowerCase()
    ? 'invalid reference format'
    : `invalid reference format: repository name (${name}) must be lowercase`;
};

/** The registry is what stands before the first slash, if it looks like a host. */
const splitDomain = (image: string): readonly [domain: string, remainder: string] => {
  const slash = image.indexOf('/');
  const first = image.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  return slash > 0 && isHost ? [first, image.slice(slash + 1)] : [DEFAULT_DOMAIN, image];
};

/**
 * The syntaxes of names, labels and keys: each check gives the messages of what is wrong, none for a good value.
 *
 * Models: staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go (v1.36)
 */

const OK: readonly string[] = [];

interface Syntax {
  readonly pattern: RegExp;
  readonly maxLength: number;
  readonly message: string;
}

/** Models: validation.go#RegexError, whose joint after an example is `', '` and ` or ` between two. */
const syntax = (what: string, regex: string, examples: readonly string[], maxLength: number): Syntax => {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return {
    pattern: new RegExp(`^(?:${regex})$`),
    maxLength,
    message: `${what} (e.g. ${shown}regex used for validation is '${regex}')`,
  };
};

const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

const dns1123Label = syntax(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end " +
    'with an alphanumeric character',
  LABEL,
  ['my-name', '123-abc'],
  63,
);
const dns1123Subdomain = syntax(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start " +
    'and end with an alphanumeric character',
  `${LABEL}(\\.${LABEL})*`,
  ['example.com'],
  253,
);
const qualifiedName = syntax(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  QUALIFIED,
  ['MyName', 'my.name', '123-abc'],
  63,
);
const labelValue = syntax(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start " +
    'and end with an alphanumeric character',
  `(${QUALIFIED})?`,
  ['MyValue', 'my_value', '12345'],
  63,
);
const configKey = syntax(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  '[-._a-zA-Z0-9]+',
  ['key.name', 'KEY_NAME', 'key-name'],
  253,
);
const headerName = syntax(
  "a valid HTTP header must consist of alphanumeric characters or '-'",
  '[-A-Za-z0-9]+',
  ['X-Header-Name'],
  Number.POSITIVE_INFINITY,
);
const percent = syntax(
  "a valid percent string must be a numeric string followed by an ending '%'",
  '[0-9]+%',
  ['1%', '93%'],
  Number.POSITIVE_INFINITY,
);

const tooLong = (maxLength: number): string => `must be no more than ${maxLength} characters`;

const check = (value: string, { pattern, maxLength, message }: Syntax): readonly string[] => {
  const isShort = value.length <= maxLength;
  const matches = pattern.test(value);
  if (isShort && matches) return OK;
  return [...(isShort ? [] : [tooLong(maxLength)]), ...(matches ? [] : [message])];
};

/** A subdomain that is no label is told so in fewer words. */
export const checkLabelName = (value: string): readonly string[] => {
  const messages = check(value, dns1123Label);
  if (messages.length === 0 || !messages.includes(dns1123Label.message)) return messages;
  return dns1123Subdomain.pattern.test(value)
    ? messages.map((message) => (message === dns1123Label.message ? 'must not contain dots' : message))
    : messages;
};
export const checkSubdomain = (value: string): readonly string[] => check(value, dns1123Subdomain);
export const checkPercent = (value: string): readonly string[] => check(value, percent);
export const checkHeaderName = (value: string): readonly string[] => check(value, headerName);

/** The value of a label; `''` is one. Models: validation.go#IsValidLabelValue */
export const checkLabelValue = (value: string): readonly string[] => check(value, labelValue);

/**
 * A name with an optional prefix, `app` or `example.com/app`: keys of labels and annotations, finalizers, conditions.
 * Models: validation.go#IsQualifiedName
 */
export const checkQualifiedName = (value: string): readonly string[] => {
  if (value.length <= 63 && qualifiedName.pattern.test(value)) return OK;
  const parts = value.split('/');
  if (parts.length > 2)
    return [
      `a qualified name ${qualifiedName.message} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  const messages: string[] = [];
  const name = parts.at(-1) ?? '';
  if (parts.length === 2) {
    const [prefix = ''] = parts;
    if (prefix === '') messages.push('prefix part must be non-empty');
    else messages.push(...checkSubdomain(prefix).map((message) => `prefix part ${message}`));
  }
  if (name === '') messages.push('name part must be non-empty');
  else if (name.length > 63) messages.push(`name part ${tooLong(63)}`);
  if (!qualifiedName.pattern.test(name)) messages.push(`name part ${qualifiedName.message}`);
  return messages;
};

/** A key of a ConfigMap or Secret. Models: validation.go#IsConfigMapKey */
export const checkConfigKey = (value: string): readonly string[] => {
  const messages = [...check(value, configKey)];
  if (value === '.') messages.push("must not be '.'");
  else if (value === '..') messages.push("must not be '..'");
  else if (value.startsWith('..')) messages.push("must not start with '..'");
  return messages;
};

/** Models: validation.go#IsRelaxedEnvVarName */
export const checkEnvVarName = (value: string): readonly string[] =>
  value !== '' && /^[ -<>-~]+$/.test(value)
    ? OK
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];

/** Models: validation.go#IsValidPortName */
export const checkPortName = (value: string): readonly string[] => {
  if (/^[a-z0-9](?:-?[a-z0-9])*$/.test(value) && value.length <= 15 && /[a-z]/.test(value)) return OK;
  const messages: string[] = [];
  if (value.length > 15) messages.push(tooLong(15));
  if (!/^[-a-z0-9]+$/.test(value))
    messages.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) messages.push('must contain at least one letter (a-z)');
  if (value.includes('--')) messages.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) messages.push('must not begin or end with a hyphen');
  return messages;
};

export const checkPortNumber = (value: number): readonly string[] =>
  value >= 1 && value <= 65_535 ? OK : ['must be between 1 and 65535, inclusive'];

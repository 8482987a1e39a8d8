/**
 * Reads JSON as an API server must: it sees duplicate fields, which JSON.parse drops in silence, and reports a syntax
 * error in the words that clients know from Go. The value itself comes from JSON.parse: of duplicates the last wins.
 *
 * Models: encoding/json/scanner.go (messages), sigs.k8s.io/json (duplicate fields).
 */

/** The message is Go's: `invalid character 'x' looking for beginning of value`, `unexpected end of JSON input`. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

export interface JsonDocument {
  readonly value: unknown;
  /** Paths of fields that stand more than once in their object, such as `spec.containers[0].image`, in order. */
  readonly duplicates: readonly string[];
}

/** Levels of nesting: far more than an API object has, far less than the stack. Differs: Go stops at 10000. */
const MAX_DEPTH = 1_000;

/** @throws {JsonSyntaxError} */
export function parseJson(bytes: Buffer): JsonDocument {
  const scan = new JsonScan(bytes);
  scan.document();
  return { value: JSON.parse(bytes.toString('utf8')) as unknown, duplicates: scan.duplicates };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isDigit = (byte: number): boolean => byte >= ZERO && byte <= NINE;
const isHex = (byte: number): boolean =>
  isDigit(byte) || (byte >= 0x61 && byte <= 0x66) || (byte >= 0x41 && byte <= 0x46);

/** One pass over the bytes: checks the syntax and collects duplicate fields. */
class JsonScan {
  readonly duplicates: string[] = [];
  readonly #bytes: Buffer;
  #at = 0;
  #depth = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  document(): void {
    this.#value('');
    this.#skipSpace();
    if (this.#at < this.#bytes.length) this.#fail('after top-level value');
  }

  #value(path: string): void {
    const byte = this.#next();
    if (byte === OPEN_BRACE) this.#nested(() => this.#object(path));
    else if (byte === OPEN_BRACKET) this.#nested(() => this.#array(path));
    else if (byte === QUOTE) this.#string();
    else if (byte === MINUS || isDigit(byte)) this.#number();
    else if (byte === 0x74) this.#literal('true');
    else if (byte === 0x66) this.#literal('false');
    else if (byte === 0x6e) this.#literal('null');
    else this.#fail('looking for beginning of value');
  }

  #nested(read: () => void): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new JsonSyntaxError('exceeded max depth');
    this.#at += 1;
    read();
    this.#depth -= 1;
  }

  #object(path: string): void {
    const seen = new Set<string>();
    if (this.#next() === CLOSE_BRACE) {
      this.#at += 1;
      return;
    }
    for (;;) {
      if (this.#next() !== QUOTE) this.#fail('looking for beginning of object key string');
      const start = this.#at;
      this.#string();
      const key = JSON.parse(this.#bytes.toString('utf8', start, this.#at)) as string;
      const keyPath = path === '' ? key : `${path}.${key}`;
      if (seen.has(key)) this.duplicates.push(keyPath);
      seen.add(key);
      if (this.#next() !== COLON) this.#fail('after object key');
      this.#at += 1;
      this.#value(keyPath);
      const after = this.#next();
      if (after !== COMMA && after !== CLOSE_BRACE) this.#fail('after object key:value pair');
      this.#at += 1;
      if (after === CLOSE_BRACE) return;
    }
  }

  #array(path: string): void {
    if (this.#next() === CLOSE_BRACKET) {
      this.#at += 1;
      return;
    }
    for (let index = 0; ; index++) {
      this.#value(`${path}[${index}]`);
      const after = this.#next();
      if (after !== COMMA && after !== CLOSE_BRACKET) this.#fail('after array element');
      this.#at += 1;
      if (after === CLOSE_BRACKET) return;
    }
  }

  #string(): void {
    for (this.#at += 1; ; this.#at++) {
      const byte = this.#peek();
      if (byte === QUOTE) break;
      if (byte < 0x20) this.#fail('in string literal');
      if (byte === BACKSLASH) this.#escape();
    }
    this.#at += 1;
  }

  #escape(): void {
    this.#at += 1;
    const byte = this.#peek();
    if (byte !== 0x75) {
      if (!'"\\/bfnrt'.includes(String.fromCharCode(byte))) this.#fail('in string escape code');
      return;
    }
    for (let digits = 0; digits < 4; digits++) {
      this.#at += 1;
      if (!isHex(this.#peek())) this.#fail('in \\u hexadecimal character escape');
    }
  }

  #number(): void {
    if (this.#peek() === MINUS) {
      this.#at += 1;
      if (!isDigit(this.#peek())) this.#fail('in numeric literal');
    }
    if (this.#peek() === ZERO) this.#at += 1;
    else this.#digits();
    if (this.#byteAt(this.#at) === 0x2e) {
      this.#at += 1;
      if (!isDigit(this.#peek())) this.#fail('after decimal point in numeric literal');
      this.#digits();
    }
    const exponent = this.#byteAt(this.#at);
    if (exponent === 0x65 || exponent === 0x45) {
      this.#at += 1;
      if (this.#peek() === MINUS || this.#peek() === 0x2b) this.#at += 1;
      if (!isDigit(this.#peek())) this.#fail('in exponent of numeric literal');
      this.#digits();
    }
  }

  #digits(): void {
    while (isDigit(this.#byteAt(this.#at))) this.#at += 1;
  }

  #literal(word: string): void {
    for (let i = 1; i < word.length; i++) {
      this.#at += 1;
      const expected = word.charAt(i);
      if (this.#peek() !== expected.charCodeAt(0)) this.#fail(`in literal ${word} (expecting '${expected}')`);
    }
    this.#at += 1;
  }

  #skipSpace(): void {
    while (this.#at < this.#bytes.length && isSpace(this.#byteAt(this.#at))) this.#at += 1;
  }

  #next(): number {
    this.#skipSpace();
    return this.#peek();
  }

  #peek(): number {
    if (this.#at >= this.#bytes.length) throw new JsonSyntaxError('unexpected end of JSON input');
    return this.#byteAt(this.#at);
  }

  /** The byte, or -1 behind the end. */
  #byteAt(index: number): number {
    return this.#bytes[index] ?? -1;
  }

  #fail(context: string): never {
    throw new JsonSyntaxError(`invalid character ${quoted(this.#peek())} ${context}`);
  }
}

/** Go's strconv.Quote of one byte, in single quotes. */
function quoted(byte: number): string {
  const named: Record<number, string> = {
    0x27: "\\'",
    0x22: '"',
    0x5c: '\\\\',
    0x07: '\\a',
    0x08: '\\b',
    0x0c: '\\f',
    0x0a: '\\n',
    0x0d: '\\r',
    0x09: '\\t',
    0x0b: '\\v',
  };
  const name = named[byte];
  if (name !== undefined) return `'${name}'`;
  const hex = byte.toString(16).padStart(2, '0');
  if (byte < 0x20 || byte === 0x7f) return `'\\x${hex}'`;
  if (byte >= 0x80 && byte < 0xa1) return `'\\u00${hex}'`;
  return `'${String.fromCharCode(byte)}'`;
}

/**
 * The grammar of `labelSelector=`: text in, requirements out. Only syntax; what a requirement means stands elsewhere.
 *
 *     selector    = [ requirement { "," requirement } ]
 *     requirement = [ "!" ] key | key ( "=" | "==" | "!=" | ">" | "<" ) [ value ] | key ( "in" | "notin" ) "(" values ")"
 *
 * Models: staging/src/k8s.io/apimachinery/pkg/labels/selector.go (Lexer, Parser) (v1.36); messages are upstream's.
 */
import {
  createRequirement,
  SelectorError,
  type LabelOperator,
  type LabelRequirement,
} from './requirement.js';
import { checkQualifiedName } from '../validation/names.js';

type TokenType =
  | 'identifier'
  | 'end'
  | 'error'
  | ')'
  | '('
  | ','
  | '!'
  | '=='
  | '='
  | '!='
  | '>'
  | '<'
  | 'in'
  | 'notin';
interface Token {
  readonly type: TokenType;
  readonly text: string;
}

const END: Token = { type: 'end', text: '' };
const SPACE = ' \t\r\n';
const SYMBOLS = '=!(),><';
const SYMBOL_TOKENS: ReadonlySet<string> = new Set([')', '(', ',', '!', '==', '=', '!=', '>', '<']);
const OPERATORS: ReadonlyMap<TokenType, LabelOperator> = new Map([
  ['in', 'in'],
  ['notin', 'notin'],
  ['=', '='],
  ['==', '=='],
  ['!=', '!='],
  ['>', 'gt'],
  ['<', 'lt'],
]);

const tokenize = (text: string): Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (SPACE.includes(char)) {
      at++;
      continue;
    }
    const end = SYMBOLS.includes(char) ? symbolEnd(text, at) : wordEnd(text, at);
    const word = text.slice(at, end);
    const isKeyword = word === 'in' || word === 'notin' || SYMBOL_TOKENS.has(word);
    tokens.push({ type: isKeyword ? (word as TokenType) : 'identifier', text: word });
    at = end;
  }
  tokens.push(END);
  return tokens;
};

/** Symbols are at most two characters long, and every single one is a token too. */
const symbolEnd = (text: string, start: number): number =>
  SYMBOL_TOKENS.has(text.slice(start, start + 2)) && start + 2 <= text.length ? start + 2 : start + 1;

const wordEnd = (text: string, start: number): number => {
  let end = start;
  while (end < text.length && !SYMBOLS.includes(text.charAt(end)) && !SPACE.includes(text.charAt(end))) end++;
  return end;
};

/**
 * The requirements of a selector, in the order in which they are written.
 * @throws {SelectorError} with upstream's text
 */
export const parseRequirements = (text: string): LabelRequirement[] => {
  const cursor = new Cursor(tokenize(text));
  const requirements: LabelRequirement[] = [];
  if (cursor.peek().type === 'end') return requirements;
  for (;;) {
    const first = cursor.peek();
    if (first.type !== 'identifier' && first.type !== '!') {
      throw new SelectorError(
        requirements.length === 0
          ? `found '${first.text}', expected: !, identifier, or 'end of string'`
          : `found '${first.text}', expected: identifier after ','`,
      );
    }
    requirements.push(parseRequirement(cursor));
    const separator = cursor.next();
    if (separator.type === 'end') return requirements;
    if (separator.type !== ',') {
      throw new SelectorError(`found '${separator.text}', expected: ',' or 'end of string'`);
    }
  }
};

/** Reads tokens; `in` and `notin` are words unless an operator is due. */
class Cursor {
  readonly #tokens: readonly Token[];
  #at = 0;
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }
  peek(): Token {
    const token = this.#tokens[this.#at] ?? END;
    return token.type === 'in' || token.type === 'notin' ? { ...token, type: 'identifier' } : token;
  }
  next(): Token {
    const token = this.peek();
    this.#at++;
    return token;
  }
  nextOperator(): Token {
    return this.#tokens[this.#at++] ?? END;
  }
}

const parseRequirement = (cursor: Cursor): LabelRequirement => {
  try {
    return readRequirement(cursor);
  } catch (error) {
    if (error instanceof SelectorError) {
      throw new SelectorError(`unable to parse requirement: ${error.message}`);
    }
    throw error;
  }
};

const readRequirement = (cursor: Cursor): LabelRequirement => {
  const negated = cursor.peek().type === '!';
  if (negated) cursor.next();
  const key = cursor.next();
  if (key.type !== 'identifier') throw new SelectorError(`found '${key.text}', expected: identifier`);
  if (negated) return createRequirement(key.text, '!', []);
  const following = cursor.peek().type;
  if (following === 'end' || following === ',' || checkQualifiedName(key.text).length > 0) {
    return createRequirement(key.text, 'exists', []);
  }
  const token = cursor.nextOperator();
  const operator = OPERATORS.get(token.type);
  if (operator === undefined) {
    throw new SelectorError(`found '${token.text}', expected: in, notin, =, ==, !=, gt, lt`);
  }
  const isSet = operator === 'in' || operator === 'notin';
  return createRequirement(key.text, operator, isSet ? readSet(cursor) : [readValue(cursor)]);
};

/** A value may be left out: `k=` asks for the empty value. */
const readValue = (cursor: Cursor): string => {
  const { type } = cursor.peek();
  if (type === 'end' || type === ',') return '';
  const token = cursor.next();
  if (token.type === 'identifier') return token.text;
  throw new SelectorError(`found '${token.text}', expected: identifier`);
};

const readSet = (cursor: Cursor): Set<string> => {
  const open = cursor.next();
  if (open.type !== '(') throw new SelectorError(`found '${open.text}' expected: '('`);
  const values = new Set<string>();
  if (cursor.peek().type === ')') {
    cursor.next();
    return values.add('');
  }
  const first = cursor.peek();
  if (first.type !== 'identifier' && first.type !== ',') {
    throw new SelectorError(`found '${first.text}', expected: ',', ')' or identifier`);
  }
  while (cursor.peek().type !== ')') readMember(cursor, values);
  cursor.next();
  return values;
};

/** One value, or one comma: a comma without a neighbour on either side stands for the empty value. */
const readMember = (cursor: Cursor, values: Set<string>): void => {
  const token = cursor.next();
  if (token.type === 'identifier') {
    values.add(token.text);
    const { type, text } = cursor.peek();
    if (type !== ',' && type !== ')') throw new SelectorError(`found '${text}', expected: ',' or ')'`);
    return;
  }
  if (token.type !== ',') throw new SelectorError(`found '${token.text}', expected: ',', or identifier`);
  if (values.size === 0) values.add('');
  const following = cursor.peek().type;
  if (following === ')') values.add('');
  if (following === ',') {
    cursor.next();
    values.add('');
  }
};

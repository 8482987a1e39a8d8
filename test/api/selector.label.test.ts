import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  ApiError,
  formatLabels,
  formatLabelSelector,
  labelSelectorMatcher,
  labelSelectorMatches,
  parseLabelSelector,
} from '../../src/api/index.js';
import { suite } from '../support/suite.js';

const test = suite('api: label selectors');

test('a selector matches labels by every operator (api.md §5 grammar)', () => {
  const labels = { app: 'web', tier: 'front', weight: '10' };
  const matching = [
    '',
    'app',
    'app=web',
    'app==web',
    'app!=db',
    'absent!=x',
    '!absent',
    'app in (web,db)',
    'app notin (db)',
    'absent notin (x)',
    'weight>9',
    'weight<11',
    'app=web,tier=front',
    ' app = web , tier in ( front , back ) ',
  ];
  const failing = [
    'absent',
    'app=db',
    'app!=web',
    '!app',
    'app in (db)',
    'app notin (web)',
    'weight>10',
    'weight<10',
    'app>1',
    'app=web,tier=back',
    'app=',
    'app in ()',
  ];
  for (const text of matching) assert.ok(parseLabelSelector(text).matchesLabels(labels), text);
  for (const text of failing) assert.not.ok(parseLabelSelector(text).matchesLabels(labels), text);
});

test('keys named like operators are keys (labels `in`, `notin`)', () => {
  assert.ok(parseLabelSelector('in in (in,notin)').matchesLabels({ in: 'notin' }));
  assert.ok(parseLabelSelector('notin=in').matchesLabels({ notin: 'in' }));
});

test('properties of the prototype are not labels', () => {
  assert.not.ok(parseLabelSelector('constructor').matchesLabels({}));
  assert.ok(parseLabelSelector('!toString').matchesLabels({}));
});

test('objects without labels are matched by negative requirements only', () => {
  assert.ok(parseLabelSelector('!a,b!=c').matches({ metadata: {} }));
  assert.not.ok(parseLabelSelector('a').matches({}));
});

const NAME_RULE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
  "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
  "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

test('what cannot be understood is a 400 in upstream’s words (api.md §5, §11 row 60)', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['a in (x', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['==', "found '==', expected: !, identifier, or 'end of string'"],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a b c', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a,,b', "found ',', expected: identifier after ','"],
    ['a,', "found '', expected: identifier after ','"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (=', "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
    ['a=(', "unable to parse requirement: found '(', expected: identifier"],
    [
      'a>x',
      `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
    ['-a', `unable to parse requirement: <nil>: Invalid value: "-a": ${NAME_RULE}`],
    ['-a b', `unable to parse requirement: <nil>: Invalid value: "-a": ${NAME_RULE}`],
    [
      'a=/x',
      'unable to parse requirement: values[0][a]: Invalid value: "/x": a valid label must be an empty string or consist ' +
        "of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. " +
        "'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
        "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
  ];
  for (const [text, message] of rows) {
    try {
      parseLabelSelector(text);
      assert.unreachable(`${text} was understood`);
    } catch (error) {
      assert.instance(error, ApiError, text);
      assert.is((error as ApiError).code, 400);
      assert.is((error as ApiError).message, message);
    }
  }
});

test('empty members of a set stand for the empty value', () => {
  for (const text of ['a in ()', 'a in (,)', 'a in (,x)', 'a in (x,)', 'a in (x,,y)']) {
    assert.ok(parseLabelSelector(text).matchesLabels({ a: '' }), text);
  }
  assert.ok(parseLabelSelector('a in (x,,y)').matchesLabels({ a: 'y' }));
});

const key = fc.stringMatching(/^[a-z]([a-z.-]{0,4}[a-z])?$/);
const value = fc.stringMatching(/^([A-Za-z0-9]([A-Za-z0-9._-]{0,4}[A-Za-z0-9])?)?$/);
const requirement = fc.oneof(
  key,
  key.map((k) => `!${k}`),
  fc.tuple(key, fc.constantFrom('=', '==', '!='), value).map(([k, operator, v]) => `${k}${operator}${v}`),
  fc
    .tuple(key, fc.constantFrom('in', 'notin'), fc.array(value, { minLength: 1, maxLength: 4 }))
    .map(([k, operator, values]) => `${k} ${operator} (${values.join(',')})`),
  fc.tuple(key, fc.constantFrom('>', '<'), fc.nat()).map(([k, operator, n]) => `${k}${operator}${n}`),
);

test('a selector printed and read again is the same and matches the same labels', () => {
  fc.assert(
    fc.property(
      fc.array(requirement, { minLength: 1, maxLength: 4 }),
      fc.dictionary(key, value, { maxKeys: 4 }),
      (parts, labels) => {
        const selector = parseLabelSelector(parts.join(','));
        const again = parseLabelSelector(selector.toString());
        assert.is(again.toString(), selector.toString());
        assert.is(again.matchesLabels(labels), selector.matchesLabels(labels));
      },
    ),
  );
});

test('a LabelSelector object prints sorted by key, as the scale subresource shows it (api.md §3.4)', () => {
  const selector = {
    matchLabels: { b: '2', a: '1' },
    matchExpressions: [
      { key: 'c', operator: 'In', values: ['y', 'x'] },
      { key: 'd', operator: 'DoesNotExist' },
      { key: 'e', operator: 'Exists' },
      { key: 'f', operator: 'NotIn', values: ['z'] },
    ],
  };
  assert.is(formatLabelSelector(selector), 'a=1,b=2,c in (x,y),!d,e,f notin (z)');
  assert.ok(labelSelectorMatches(selector, { a: '1', b: '2', c: 'x', e: '' }));
  assert.not.ok(labelSelectorMatches(selector, { a: '1', b: '2', c: 'z', e: '' }));
});

test('an absent LabelSelector matches nothing, an empty one everything; both print <none>', () => {
  assert.not.ok(labelSelectorMatches(undefined, {}));
  assert.ok(labelSelectorMatches({}, undefined));
  assert.is(formatLabelSelector(undefined), '<none>');
  assert.is(formatLabelSelector({}), '<none>');
});

test('a LabelSelector object is compiled once', () => {
  const selector = { matchLabels: { a: 'b' } };
  assert.is(labelSelectorMatcher(selector), labelSelectorMatcher(selector));
});

test('an unknown operator of a LabelSelector object is refused', () => {
  const selector = { matchExpressions: [{ key: 'a', operator: 'X' }] };
  assert.throws(() => labelSelectorMatcher(selector), /"X" is not a valid label selector operator/);
  assert.is(formatLabelSelector(selector), '<error>');
});

test('labels print sorted', () => {
  assert.is(formatLabels({ b: '2', a: '1' }), 'a=1,b=2');
  assert.is(formatLabels({}), '<none>');
});

test.run();

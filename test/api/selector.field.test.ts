import * as assert from 'uvu/assert';
import { ApiError, parseFieldSelector } from '../../src/api/index.js';
import { suite } from '../support/suite.js';

const test = suite('api: field selectors');

const pod = {
  metadata: { name: 'p', namespace: 'g' },
  spec: { nodeName: 'n1', restartPolicy: 'Always' },
  status: { phase: 'Running', podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] },
};

test('pods are selected by their supported fields (api.md §5)', () => {
  const matching = [
    'metadata.name=p',
    'metadata.namespace==g',
    'spec.nodeName=n1',
    'spec.host=n1',
    'spec.hostNetwork=false',
    'spec.schedulerName=',
    'status.phase!=Succeeded,status.phase!=Failed',
    'status.podIP=10.0.0.1',
    'status.nominatedNodeName!=n2',
    'spec.nodeName=n1,metadata.name=p',
  ];
  for (const text of matching) assert.ok(parseFieldSelector('Pod', text).matches(pod), text);
  for (const text of ['metadata.name=q', 'spec.nodeName!=n1', 'spec.nodeName=n1,status.phase=Failed']) {
    assert.not.ok(parseFieldSelector('Pod', text).matches(pod), text);
  }
});

test('other kinds have fields of their own (api.md §5)', () => {
  const rows: readonly (readonly [string, object, string])[] = [
    ['Node', { spec: {} }, 'spec.unschedulable=false'],
    ['Node', { spec: { unschedulable: true } }, 'spec.unschedulable=true'],
    ['Namespace', { status: { phase: 'Active' } }, 'status.phase=Active'],
    ['Secret', { type: 'Opaque' }, 'type=Opaque'],
    ['Event', { involvedObject: { kind: 'Pod', uid: 'u' } }, 'involvedObject.kind=Pod,involvedObject.uid=u'],
    ['Event', { source: { component: 'kubelet' }, type: 'Normal' }, 'source=kubelet,type=Normal'],
    ['Event', { reportingComponent: 'kubelet' }, 'source=kubelet'],
    ['Job', { status: {} }, 'status.successful=0'],
    ['ReplicationController', { status: { replicas: 2 } }, 'status.replicas=2'],
  ];
  for (const [kind, object, text] of rows) {
    assert.ok(parseFieldSelector(kind, text).matches(object), `${kind} ${text}`);
  }
});

test('equalities are shown to whoever keeps an index', () => {
  const selector = parseFieldSelector('Pod', 'spec.host=n1,status.phase!=Failed');
  assert.equal([...selector.equalities], [['spec.nodeName', 'n1']]);
  assert.is(selector.toString(), 'spec.nodeName=n1,status.phase!=Failed');
});

test('commas, equal signs and backslashes are escaped in values', () => {
  const selector = parseFieldSelector('ConfigMap', 'metadata.name=a\\,b\\=c\\\\d');
  assert.is(selector.equalities.get('metadata.name'), 'a,b=c\\d');
  assert.is(selector.toString(), 'metadata.name=a\\,b\\=c\\\\d');
});

test('nothing and a lone equal sign select everything (api.md §5)', () => {
  for (const text of [undefined, '', '=', ',']) {
    assert.ok(parseFieldSelector('Pod', text).isEverything, String(text));
  }
});

test('what cannot be understood is a 400 in upstream’s words (api.md §5, §11 rows 61, 62)', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['Pod', 'foo=bar', 'field label not supported: foo'],
    // Terms are looked at in their order as text.
    ['Pod', 'foo=1,bar=2', 'field label not supported: bar'],
    ['Pod', 'spec.image=x', 'field label not supported: spec.image'],
    ['Job', 'foo=bar', 'field label "foo" not supported for Job'],
    [
      'ConfigMap',
      'foo=bar',
      '"foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
    [
      'ReplicaSet',
      'status.replicas=1',
      '"status.replicas" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
    ['Pod', 'constructor=x', 'field label not supported: constructor'],
    ['Pod', 'metadata.name', "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
    ['Pod', 'metadata.name=\\x', 'invalid field selector: invalid escape sequence: \\x'],
    ['Pod', 'metadata.name=a=b', 'invalid field selector: unescaped character in value: 61'],
  ];
  for (const [kind, text, message] of rows) {
    try {
      parseFieldSelector(kind, text);
      assert.unreachable(`${text} was understood`);
    } catch (error) {
      assert.instance(error, ApiError, text);
      assert.is((error as ApiError).code, 400);
      assert.is((error as ApiError).message, message);
    }
  }
});

test.run();

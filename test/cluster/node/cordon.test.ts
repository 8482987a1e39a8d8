/** A node that is closed to new pods says so (node.md 6.3). */
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.js';
import { withNodes } from './rig.js';

const test = suite('cluster: cordoned nodes');

test('NodeNotSchedulable and NodeSchedulable, each once, with the next look at the Node', async () => {
  await withNodes({}, async (rig) => {
    const set = (unschedulable: boolean) =>
      rig.cluster.api.patch(
        { kind: 'Node', name: 'node-1' },
        { type: 'merge', body: { spec: { unschedulable } } },
      );
    await rig.at(1);
    await set(true);
    await rig.at(35);
    await set(false);
    await rig.at(65);
    assert.equal(
      rig.events('node-1').filter((event) => event.includes('Schedulable')),
      ['00:00:10 NodeNotSchedulable', '00:00:40 NodeSchedulable'],
    );
    assert.equal(rig.messages('node-1', 'NodeNotSchedulable'), [
      'Node node-1 status is now: NodeNotSchedulable',
    ]);
  });
});

test("conditions that somebody else wrote are put right with the node's next look, not in five minutes", async () => {
  await withNodes({}, async (rig) => {
    await rig.at(1);
    const conditions = [{ type: 'Ready', status: 'False', reason: 'Somebody', message: 'says so' }];
    await rig.cluster.api.patch(
      { kind: 'Node', name: 'node-1' },
      { type: 'strategic', body: { status: { conditions } } },
      { subresource: 'status' },
    );
    assert.equal(rig.trouble('node-1'), ['Ready False']);
    await rig.at(10);
    assert.equal(rig.trouble('node-1'), []);
  });
});

test.run();

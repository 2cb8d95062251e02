import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StorageWorld } from '../log/testing.js';
import { Parameters } from './parameters.js';
import { Vhosts } from './vhosts.js';

class World extends StorageWorld {
  vhosts: Vhosts = new Vhosts(this.storage);
  parameters: Parameters = new Parameters(this.storage, this.vhosts);

  async again(checkpointed: boolean): Promise<void> {
    await this.durable();
    if (checkpointed) await this.run(this.storage.checkpoint());
    this.crash();
    this.vhosts = new Vhosts(this.storage);
    this.parameters = new Parameters(this.storage, this.vhosts);
    const report = await this.open();
    assert.deepEqual(report.damage, []);
  }
}

for (const checkpointed of [false, true]) {
  test(`parameters are back after a power cut, ${checkpointed ? 'from a checkpoint' : 'from the journal'}`, async () => {
    const world = new World();
    await world.open();
    const { parameters } = world;
    const shovel = { vhost: '/', component: 'shovel', name: 's', value: { 'src-uri': ['amqp://'], n: 1, x: null } };
    parameters.set({ ...shovel, value: 'replaced' });
    parameters.set(shovel);
    parameters.set({ ...shovel, name: 'gone' });
    assert.equal(parameters.clear('/', 'shovel', 'gone'), true);
    assert.equal(parameters.clear('/', 'shovel', 'gone'), false);
    parameters.setGlobal('cluster_name', 'ferry');
    parameters.setGlobal('gone', 1);
    assert.equal(parameters.clearGlobal('gone'), true);
    assert.equal(parameters.clearGlobal('gone'), false);
    await world.again(checkpointed);
    assert.deepEqual([...world.parameters.all()], [shovel]);
    assert.deepEqual([...world.parameters.allGlobal()], [{ name: 'cluster_name', value: 'ferry' }]);
  });
}

test('parameters go with the virtual host they are of', async () => {
  const world = new World();
  await world.open();
  const { parameters, vhosts } = world;
  const blue = vhosts.create('blue');
  for (const vhost of ['/', 'blue']) parameters.set({ vhost, component: 'c', name: 'n', value: 1 });
  vhosts.delete(blue);
  assert.deepEqual(
    [...parameters.all()].map(({ vhost }) => vhost),
    ['/'],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compact } from '../../log/compaction.js';
import { TransactionWorld } from './transaction-world.test.support.js';

/** After two checkpoints: only what both speak of may be rewritten. */
async function compacted(at: TransactionWorld): Promise<number> {
  const { storage } = at.world;
  const partition = at.partition('state');
  await at.world.durable();
  await at.world.run(storage.checkpoint());
  await at.world.run(partition.log.roll());
  await at.world.run(storage.checkpoint());
  const result = await at.world.run(compact(storage, partition.log, partition.config.compaction, partition));
  return result?.recordsDropped ?? -1;
}

async function opened(): Promise<TransactionWorld> {
  const at = await new TransactionWorld().open();
  const overrides = new Map([
    ['cleanup.policy', 'compact'],
    ['min.cleanable.dirty.ratio', '0'],
  ]);
  at.catalog.create('state', 1, overrides);
  await at.world.durable();
  return at;
}

test('an aborted record replaces nothing when a topic is compacted, and goes', async () => {
  const at = await opened();
  const producer = at.producer('a').init();
  producer.send('state', 'k:old');
  producer.send('state', 'k:kept');
  producer.end(true);
  producer.send('state', 'k:lost');
  producer.end(false);
  producer.send('state', 'other:one');
  producer.end(true);
  assert.equal(await compacted(at), 2);
  assert.deepEqual(await at.values('state'), ['kept', 'one']);
  assert.deepEqual(await at.uncommittedValues('state'), ['kept', 'one']);
  await at.restart();
  assert.deepEqual(await at.values('state'), ['kept', 'one']);
});

test('compaction waits for open transactions: what they wrote may be aborted yet', async () => {
  const at = await opened();
  const producer = at.producer('a').init();
  producer.send('state', 'k:kept');
  producer.end(true);
  producer.send('state', 'k:open');
  assert.equal(await compacted(at), -1);
  assert.deepEqual(await at.uncommittedValues('state'), ['kept', 'open']);
  producer.end(false);
  assert.equal(await compacted(at), 1);
  assert.deepEqual(await at.values('state'), ['kept']);
});

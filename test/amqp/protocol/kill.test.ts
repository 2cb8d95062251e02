import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { freePorts, Program, temporaryFolder } from '../../process/program.js';
import type { WireChannel } from '../wire-channel.js';
import { WireClient } from '../wire-client.js';

/** Transactions over the program itself, which is killed in the middle of them. */

const queues = ['a', 'b', 'c'] as const;
const rounds = 3;
const perRound = 40;

async function started(context: TestContext, data: string): Promise<{ program: Program; client: WireClient }> {
  const program = new Program(context, ['start', '--data', data, ...freePorts, '--no-sqs', '--log-format=json']);
  const client = await WireClient.connect((await program.readyRecord())['amqp']!);
  context.after(() => client.cut());
  return { program, client };
}

async function texts(channel: WireChannel, queue: string): Promise<string[]> {
  const found: string[] = [];
  for (let got = await channel.get(queue, false); got !== null; got = await channel.get(queue, false)) {
    found.push(got.text);
  }
  await channel.call('basic.recover', { requeue: true });
  return found;
}

test('a transaction over several queues, with its acks, is there whole or not at all after kill -9', {
  timeout: 60_000,
}, async (context) => {
  const data = await temporaryFolder(context);
  let committed = 0;
  let { program, client } = await started(context, data);
  const first = await client.channel();
  for (const queue of ['work', ...queues]) await first.queue(queue, { durable: true });
  await first.confirms();
  const count = rounds * perRound;
  for (let at = 0; at < count; at++) first.publish('', 'work', `m${at}`, { deliveryMode: 2 });
  await first.confirmed();
  for (let round = 0; round < rounds; round++) {
    const mover = await client.channel();
    await mover.prefetch(perRound);
    await mover.consume('work');
    await mover.call('tx.select');
    for (let moved = 0; moved < perRound; moved++) {
      const { text, deliveryTag } = await mover.delivery();
      for (const queue of queues) mover.publish('', queue, text, { deliveryMode: 2 });
      mover.ack({ deliveryTag });
      mover.tell('tx.commit');
      if (moved < perRound - 20 + round * 5) {
        await mover.next('tx.commit-ok');
        committed++;
      }
    }
    await program.end();
    ({ program, client } = await started(context, data));
    const reader = await client.channel();
    const work = await texts(reader, 'work');
    const moved: string[][] = [];
    for (const queue of queues) moved.push(await texts(reader, queue));
    for (const other of moved) assert.deepEqual(other, moved[0], 'the queues tell the same');
    const together = [...moved[0]!, ...work];
    assert.equal(new Set(together).size, count, 'nothing is lost');
    assert.equal(together.length, count, 'nothing is there twice');
    assert.ok(moved[0]!.length >= committed, `${moved[0]!.length} of ${committed} that were answered`);
    committed = moved[0]!.length;
    await reader.close();
  }
});

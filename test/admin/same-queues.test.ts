import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChannelModel, connect } from 'amqplib';
import { open } from './client.js';

interface Wanted {
  readonly durable?: boolean;
  readonly autoDelete?: boolean;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

const values: Readonly<Record<string, readonly unknown[]>> = {
  'x-message-ttl': [0, 60_000, -1, 'x', 1e13],
  'x-expires': [100_000, 0, -1, true],
  'x-max-length': [0, 5, -1, '5'],
  'x-max-length-bytes': [0, -1],
  'x-overflow': ['drop-head', 'reject-publish', 'reject-publish-dlx', 'odd', 1],
  'x-dead-letter-exchange': ['amq.direct', 7],
  'x-dead-letter-strategy': ['at-least-once', 'odd'],
  'x-max-priority': [0, 255, 256, -1],
  'x-single-active-consumer': [true, 1],
  'x-delivery-limit': [5, -1, 'x'],
  'x-consumer-timeout': [1000, -1],
  'x-retention-ms': [1000, -1],
  'x-queue-mode': ['lazy', 'odd'],
  'x-max-age': ['7D', 'x'],
  'x-own': [1, 'x'],
};

/** Each argument with values that do and values that do not, for every type of queue; and what types ask of the rest. */
function wishes(): Wanted[] {
  const wanted: Wanted[] = [
    { arguments: { 'x-dead-letter-routing-key': 'k' } },
    { arguments: { 'x-dead-letter-routing-key': 'k', 'x-dead-letter-exchange': '' } },
    { arguments: { 'x-queue-type': 'odd' } },
  ];
  for (const type of ['classic', 'quorum', 'stream']) {
    const typed = { 'x-queue-type': type };
    wanted.push({ arguments: typed }, { arguments: typed, durable: false }, { arguments: typed, autoDelete: true });
    for (const [name, list] of Object.entries(values)) {
      for (const value of list) wanted.push({ arguments: { ...typed, [name]: value } });
    }
  }
  return wanted;
}

async function declared(connection: ChannelModel, name: string, wanted: Wanted): Promise<boolean> {
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  try {
    await channel.assertQueue(name, wanted);
    await channel.close();
    return true;
  } catch {
    return false;
  }
}

test('what can be declared over AMQP can be over the management API, and nothing else', async (context) => {
  const { client, naru } = await open(context);
  const connection = await connect(naru.amqp.url);
  connection.on('error', () => {});
  const differences: string[] = [];
  for (const [at, wanted] of wishes().entries()) {
    const body = { durable: true, auto_delete: wanted.autoDelete ?? false, ...wanted };
    const { status, body: answer } = await client.put(`/api/queues/%2F/rest-${at}`, body);
    const over = await declared(connection, `amqp-${at}`, { durable: true, ...wanted });
    if ((status === 201) !== over) {
      differences.push(`${JSON.stringify(wanted)}: ${status} ${JSON.stringify(answer)}, AMQP ${over}`);
    }
    if (!over || status !== 201) continue;
    // The one finds the other's queue as it would have made it.
    assert.equal((await client.put(`/api/queues/%2F/amqp-${at}`, body)).status, 204, JSON.stringify(wanted));
    assert.equal(await declared(connection, `rest-${at}`, { durable: true, ...wanted }), true, JSON.stringify(wanted));
  }
  assert.deepEqual(differences, []);
  await connection.close();
});

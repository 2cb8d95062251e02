import assert from 'node:assert/strict';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { BrokerHome } from '../torture/broker-home.js';
import type { BrokerProcess } from '../torture/broker-process.js';
import { WireClient } from '../torture/wire-client.js';
import { batchOf, fetchAt, makeTopic, produce } from './attacked-broker.js';

const limit = { timeout: 60_000 };
const batches = 20;

interface Running {
  readonly broker: BrokerProcess;
  readonly client: WireClient;
}

async function start(context: TestContext, home: BrokerHome, options: readonly string[] = []): Promise<Running> {
  const broker = await home.start(options);
  const client = await WireClient.connect(broker.kafkaPort);
  context.after(() => client.close());
  return { broker, client };
}

function text(topic: string, number: number): string {
  return `${topic} ${String(number).padStart(3, '0')} `;
}

async function fill(client: WireClient, topic: string): Promise<number> {
  await makeTopic(client, topic);
  let size = 0;
  for (let count = 0; count < batches; count++) {
    const batch = batchOf(`${text(topic, count)}${'x'.repeat(3000)}`);
    size = batch.length;
    assert.equal((await produce(client, topic, batch)).errorCode, ErrorCode.NONE);
  }
  return size;
}

/** Turns one bit over. */
async function damage(path: string, position: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, position);
  byte[0] = byte[0]! ^ 0x10;
  await file.write(byte, 0, 1, position);
  await file.close();
}

test('a damaged segment is named with file and position, and everything else is served', limit, async (context) => {
  const home = await BrokerHome.make(context);
  const first = await start(context, home);
  const size = await fill(first.client, 'hurt');
  await fill(first.client, 'whole');
  assert.equal(await first.broker.stop(), 0);
  const victim = 7;
  const file = 'topics/hurt-0/00000000000000000000.log';
  await damage(join(home.data, file), victim * size + 1000);

  const { broker, client } = await start(context, home);
  for (let offset = 0; offset < batches; offset++) {
    const { errorCode, bytes, highWatermark } = await fetchAt(client, 'hurt', offset, 1);
    assert.equal(highWatermark, batches);
    assert.equal(errorCode, offset === victim ? ErrorCode.CORRUPT_MESSAGE : ErrorCode.NONE, `offset ${offset}`);
    assert.equal(bytes.includes(text('hurt', offset)), offset !== victim, `offset ${offset}`);
    assert.ok((await fetchAt(client, 'whole', offset, 1)).bytes.includes(text('whole', offset)));
  }
  const line = await broker.line(({ msg }) => msg.includes('damaged'));
  assert.equal(line.level, 'error');
  assert.match(String(line['damage']), new RegExp(`${file} at byte ${victim * size}\\b`));
  assert.equal(broker.complaints.length, 1);
  assert.equal((await produce(client, 'hurt', batchOf('goes on'))).baseOffset, batches);
});

test('a damaged journal is named with file and position, and what is whole is served', limit, async (context) => {
  const home = await BrokerHome.make(context);
  const onlyJournal = ['--checkpoint-every-ms', '1h', '--checkpoint-every-bytes', '1GiB'];
  const first = await start(context, home, onlyJournal);
  await fill(first.client, 'hurt');
  await fill(first.client, 'whole');
  await first.broker.kill();
  const folder = join(home.data, 'journal');
  const [name] = (await readdir(folder)).filter((each) => each.endsWith('.jnl')).sort();
  const file = await open(join(folder, name!), 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4 << 20), 0, 4 << 20, 0);
  await file.close();
  const position = buffer.subarray(0, bytesRead).indexOf(text('hurt', 7));
  assert.ok(position > 0);
  await damage(join(folder, name!), position);

  const { broker, client } = await start(context, home, onlyJournal);
  const line = await broker.line(({ msg }) => msg.includes('what is whole is served'));
  assert.match(String(line['damage']), new RegExp(`journal/${name} at byte \\d+`));
  const at = Number(/at byte (\d+)/.exec(String(line['damage']))![1]);
  assert.ok(at < position && position - at < 8192, `byte ${at} is told, ${position} was damaged`);
  // The batches before and behind the damaged one are there, at the offsets they were acknowledged at.
  for (let offset = 0; offset < batches; offset++) {
    const { bytes, errorCode } = await fetchAt(client, 'hurt', offset, 1);
    assert.equal(errorCode, ErrorCode.NONE, `offset ${offset}`);
    assert.equal(bytes.includes(text('hurt', offset)), offset !== 7, `offset ${offset}`);
    assert.ok((await fetchAt(client, 'whole', offset, 1)).bytes.includes(text('whole', offset)));
  }
  const recovered = await broker.line(({ msg }) => msg.startsWith('recovered'));
  assert.equal(recovered.level, 'error');
  assert.equal((await produce(client, 'hurt', batchOf('goes on'))).baseOffset, batches);
});

test('a checkpoint that is damaged is passed over for the one before it', limit, async (context) => {
  const home = await BrokerHome.make(context);
  const first = await start(context, home);
  await fill(first.client, 'hurt');
  assert.equal(await first.broker.stop(), 0);
  const second = await start(context, home);
  await fill(second.client, 'whole');
  assert.equal(await second.broker.stop(), 0);
  const folder = join(home.data, 'objects', 'checkpoint');
  const names = (await readdir(folder)).sort();
  assert.ok(names.length >= 2);
  await damage(join(folder, names.at(-1)!), 60);

  const { broker, client } = await start(context, home);
  const line = await broker.line(({ msg }) => msg.includes('what is whole is served'));
  assert.match(String(line['damage']), new RegExp(`checkpoint/${names.at(-1)}`));
  for (let offset = 0; offset < batches; offset++) {
    assert.ok((await fetchAt(client, 'hurt', offset, 1)).bytes.includes(text('hurt', offset)));
    assert.ok((await fetchAt(client, 'whole', offset, 1)).bytes.includes(text('whole', offset)));
  }
});

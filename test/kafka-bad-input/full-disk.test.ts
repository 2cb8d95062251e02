import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/lib/clock.js';
import { systemRandom } from '../../src/lib/random.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { createFaults, type Faults } from '../../src/store/faults.js';
import { MemoryDisk } from '../../src/store/memory-disk.js';
import { ServedStore } from '../kafka/served-store.js';
import { History, type PartitionHistory, type ScanState, type Stream, scanStart } from '../torture/history.js';
import { encodeBatch, identityOf } from '../torture/record.js';
import { WireClient } from '../torture/wire-client.js';
import { fetchAt, KeptLines, makeTopic, produce } from './attacked-broker.js';

const limit = { timeout: 60_000 };
const room = 24 * 1024 * 1024;
const recordsPerBatch = 10;
const producerId = 77;

interface SmallDisk {
  readonly port: number;
  readonly disk: MemoryDisk;
  readonly faults: Faults;
  readonly log: KeptLines;
}

async function start(context: TestContext): Promise<SmallDisk> {
  const faults = createFaults();
  const disk = new MemoryDisk(systemClock, systemRandom, faults);
  const log = new KeptLines();
  const served = await ServedStore.open(disk, log, 100);
  context.after(() => served.close());
  return { port: served.port, disk, faults, log };
}

/** Idempotent: it may send again whatever it got an error for. */
class Sender {
  private readonly client: WireClient;
  private readonly history: History;
  private readonly stream: Stream;
  private next = 0;

  constructor(client: WireClient, history: History, partition: PartitionHistory) {
    this.client = client;
    this.history = history;
    this.stream = history.stream(partition, true);
  }

  /** The same batch as the last time if that was not acknowledged. */
  async send(): Promise<number> {
    const { partition, id } = this.stream;
    const sizes = Array.from({ length: recordsPerBatch }, () => 10_000);
    const batch = encodeBatch(id, this.next, sizes, producerId, 0);
    const { errorCode, baseOffset } = await produce(this.client, partition.topic, batch);
    if (errorCode !== ErrorCode.NONE) return errorCode;
    for (let index = 0; index < recordsPerBatch; index++) {
      this.history.placed(partition, baseOffset + index, identityOf(id, this.next + index), 'the answer');
    }
    this.next += recordsPerBatch;
    return errorCode;
  }
}

async function readAll(client: WireClient, history: History, partition: PartitionHistory): Promise<number> {
  let state: ScanState = scanStart;
  for (;;) {
    const { errorCode, highWatermark, bytes } = await fetchAt(client, partition.topic, state.offset, 4 << 20);
    assert.equal(errorCode, ErrorCode.NONE);
    state = history.read(partition, state, bytes, 'the reader');
    if (bytes.length === 0 || state.offset >= highWatermark) {
      history.readToEnd(partition, state, highWatermark, 'the reader');
      return state.offset;
    }
  }
}

test(
  'a disk without room refuses producers, serves readers, and takes more as soon as there is room',
  limit,
  async (context) => {
    const { port, disk, faults, log } = await start(context);
    const client = await WireClient.connect(port);
    const reading = await WireClient.connect(port);
    context.after(() => {
      client.close();
      reading.close();
    });
    await makeTopic(client, 'orders');
    const history = new History();
    const partition = history.partition('orders', 0);
    const sender = new Sender(client, history, partition);
    assert.equal(await sender.send(), ErrorCode.NONE);

    for (let round = 0; round < 2; round++) {
      faults.capacityBytes = disk.usedBytes + room;
      let batches = 0;
      let errorCode = await sender.send();
      for (; errorCode === ErrorCode.NONE && batches < 2000; batches++) errorCode = await sender.send();
      assert.equal(errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
      assert.ok(batches > 10, `${batches} batches before the disk was full`);

      // For as long as it lasts: refused at once, and read as ever.
      const before = await readAll(reading, history, partition);
      assert.ok(before >= batches * recordsPerBatch);
      for (let attempt = 0; attempt < 5; attempt++) {
        assert.equal(await sender.send(), ErrorCode.KAFKA_STORAGE_ERROR);
        assert.equal(await readAll(reading, history, partition), before);
        await sleep(100);
      }

      faults.capacityBytes = Number.POSITIVE_INFINITY;
      const sinceMs = performance.now();
      while ((await sender.send()) !== ErrorCode.NONE) {
        assert.ok(performance.now() - sinceMs < 5000, 'there is room, and nothing is taken');
        await sleep(20);
      }
      // What was refused is there once, at most, for it was sent again.
      assert.ok((await readAll(reading, history, partition)) > before);
      const refusals = log.take().filter((line) => line.level === 'error');
      assert.equal(refusals.length, 1, JSON.stringify(refusals));
      assert.match(refusals[0]!.message, /no room for the journal/);
    }
    assert.deepEqual(history.violations, []);
  },
);

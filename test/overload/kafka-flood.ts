import { BatchBuilder } from '../../src/log/records.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { fetchAt, makeTopic, produce } from '../kafka-bad-input/attacked-broker.js';
import { WireClient } from '../torture/wire-client.js';
import { consumedShare, type FrontFlood, floodBodyBytes } from './flood.js';
import type { WatchedBroker } from './watched-broker.js';

const producers = 2;
const inFlightMax = 10;
const batchCount = 100;
const fetchBytes = 1 << 20;
const topic = 'kafka-flood';

function batchOfMany(count: number): Buffer {
  const builder = new BatchBuilder();
  const value = Buffer.alloc(floodBodyBytes, 'f');
  for (let index = 0; index < count; index++) builder.add(null, value, 1_700_000_000_000);
  return builder.build();
}

export class KafkaFlood implements FrontFlood {
  readonly name = 'Kafka';
  accepted = 0;
  consumed = 0;
  private stopped = false;
  private reader: WireClient | undefined;

  async begin(broker: WatchedBroker): Promise<void> {
    this.reader = await WireClient.connect(broker.kafkaPort);
    await makeTopic(this.reader, topic);
  }

  async flood(broker: WatchedBroker): Promise<void> {
    await Promise.all([...Array.from({ length: producers }, () => this.produce(broker)), this.followSlowly()]);
  }

  private async produce(broker: WatchedBroker): Promise<void> {
    const client = await WireClient.connect(broker.kafkaPort);
    const batch = batchOfMany(batchCount);
    const one = async (): Promise<void> => {
      while (!this.stopped) {
        const { errorCode } = await produce(client, topic, batch);
        if (errorCode !== ErrorCode.NONE) throw new Error(`a batch got error ${errorCode}`);
        this.accepted += batchCount;
      }
    };
    await Promise.all(Array.from({ length: inFlightMax }, one));
    client.close();
    await client.closed;
  }

  private async followSlowly(): Promise<void> {
    while (!this.stopped) {
      const room = Math.floor(this.accepted * consumedShare) - this.consumed;
      if (room < batchCount) await new Promise((resolve) => setTimeout(resolve, 10));
      // A batch is the least there is to fetch.
      else await this.follow(1);
    }
  }

  private async follow(bytesMax: number): Promise<void> {
    const { errorCode, bytes } = await fetchAt(this.reader!, topic, this.consumed, bytesMax);
    if (errorCode !== ErrorCode.NONE) throw new Error(`a fetch got error ${errorCode}`);
    for (let at = 0; at < bytes.length; at += bytes.readInt32BE(at + 8) + 12) {
      if (Number(bytes.readBigInt64BE(at)) !== this.consumed) throw new Error('offsets are not in a row');
      this.consumed += bytes.readInt32BE(at + 57);
    }
  }

  stop(): void {
    this.stopped = true;
  }

  async drain(): Promise<void> {
    while (this.consumed < this.accepted) await this.follow(fetchBytes);
  }

  async probe(broker: WatchedBroker): Promise<void> {
    const client = await WireClient.connect(broker.kafkaPort);
    await produce(client, topic, batchOfMany(1));
    this.accepted++;
    await this.drain();
    client.close();
    this.reader!.close();
    await Promise.all([client.closed, this.reader!.closed]);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../src/lib/random.js';
import type { ProduceRequest, ProduceResponse } from '../../src/protocols/kafka/codec/00-produce.js';
import { ZERO_UUID } from '../../src/protocols/kafka/codec/primitives.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { apis } from './apis.js';
import type { History, Stream } from './history.js';
import { encodeBatch, identityOf } from './record.js';
import { WireClient, WireError } from './wire-client.js';

export interface ProducerPlan {
  readonly name: string;
  readonly acks: -1 | 0 | 1;
  readonly idempotent: boolean;
  readonly streams: readonly Stream[];
  readonly recordBytesMin: number;
  readonly recordBytesMax: number;
  readonly recordsMax: number;
  readonly batchBytesMax: number;
  readonly inFlightMax: number;
  readonly bytesPerSecond: number;
}

interface Part {
  readonly stream: Stream;
  readonly first: number;
  readonly count: number;
  readonly batch: Buffer;
}

interface Sent {
  readonly parts: readonly Part[];
}

const timeoutMs = 30_000;
const refusedPauseMs = 30;

/** The highest version that still names topics; ids come with 13. */
const produceVersions = { min: 3, max: 12 };

/**
 * One producer over all lives of the broker. An idempotent one sends again what was not acknowledged, in the same
 * order; any other leaves that behind and goes on with new records.
 */
export class Producer {
  readonly plan: ProducerPlan;
  private readonly history: History;
  private readonly random: SeededRandom;
  private readonly nextNumbers = new Map<Stream, number>();
  private outstanding: Sent[] = [];
  private producerId = -1;
  private producerEpoch = -1;
  /** What a broker that is told to stop answers is no violation. */
  stopping = false;

  constructor(plan: ProducerPlan, history: History, random: SeededRandom) {
    this.plan = plan;
    this.history = history;
    this.random = random;
  }

  /** Produces until the connection ends. */
  async drive(port: number): Promise<void> {
    for (;;) {
      const client = await open(port);
      if (client === undefined) return;
      this.refused = false;
      await this.produce(client);
      if (!this.history.mayRefuse || this.stopping) return;
      await sleep(refusedPauseMs);
    }
  }

  private async produce(client: WireClient): Promise<void> {
    try {
      await this.begin(client);
      const startedMs = performance.now();
      let bytes = 0;
      while (client.open && !this.refused) {
        const aheadMs = (bytes * 1000) / this.plan.bytesPerSecond - (performance.now() - startedMs);
        if (aheadMs > 1) await sleep(aheadMs);
        // A bulk producer fills its window in one go: large runs in one bundle are what the direct path is for.
        while (client.open && client.pending < this.plan.inFlightMax) {
          const sent = this.make();
          for (const part of sent.parts) bytes += part.batch.length;
          this.send(client, sent);
          if (this.plan.acks === 0) break;
        }
        if (this.plan.acks === 0) await Promise.all([client.drained(), sleep(1)]);
        else if (client.pending > 0) await this.answered();
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    } finally {
      client.close();
      await client.closed;
      this.leaveBehind();
    }
  }

  /** Sends again what an idempotent producer still has to, and waits for all of it. */
  async finish(port: number): Promise<void> {
    if (!this.plan.idempotent || this.outstanding.length === 0) return;
    const client = await WireClient.connect(port);
    await this.begin(client);
    while (client.pending > 0) await this.answered();
    const left = this.outstanding.length;
    if (left > 0) this.history.violation(`${this.plan.name}: ${left} requests sent again were not acknowledged`);
    client.close();
    await client.closed;
  }

  private wake: (() => void) | undefined;
  /** There was no room: what was refused is sent again over another connection, in its order, by those who do that. */
  private refused = false;

  private answered(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private async begin(client: WireClient): Promise<void> {
    if (!this.plan.idempotent) return;
    if (this.producerId < 0) {
      const request = { transactionalId: null, transactionTimeoutMs: timeoutMs, producerId: -1, producerEpoch: -1 };
      const answer = await client.call(apis.initProducerId, 2, request);
      if (answer.errorCode !== ErrorCode.NONE) {
        if (!this.history.mayRefuse) {
          this.history.violation(`${this.plan.name}: no producer id (error ${answer.errorCode})`);
        }
        throw new WireError('no producer id');
      }
      this.producerId = answer.producerId;
      this.producerEpoch = answer.producerEpoch;
    }
    const again = this.outstanding;
    this.outstanding = [];
    for (const sent of again) this.send(client, sent);
  }

  private make(): Sent {
    const { streams } = this.plan;
    const first = this.random.below(streams.length);
    const count = this.random.chance(0.5) ? 1 : 1 + this.random.below(streams.length);
    const parts: Part[] = [];
    for (let index = 0; index < count; index++) parts.push(this.part(streams[(first + index) % streams.length]!));
    return { parts };
  }

  private part(stream: Stream): Part {
    const { recordBytesMin, recordBytesMax, recordsMax, batchBytesMax } = this.plan;
    const sizes: number[] = [];
    let total = 0;
    for (let left = 1 + this.random.below(recordsMax); left > 0; left--) {
      // Small ones often, large ones sometimes.
      const share = this.random.fraction() ** 3;
      const bytes = Math.floor(recordBytesMin + share * (recordBytesMax - recordBytesMin));
      if (sizes.length > 0 && total + bytes > batchBytesMax) break;
      sizes.push(bytes);
      total += bytes;
    }
    const number = this.nextNumbers.get(stream) ?? 0;
    this.nextNumbers.set(stream, number + sizes.length);
    const batch = encodeBatch(stream.id, number, sizes, this.producerId, this.producerEpoch);
    return { stream, first: number, count: sizes.length, batch };
  }

  private send(client: WireClient, sent: Sent): void {
    const { acks } = this.plan;
    const version = produceVersions.min + this.random.below(produceVersions.max - produceVersions.min + 1);
    const request = produceRequest(sent.parts, acks);
    if (acks === 0) {
      client.post(apis.produce, version, request);
      for (const part of sent.parts) this.history.counts.unacknowledged += part.count;
      return;
    }
    this.outstanding.push(sent);
    client.call(apis.produce, version, request).then(
      (response) => {
        if (this.taken(sent, response)) this.outstanding.splice(this.outstanding.indexOf(sent), 1);
        this.wake?.();
      },
      (error: unknown) => {
        if (!(error instanceof WireError)) this.history.violation(`${this.plan.name}: ${String(error)}`);
        this.wake?.();
      },
    );
  }

  private taken(sent: Sent, response: ProduceResponse): boolean {
    const { counts } = this.history;
    let whole = true;
    for (const part of sent.parts) {
      const { topic, index } = part.stream.partition;
      const answer = response.responses
        .find((each) => each.name === topic)
        ?.partitionResponses.find((each) => each.index === index);
      if (answer === undefined || answer.errorCode !== ErrorCode.NONE) {
        whole = false;
        // Between connections there is no order but for those whose batches are numbered.
        this.refused = this.plan.idempotent;
        if (this.stopping || this.history.mayRefuse) continue;
        const error = answer === undefined ? 'no answer' : `error ${answer.errorCode}`;
        this.history.violation(`${this.plan.name}: a batch to ${topic}-${index} got ${error}`);
        continue;
      }
      if (this.plan.acks === 1) counts.acknowledgedWritten += part.count;
      else counts.acknowledgedDurable += part.count;
      for (let number = 0; number < part.count; number++) {
        const identity = identityOf(part.stream.id, part.first + number);
        this.history.placed(
          part.stream.partition,
          answer.baseOffset + number,
          identity,
          `the answer to ${this.plan.name}`,
        );
      }
    }
    return whole;
  }

  private leaveBehind(): void {
    if (this.plan.idempotent) return;
    for (const sent of this.outstanding) {
      for (const part of sent.parts) this.history.counts.unacknowledged += part.count;
    }
    this.outstanding = [];
  }
}

function produceRequest(parts: readonly Part[], acks: number): ProduceRequest {
  const topicData: ProduceRequest['topicData'] = [];
  for (const { stream, batch } of parts) {
    let topic = topicData.find((each) => each.name === stream.partition.topic);
    if (topic === undefined) {
      topic = { name: stream.partition.topic, topicId: ZERO_UUID, partitionData: [] };
      topicData.push(topic);
    }
    topic.partitionData.push({ index: stream.partition.index, records: batch });
  }
  return { transactionalId: null, acks, timeoutMs, topicData };
}

/** Undefined when the broker is gone before anybody could connect. */
export async function open(port: number): Promise<WireClient | undefined> {
  try {
    return await WireClient.connect(port);
  } catch {
    return undefined;
  }
}

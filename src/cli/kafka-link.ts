import type { Admin, BaseOptions, Consumer, Producer } from '@platformatic/kafka';
import { RequestError } from './admin-request.js';
import type { Header, Message } from './message.js';
import type { KafkaPlace } from './place.js';

/** A partition as a reader needs it. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

export interface TopicFacts {
  readonly id: string;
  /** The leader of each partition. */
  readonly leaders: readonly number[];
}

export interface Fetched {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly Message[];
  /** Where to go on: behind all that was fetched, markers of transactions among it. */
  readonly nextOffset: number;
}

/** What a producer sends. */
export interface Outgoing {
  readonly topic: string;
  readonly message: Message;
}

export interface RecordTime {
  readonly timestampMs: number;
  /** Of the record before the offset asked for: there is none at it or after. */
  readonly isBefore: boolean;
}

type Bytes = Producer<Buffer, Buffer, Buffer, Buffer>;

const waitMsMax = 500;
const fetchBytesMax = 8 * 1024 * 1024;
const committedOnly = 1;
/**
 * The same on the wire. The client's own filter, which looks for the number, knows one aborted transaction of a producer in a
 * fetch and not several: so it is not let near, and `unpacked` leaves them out.
 */
const committedUnfiltered = true as unknown as number;
const isTransactional = 1 << 4;
const abortMarker = 0;
const isControl = 1 << 5;
const topicResource = 2;
const setForTopic = 1;
const setOperation = 0;
const never = -1n;

/**
 * A Kafka broker, Naru's own front or another, by @platformatic/kafka. Its client is loaded when the first link is opened:
 * it takes half a second, and most commands do not need it.
 */
export class KafkaLink {
  readonly address: string;
  private readonly admin: Admin;
  private readonly consumer: Consumer;
  private readonly producer: Bytes;

  private constructor(address: string, admin: Admin, consumer: Consumer, producer: Bytes) {
    this.address = address;
    this.admin = admin;
    this.consumer = consumer;
    this.producer = producer;
  }

  static async open(place: KafkaPlace): Promise<KafkaLink> {
    const client = await import('@platformatic/kafka');
    const base: BaseOptions = {
      clientId: 'naru-cli',
      bootstrapBrokers: [...place.brokers],
      retries: 3,
      retryDelay: 250,
      connectTimeout: 5000,
      requestTimeout: 30_000,
      ...(place.tls ? { tls: {} } : {}),
      ...(place.login === null ? {} : { sasl: saslOf(place) }),
    };
    const address = place.brokers.join(',');
    const admin = new client.Admin(base);
    const consumer = new client.Consumer({ ...base, groupId: 'naru-cli' } as ConstructorParameters<
      typeof client.Consumer
    >[0]) as Consumer;
    const producer = new client.Producer<Buffer, Buffer, Buffer, Buffer>({ ...base, acks: -1 });
    const link = new KafkaLink(address, admin, consumer, producer);
    try {
      await admin.metadata({ topics: [] });
    } catch (error) {
      await link.close();
      throw new RequestError(`Kafka at ${address} does not answer: ${reasonOf(error)}`, { cause: error });
    }
    return link;
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.admin.close(), this.consumer.close(true), this.producer.close()]);
  }

  topics(): Promise<string[]> {
    return this.told(this.admin.listTopics());
  }

  /** Fails when one of them is not there. */
  async describe(topics: readonly string[], refresh = false): Promise<Map<string, TopicFacts>> {
    if (topics.length === 0) return new Map();
    const metadata = await this.told(this.admin.metadata({ topics: [...topics], forceUpdate: refresh }));
    const found = new Map<string, TopicFacts>();
    for (const name of topics) {
      const topic = metadata.topics.get(name);
      if (topic === undefined) throw new RequestError(`there is no topic ${name} at ${this.address}`);
      const leaders = Array.from({ length: topic.partitionsCount }, (_, at) => topic.partitions[at]?.leader ?? -1);
      found.set(name, { id: topic.id, leaders });
    }
    return found;
  }

  /** The first offset of each partition at or after a time; its end where there is none. -1 and -2 are end and beginning. */
  async offsets(topic: string, timestampMs: number): Promise<number[]> {
    const { leaders } = (await this.describe([topic])).get(topic)!;
    const partitions = leaders.map((_, partitionIndex) => ({ partitionIndex, timestamp: BigInt(timestampMs) }));
    const [listed] = await this.told(
      this.admin.listOffsets({ topics: [{ name: topic, partitions }], isolationLevel: committedOnly }),
    );
    const offsets: number[] = [];
    for (const { partitionIndex, offset } of listed?.partitions ?? []) offsets[partitionIndex] = Number(offset);
    if (offsets.some((offset) => offset < 0)) {
      const ends = await this.offsets(topic, -1);
      return offsets.map((offset, at) => (offset < 0 ? ends[at]! : offset));
    }
    return offsets;
  }

  /** What is set for a topic itself. */
  async configs(topic: string): Promise<Map<string, string>> {
    const [told] = await this.told(
      this.admin.describeConfigs({
        resources: [{ resourceType: topicResource, resourceName: topic, configurationKeys: null }],
      }),
    );
    const configs = new Map<string, string>();
    for (const { name, value, configSource } of told?.configs ?? []) {
      if (configSource === setForTopic && value !== null && value !== undefined) configs.set(name, value);
    }
    return configs;
  }

  /** With as many copies as the broker has for others. */
  async createTopic(name: string, partitions: number, configs: ReadonlyMap<string, string>): Promise<void> {
    await this.told(
      this.admin.createTopics({
        topics: [name],
        partitions,
        replicas: -1,
        configs: Array.from(configs, ([key, value]) => ({ name: key, value })),
      }),
    );
  }

  async deleteTopic(name: string): Promise<void> {
    await this.told(this.admin.deleteTopics({ topics: [name] }));
  }

  /** Sets one setting of a topic and leaves the others. */
  async configure(topic: string, name: string, value: string): Promise<void> {
    const configs = [{ name, value, configOperation: setOperation }];
    const resources = [{ resourceType: topicResource, resourceName: topic, configs }] as const;
    await this.told(
      this.admin.incrementalAlterConfigs({ resources: [...resources] } as Parameters<
        Admin['incrementalAlterConfigs']
      >[0]),
    );
  }

  async addPartitions(name: string, count: number): Promise<void> {
    await this.told(this.admin.createPartitions({ topics: [{ name, count, assignments: [] }] }));
  }

  async groups(): Promise<string[]> {
    return [...(await this.told(this.admin.listGroups())).keys()];
  }

  /** The time of the first record at or after an offset, or else of the last one before it; null where there is none. */
  async timeAt(topic: string, partition: number, offset: number): Promise<RecordTime | null> {
    const topics = await this.describe([topic]);
    const leader = topics.get(topic)!.leaders[partition]!;
    const [start, end] = [(await this.offsets(topic, -2))[partition]!, (await this.offsets(topic, -1))[partition]!];
    // Markers of transactions take offsets as well: where one lies there is no record.
    for (let at = Math.max(offset, start); at < end; ) {
      const [fetched] = await this.fetch(leader, topics, [{ topic, partition, offset: at }]);
      const [first] = fetched?.messages ?? [];
      if (first !== undefined) return { timestampMs: first.timestampMs ?? 0, isBefore: false };
      if (fetched === undefined || fetched.nextOffset <= at) break;
      at = fetched.nextOffset;
    }
    for (let step = 1; offset - step >= start || step === 1; step *= 2) {
      const at = Math.max(start, offset - step);
      if (at >= end) return null;
      const [fetched] = await this.fetch(leader, topics, [{ topic, partition, offset: at }]);
      const last = fetched?.messages.findLast((message) => message.offset! < offset);
      if (last !== undefined) return { timestampMs: last.timestampMs ?? 0, isBefore: true };
      if (at === start) return null;
    }
    return null;
  }

  /** The first offset of a partition at or after a time, or its end. */
  async offsetFor(topic: string, partition: number, timestampMs: number): Promise<number> {
    return (await this.offsets(topic, timestampMs))[partition]!;
  }

  /** What a group committed; nothing where it did not. */
  async committed(group: string, topics: readonly string[]): Promise<Map<string, Map<number, number>>> {
    const found = new Map<string, Map<number, number>>();
    const [told] = await this.told(this.admin.listConsumerGroupOffsets({ groups: [group] }));
    for (const { name, partitions } of told?.topics ?? []) {
      if (!topics.includes(name)) continue;
      const offsets = new Map<number, number>();
      for (const { partitionIndex, committedOffset } of partitions) {
        if (committedOffset >= 0n) offsets.set(partitionIndex, Number(committedOffset));
      }
      found.set(name, offsets);
    }
    return found;
  }

  /** Commits for a group that nobody is in. */
  async commit(group: string, offsets: ReadonlyMap<string, ReadonlyMap<number, number>>): Promise<void> {
    const topics = Array.from(offsets, ([name, partitions]) => ({
      name,
      partitionOffsets: Array.from(partitions, ([partition, offset]) => ({ partition, offset: BigInt(offset) })),
    })).filter(({ partitionOffsets }) => partitionOffsets.length > 0);
    if (topics.length > 0) await this.told(this.admin.alterConsumerGroupOffsets({ groupId: group, topics }));
  }

  /** Durable when it resolves: acks=all. */
  async produce(batch: readonly Outgoing[], compression: 'none' | 'gzip' | 'lz4' | 'zstd' = 'none'): Promise<void> {
    if (batch.length === 0) return;
    const messages = batch.map(({ topic, message }) => ({
      topic,
      // Null is a tombstone, which the client knows and its types do not.
      value: message.value as Buffer,
      ...(message.key === null ? {} : { key: message.key }),
      ...(message.partition === null ? {} : { partition: message.partition }),
      ...(message.timestampMs === null ? {} : { timestamp: BigInt(message.timestampMs) }),
      // Keys of this map are buffers, each its own: so headers of one name stay several.
      headers: new Map(message.headers.map(([name, value]) => [Buffer.from(name), value as Buffer])),
    }));
    await this.told(this.producer.send({ messages, acks: -1, compression }));
  }

  /** One fetch from one leader; nothing when nothing came in time. */
  async fetch(
    node: number,
    topics: ReadonlyMap<string, TopicFacts>,
    wanted: readonly (Place & { readonly offset: number })[],
    waitMs: number = waitMsMax,
  ): Promise<Fetched[]> {
    const names = new Map<string, string>();
    const byTopic = new Map<string, { topicId: string; partitions: object[] }>();
    for (const { topic, partition, offset } of wanted) {
      const { id } = topics.get(topic)!;
      names.set(id, topic);
      const request = byTopic.get(topic) ?? { topicId: id, partitions: [] };
      byTopic.set(topic, request);
      request.partitions.push({
        partition,
        currentLeaderEpoch: -1,
        fetchOffset: BigInt(offset),
        lastFetchedEpoch: -1,
        partitionMaxBytes: 1024 * 1024,
      });
    }
    const options = {
      node,
      topics: [...byTopic.values()],
      minBytes: 1,
      maxBytes: fetchBytesMax,
      maxWaitTime: waitMs,
      isolationLevel: committedUnfiltered,
    };
    const response = await this.told(this.consumer.fetch(options as Parameters<Consumer['fetch']>[0]));
    const starts = new Map(wanted.map(({ topic, partition, offset }) => [`${partition} ${topic}`, offset]));
    const fetched: Fetched[] = [];
    for (const { topicId, partitions } of response.responses) {
      const topic = names.get(topicId);
      if (topic === undefined) continue;
      for (const { partitionIndex: partition, records, abortedTransactions } of partitions) {
        if (records === undefined || records === null || records.length === 0) continue;
        const from = starts.get(`${partition} ${topic}`) ?? 0;
        fetched.push(unpacked(topic, partition, records, abortedTransactions ?? [], from));
      }
    }
    return fetched;
  }

  /** The client's errors as one line, for whoever typed the command. */
  private async told<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof RequestError) throw error;
      throw new RequestError(`Kafka at ${this.address}: ${reasonOf(error)}`, { cause: error });
    }
  }
}

type Records = NonNullable<
  Awaited<ReturnType<Consumer['fetch']>>['responses'][number]['partitions'][number]['records']
>;

type Aborted = readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];

function unpacked(topic: string, partition: number, batches: Records, aborted: Aborted, from: number): Fetched {
  const messages: Message[] = [];
  let nextOffset = from;
  const coming = [...aborted].sort((a, b) => Number(a.firstOffset - b.firstOffset));
  /** Producers in the middle of a transaction that was aborted. */
  const aborting = new Set<bigint>();
  for (const batch of batches) {
    const first = Number(batch.firstOffset);
    nextOffset = Math.max(nextOffset, first + batch.lastOffsetDelta + 1);
    while (coming.length > 0 && coming[0]!.firstOffset <= batch.firstOffset + BigInt(batch.lastOffsetDelta)) {
      aborting.add(coming.shift()!.producerId);
    }
    if ((batch.attributes & isControl) !== 0) {
      if (batch.records[0]?.key?.readInt16BE(2) === abortMarker) aborting.delete(batch.producerId);
      continue;
    }
    if ((batch.attributes & isTransactional) !== 0 && aborting.has(batch.producerId)) continue;
    for (const { key, value, headers, offsetDelta, timestampDelta } of batch.records) {
      const offset = first + offsetDelta;
      // A batch is sent whole, also when only its end is asked for.
      if (offset < from) continue;
      const timestamp = batch.firstTimestamp + timestampDelta;
      messages.push({
        key,
        value,
        headers: headers.map(([name, bytes]): Header => [name?.toString() ?? '', bytes]),
        timestampMs: timestamp === never ? null : Number(timestamp),
        partition,
        offset,
        queue: null,
      });
    }
  }
  return { topic, partition, messages, nextOffset };
}

function saslOf({ login }: KafkaPlace): NonNullable<BaseOptions['sasl']> {
  const { user, password, mechanism } = login!;
  return { mechanism: mechanism as 'SCRAM-SHA-256', username: user, password };
}

/** The innermost reasons: those around them only say that something failed. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map(reasonOf))].join('; ');
  }
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  const { apiId } = error as { readonly apiId?: unknown };
  return typeof apiId === 'string' ? `${apiId}: ${error.message}` : error.message;
}

import type { SeededRandom } from '../../src/lib/random.js';
import { ApiKey } from '../../src/protocols/kafka/codec/apis.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { apis } from './apis.js';
import type { BrokerProcess } from './broker-process.js';
import { Checker } from './checker.js';
import type { FrontLoad } from './front-load.js';
import { GroupMember } from './group-member.js';
import type { History } from './history.js';
import { Producer, type ProducerPlan } from './producer.js';
import { Reader } from './reader.js';
import { TopicChurn } from './topic-churn.js';
import { createTopics, type TopicPlan } from './topics.js';
import { WireClient } from './wire-client.js';

const topics: readonly TopicPlan[] = [
  { name: 'orders', partitions: 4, configs: [] },
  { name: 'mixed', partitions: 1, configs: [] },
  { name: 'bulk', partitions: 1, configs: [] },
  { name: 'short-segments', partitions: 2, configs: [{ name: 'segment.bytes', value: '262144' }] },
];

/** Producers, a reader, committing groups and topics that come and go, and what they were promised. */
export class KafkaLoad implements FrontLoad {
  readonly name = 'kafka';
  readonly queueCounts = null;
  private readonly history: History;
  private readonly producers: Producer[] = [];
  private readonly reader: Reader;
  private readonly members: GroupMember[];
  private readonly churn: TopicChurn;
  private readonly checker: Checker;
  private readonly producerIds = new Set<number>();
  private served: ReadonlySet<number> = new Set();

  constructor(history: History, random: SeededRandom) {
    this.history = history;
    for (const { name, partitions } of topics) {
      for (let index = 0; index < partitions; index++) this.history.partition(name, index);
    }
    this.reader = new Reader(this.history, random);
    this.members = [
      new GroupMember('torture-member', true, this.history, this.reader),
      new GroupMember('torture-loner', false, this.history, this.reader),
    ];
    this.churn = new TopicChurn(this.history, random);
    this.checker = new Checker(this.history, random);
    for (const plan of this.plans()) this.producers.push(new Producer(plan, this.history, random));
  }

  private plans(): ProducerPlan[] {
    const plan = (
      name: string,
      acks: ProducerPlan['acks'],
      idempotent: boolean,
      places: readonly (readonly [string, number])[],
      sizes: Pick<ProducerPlan, 'recordBytesMin' | 'recordBytesMax' | 'recordsMax' | 'batchBytesMax'>,
      flow: Pick<ProducerPlan, 'inFlightMax' | 'bytesPerSecond'>,
    ): ProducerPlan => {
      const streams = places.map(([topic, index]) =>
        this.history.stream(this.history.partition(topic, index), idempotent),
      );
      return { name, acks, idempotent, streams, ...sizes, ...flow };
    };
    const small = { recordBytesMin: 20, recordBytesMax: 1000, recordsMax: 40, batchBytesMax: 16_384 };
    const large = { recordBytesMin: 2000, recordBytesMax: 200_000, recordsMax: 30, batchBytesMax: 900_000 };
    const steady = { inFlightMax: 20, bytesPerSecond: 1.5e6 };
    const five = { inFlightMax: 5, bytesPerSecond: 1.5e6 };
    const bulk = { inFlightMax: 5, bytesPerSecond: 6e6 };
    const orders = [0, 1, 2, 3].map((index): [string, number] => ['orders', index]);
    return [
      plan('durable', -1, false, orders, small, steady),
      plan('written', 1, false, [...orders, ['mixed', 0]], small, steady),
      plan(
        'unacknowledged',
        0,
        false,
        [
          ['mixed', 0],
          ['orders', 1],
          ['short-segments', 0],
        ],
        small,
        steady,
      ),
      plan(
        'idempotent',
        -1,
        true,
        [
          ['mixed', 0],
          ['orders', 0],
          ['short-segments', 0],
        ],
        small,
        five,
      ),
      plan(
        'idempotent-written',
        1,
        true,
        [
          ['orders', 2],
          ['short-segments', 1],
        ],
        small,
        five,
      ),
      plan('bulk-durable', -1, false, [['bulk', 0]], large, bulk),
      plan(
        'bulk-written',
        1,
        false,
        [
          ['bulk', 0],
          ['short-segments', 1],
        ],
        large,
        bulk,
      ),
      plan(
        'bulk-idempotent',
        -1,
        true,
        [
          ['bulk', 0],
          ['mixed', 0],
        ],
        large,
        bulk,
      ),
    ];
  }

  async begin(broker: BrokerProcess): Promise<void> {
    const client = await WireClient.connect(broker.kafkaPort);
    const versions = await client.call(apis.apiVersions, 0, { clientSoftwareName: '', clientSoftwareVersion: '' });
    this.served = new Set(versions.apiKeys.map(({ apiKey }) => apiKey));
    await createTopics(client, topics);
    client.close();
  }

  get answered(): number {
    return this.history.counts.acknowledgedDurable;
  }

  drives(broker: BrokerProcess): Promise<void>[] {
    return [...this.producers, this.reader, ...this.members, this.churn].map((each) => each.drive(broker.kafkaPort));
  }

  killed(): void {}

  stopping(): void {
    for (const each of [...this.producers, ...this.members, this.churn]) each.stopping = true;
  }

  async check(broker: BrokerProcess, whole: boolean): Promise<void> {
    const { kafkaPort } = broker;
    await this.checker.check(kafkaPort, whole);
    for (const member of this.members) await member.check(kafkaPort);
    await this.churn.check(kafkaPort);
    await this.takeProducerId(kafkaPort);
  }

  private async takeProducerId(port: number): Promise<void> {
    if (!this.served.has(ApiKey.InitProducerId)) return;
    const client = await WireClient.connect(port);
    const request = { transactionalId: null, transactionTimeoutMs: 1000, producerId: -1, producerEpoch: -1 };
    const { producerId, errorCode } = await client.call(apis.initProducerId, 4, request);
    if (errorCode !== ErrorCode.NONE) this.history.violation(`no producer id: error ${errorCode}`);
    if (this.producerIds.has(producerId)) this.history.violation(`the producer id ${producerId} was given out twice`);
    this.producerIds.add(producerId);
    this.history.counts.producerIds++;
    client.close();
    await client.closed;
  }

  async finish(broker: BrokerProcess): Promise<void> {
    for (const producer of this.producers) await producer.finish(broker.kafkaPort);
    await this.checker.check(broker.kafkaPort, true);
    for (const member of this.members) await member.check(broker.kafkaPort);
    await this.churn.check(broker.kafkaPort);
  }

  told(): readonly (readonly [string, string])[] {
    const { counts } = this.history;
    return [
      ['records acknowledged durable', String(counts.acknowledgedDurable)],
      ['records acknowledged written', String(counts.acknowledgedWritten)],
      ['records without an answer', String(counts.unacknowledged)],
      ['offset commits acknowledged', String(counts.commits)],
      ['topics made, deleted', `${counts.topicsMade}, ${counts.topicsDeleted}`],
      ['records read and compared', String(counts.recordsChecked)],
    ];
  }
}

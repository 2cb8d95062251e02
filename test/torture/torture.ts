import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../../src/lib/random.js';
import { ApiKey } from '../../src/protocols/kafka/codec/apis.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { apis } from './apis.js';
import { BrokerProcess } from './broker-process.js';
import { Checker } from './checker.js';
import { GroupMember } from './group-member.js';
import { type Counts, History } from './history.js';
import { Producer, type ProducerPlan } from './producer.js';
import { Reader } from './reader.js';
import { TopicChurn } from './topic-churn.js';
import { WireClient } from './wire-client.js';

export interface TortureSettings {
  /** An empty folder of its own. */
  readonly data: string;
  readonly kills: number;
  readonly seed: number;
  /** How long producers run between two kills, at most. */
  readonly loadMs: number;
  /** Starting after a kill may not take longer. */
  readonly startMsMax: number;
  readonly report?: (line: string) => void;
}

export interface Outcome {
  readonly kills: number;
  readonly killsWhileStarting: number;
  readonly counts: Counts;
  readonly violations: readonly string[];
  readonly violationCount: number;
  /** From spawn to the ready line, of each start after a kill. */
  readonly startMs: readonly number[];
  /** What those starts read back from the journal. */
  readonly journalBytes: number;
}

const wholeCheckEvery = 20;

interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  readonly configs: readonly { readonly name: string; readonly value: string }[];
}

const topics: readonly TopicPlan[] = [
  { name: 'orders', partitions: 4, configs: [] },
  { name: 'mixed', partitions: 1, configs: [] },
  { name: 'bulk', partitions: 1, configs: [] },
  { name: 'short-segments', partitions: 2, configs: [{ name: 'segment.bytes', value: '262144' }] },
];

/** One broker's data directory over many lives, and everybody who uses it. */
export class Torture {
  readonly history: History = new History();
  private readonly settings: TortureSettings;
  private readonly random: SeededRandom;
  private readonly producers: Producer[] = [];
  private readonly reader: Reader;
  private readonly members: GroupMember[];
  private readonly churn: TopicChurn;
  private readonly checker: Checker;
  private readonly producerIds = new Set<number>();
  private readonly startMs: number[] = [];
  private served: ReadonlySet<number> = new Set();
  private killsWhileStarting = 0;
  private journalBytes = 0;
  private checks = 0;
  private newest: BrokerProcess | undefined;

  constructor(settings: TortureSettings) {
    this.settings = settings;
    const random = new SeededRandom(settings.seed);
    this.random = random;
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

  async run(): Promise<Outcome> {
    const { kills, report } = this.settings;
    let broker = await this.start();
    await this.begin(broker.kafkaPort);
    for (let kill = 1; kill <= kills; kill++) {
      await this.load(broker);
      broker = await this.startAgain();
      if (this.random.chance(0.15) && kill < kills) {
        kill++;
        broker = await this.killWhileStarting(broker);
      }
      await this.check(broker);
      report?.(`${kill} of ${kills} kills: ${this.summary()}`);
      if (this.history.violationCount > 0) break;
    }
    await this.finish(broker);
    const { violations, violationCount, counts } = this.history;
    const { killsWhileStarting, startMs, journalBytes } = this;
    return { kills, killsWhileStarting, counts, violations, violationCount, startMs, journalBytes };
  }

  private summary(): string {
    const { acknowledgedDurable, acknowledgedWritten } = this.history.counts;
    const lastMs = this.startMs.at(-1) ?? 0;
    return `${acknowledgedDurable} durable, ${acknowledgedWritten} written, ready again in ${lastMs.toFixed(0)} ms`;
  }

  /** Other limits at each start: what one life wrote the next one has to read, whatever its own settings. */
  private options(): string[] {
    const { random } = this;
    return [
      ['checkpoint-every-bytes', random.pick(['128KiB', '1MiB', '8MiB', '128MiB'])],
      ['checkpoint-every-ms', random.pick(['100ms', '300ms', '60s'])],
      ['journal-file-bytes', random.pick(['1MiB', '4MiB', '16MiB'])],
      ['journal-files-max', random.pick(['3', '8', '16'])],
      ['direct-bytes-min', random.pick(['16KiB', '256KiB', '256KiB'])],
      ['tail-bytes-max', random.pick(['2MiB', '256MiB'])],
      ['open-files-max', random.pick(['16', '1024'])],
      ['index-interval-bytes', random.pick(['0B', '4096B'])],
      ['compact-check-ms', '50ms'],
      ['retention-check-ms', '50ms'],
    ].flatMap(([name, value]) => [`--${name}`, value!]);
  }

  private spawn(options: readonly string[] = this.options()): BrokerProcess {
    const broker = new BrokerProcess(this.settings.data, options);
    this.newest = broker;
    return broker;
  }

  /** Leaves no process behind, however a run went. */
  async close(): Promise<void> {
    await this.newest?.kill();
  }

  private async start(): Promise<BrokerProcess> {
    const broker = this.spawn();
    if (await broker.ready()) return broker;
    throw new Error(`the broker does not start: ${JSON.stringify(broker.lines)}`);
  }

  private async startAgain(): Promise<BrokerProcess> {
    const broker = await this.start();
    this.startMs.push(broker.startMs);
    if (broker.startMs > this.settings.startMsMax) {
      this.history.violation(`starting took ${broker.startMs.toFixed(0)} ms`);
    }
    const recovered = broker.lines.find((line) => line.msg.startsWith('recovered'));
    this.journalBytes += Number(recovered?.['journalBytes'] ?? 0);
    return broker;
  }

  /** A second kill, before or just after the start after the first one is done. */
  private async killWhileStarting(running: BrokerProcess): Promise<BrokerProcess> {
    await running.kill();
    this.complaints(running);
    const broker = this.spawn();
    await sleep(this.random.fraction() * 1.2 * running.startMs);
    await broker.kill();
    this.complaints(broker);
    this.killsWhileStarting++;
    return this.startAgain();
  }

  private async begin(port: number): Promise<void> {
    const client = await WireClient.connect(port);
    const versions = await client.call(apis.apiVersions, 0, { clientSoftwareName: '', clientSoftwareVersion: '' });
    this.served = new Set(versions.apiKeys.map(({ apiKey }) => apiKey));
    const answer = await client.call(apis.createTopics, 4, {
      topics: topics.map(({ name, partitions, configs }) => ({
        name,
        numPartitions: partitions,
        replicationFactor: 1,
        assignments: [],
        configs: [...configs],
      })),
      timeoutMs: 10_000,
      validateOnly: false,
    });
    for (const { name, errorCode, errorMessage } of answer.topics) {
      if (errorCode !== ErrorCode.NONE) throw new Error(`making ${name}: error ${errorCode}, ${errorMessage}`);
    }
    client.close();
  }

  private drives(port: number): Promise<void>[] {
    return [...this.producers, this.reader, ...this.members, this.churn].map((each) => each.drive(port));
  }

  /** Everybody works until the broker is killed in the middle of it. */
  private async load(broker: BrokerProcess): Promise<void> {
    let killed = false;
    const drives = this.drives(broker.kafkaPort).map(async (drive, index) => {
      await drive;
      if (!killed) this.history.violation(`the broker closed a connection (${index})`);
    });
    await sleep(20 + this.random.fraction() ** 2 * this.settings.loadMs);
    killed = true;
    await broker.kill();
    await Promise.all(drives);
    this.complaints(broker);
  }

  /** A plain kill damages nothing: a broker that says so, or complains of anything else, is wrong. */
  private complaints(broker: BrokerProcess): void {
    for (const line of broker.complaints) this.history.violation(`the broker logged ${JSON.stringify(line)}`);
  }

  async check(broker: BrokerProcess): Promise<void> {
    await this.checker.check(broker.kafkaPort, this.checks++ % wholeCheckEvery === wholeCheckEvery - 1);
    for (const member of this.members) await member.check(broker.kafkaPort);
    await this.churn.check(broker.kafkaPort);
    await this.takeProducerId(broker.kafkaPort);
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

  /** Whoever may send again does; then everything is read once more, also after an orderly stop under load. */
  private async finish(broker: BrokerProcess): Promise<void> {
    for (const producer of this.producers) await producer.finish(broker.kafkaPort);
    await this.checker.check(broker.kafkaPort, true);
    const drives = this.drives(broker.kafkaPort);
    await sleep(this.settings.loadMs / 2);
    const all = [...this.producers, ...this.members, this.churn];
    for (const each of all) each.stopping = true;
    const code = await broker.stop();
    if (code !== 0) this.history.violation(`the orderly stop ended with ${code}`);
    await Promise.all(drives);
    const last = await this.start();
    for (const producer of this.producers) await producer.finish(last.kafkaPort);
    await this.checker.check(last.kafkaPort, true);
    for (const member of this.members) await member.check(last.kafkaPort);
    await this.churn.check(last.kafkaPort);
    await last.stop();
    this.complaints(broker);
    this.complaints(last);
  }

  /**
   * The control: a life of which nothing but the journal tells, killed, with its journal cut. Answers what the check
   * finds; if that is nothing, the check is worth nothing.
   */
  async runWithCutJournal(): Promise<readonly string[]> {
    const onlyJournal = [
      '--checkpoint-every-bytes',
      '1GiB',
      '--checkpoint-every-ms',
      '1h',
      '--direct-bytes-min',
      '1GiB',
    ];
    const broker = this.spawn(onlyJournal);
    if (!(await broker.ready())) throw new Error('the broker does not start');
    await this.begin(broker.kafkaPort);
    await this.load(broker);
    const folder = join(this.settings.data, 'journal');
    const files = (await readdir(folder)).filter((name) => name.endsWith('.jnl')).sort();
    // The file header and the first bundles stay.
    await truncate(join(folder, files.at(-1)!), 64 * 1024);
    const cut = await this.start();
    await this.checker.check(cut.kafkaPort, true);
    await cut.kill();
    return this.history.violations;
  }
}

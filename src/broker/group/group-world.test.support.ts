import { SeededRandom } from '../../lib/random.js';
import { VirtualClock } from '../../lib/virtual-clock.js';
import { BrokerError } from '../errors.js';
import type { ConsumerAnswer, ConsumerHeartbeat } from './consumer-request.js';
import type { JoinAnswer, JoinRequest, SyncAnswer } from './group-request.js';
import { defaultGroupsOptions, Groups, type GroupsOptions } from './groups.js';
import type { OffsetLog, OffsetRecord } from './offsets.js';
import { noPartitions, type Partitions, partitionsOf } from './partitions.js';
import type { KnownTopic, KnownTopics } from './subscription.js';

/** `__consumer_offsets` in memory, for tests: durable at once, when told, or never. */
export class MemoryOffsetLog implements OffsetLog {
  readonly partitions: Map<number, OffsetRecord[]> = new Map();
  /** Appends wait here until `settle`. */
  deferred = false;
  failing = false;
  /** How large each append was. */
  readonly batchBytes: number[] = [];
  private readonly waiting: (() => void)[] = [];

  append(partition: number, records: readonly OffsetRecord[], done: (error: BrokerError | null) => void): void {
    const finish = (): void => {
      this.partitions.set(partition, [...(this.partitions.get(partition) ?? []), ...records]);
      done(null);
    };
    // A refusal comes at once; what the journal has taken it writes, in order.
    if (this.failing) {
      done(new BrokerError('storage-full', 'no room'));
      return;
    }
    this.batchBytes.push(records.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0));
    this.waiting.push(finish);
    if (!this.deferred) this.settle();
  }

  settle(): void {
    for (let finish = this.waiting.shift(); finish !== undefined; finish = this.waiting.shift()) finish();
  }

  get pending(): number {
    return this.waiting.length;
  }

  get records(): OffsetRecord[] {
    return [...this.partitions.values()].flat();
  }
}

/** What an asked request was told, once it is. */
export class Asked<Answer> {
  answer: Answer | null = null;
  readonly hear = (answer: Answer): void => {
    if (this.answer !== null) throw new Error('answered twice');
    this.answer = answer;
  };

  get waiting(): boolean {
    return this.answer === null;
  }

  get told(): Answer {
    if (this.answer === null) throw new Error('not answered');
    return this.answer;
  }
}

/** Topics that tests make, delete and let grow. */
export class MemoryTopics implements KnownTopics {
  changes = 0;
  private readonly byName = new Map<string, KnownTopic>();
  private made = 0;

  topic(name: string): KnownTopic | undefined {
    return this.byName.get(name);
  }

  topicById(id: string): KnownTopic | undefined {
    for (const topic of this.byName.values()) if (topic.id === id) return topic;
    return undefined;
  }

  topics(): Iterable<KnownTopic> {
    return this.byName.values();
  }

  /** Makes a topic, or gives it another number of partitions. */
  set(name: string, partitionCount: number): string {
    const id = this.byName.get(name)?.id ?? (++this.made).toString(16).padStart(32, '0');
    this.byName.set(name, { name, id, internal: name.startsWith('__'), partitions: { length: partitionCount } });
    this.changes++;
    return id;
  }

  delete(name: string): void {
    this.byName.delete(name);
    this.changes++;
  }

  /** By name instead of by id: `orders-0`. */
  names(partitions: Partitions): string[] {
    const names: string[] = [];
    for (const [id, numbers] of partitions) {
      for (const number of numbers) names.push(`${this.topicById(id)?.name ?? id}-${number}`);
    }
    return names.sort();
  }

  all(): Partitions {
    return partitionsOf(
      Array.from(this.byName.values(), ({ id, partitions }) => [
        id,
        Array.from({ length: partitions.length }, (_, at) => at),
      ]),
    );
  }
}

/** Groups with everything around them in hand, and requests short enough to read. */
export class GroupWorld {
  readonly clock: VirtualClock = new VirtualClock();
  readonly log: MemoryOffsetLog;
  readonly groups: Groups;
  readonly topics: MemoryTopics;

  constructor(
    options: Partial<GroupsOptions> = {},
    log: MemoryOffsetLog = new MemoryOffsetLog(),
    topics: MemoryTopics = new MemoryTopics(),
  ) {
    this.log = log;
    this.topics = topics;
    const all = { ...defaultGroupsOptions, initialRebalanceDelayMs: 0, ...options };
    this.groups = new Groups(log, this.clock, new SeededRandom(3), all, topics);
    for (const { key, value } of log.records) this.groups.apply(key, value);
    this.groups.start();
  }

  join(more: Partial<JoinRequest> = {}, group = 'g'): Asked<JoinAnswer> {
    const asked = new Asked<JoinAnswer>();
    this.groups.join(
      group,
      {
        memberId: '',
        instanceId: null,
        clientId: 'client',
        clientHost: '/127.0.0.1',
        sessionTimeoutMs: 10_000,
        rebalanceTimeoutMs: 60_000,
        protocolType: 'consumer',
        protocols: [{ name: 'range', metadata: Buffer.from('topics') }],
        requireMemberId: false,
        canSkipAssignment: true,
        ...more,
      },
      asked.hear,
    );
    return asked;
  }

  /** A heartbeat of a group of KIP-848; it joins unless it says otherwise. */
  consume(memberId: string, more: Partial<ConsumerHeartbeat> = {}, group = 'g'): Asked<ConsumerAnswer> {
    const asked = new Asked<ConsumerAnswer>();
    const joins = (more.epoch ?? 0) === 0;
    const request: ConsumerHeartbeat = {
      memberId,
      instanceId: null,
      rackId: null,
      clientId: 'client',
      clientHost: '/127.0.0.1',
      epoch: 0,
      rebalanceTimeoutMs: joins ? 30_000 : -1,
      topicNames: joins ? ['orders'] : null,
      topicRegex: null,
      assignor: null,
      owned: joins ? noPartitions : null,
      mayKnow: () => true,
      ...more,
    };
    this.groups.consumerHeartbeat(group, request, asked.hear);
    return asked;
  }

  /** Syncs as whoever was told `joined`; the leader hands out `assignments`. */
  sync(
    joined: JoinAnswer,
    assignments: Record<string, string> = {},
    instanceId: string | null = null,
  ): Asked<SyncAnswer> {
    const asked = new Asked<SyncAnswer>();
    this.groups.sync(
      'g',
      {
        memberId: joined.memberId,
        instanceId,
        generation: joined.generation,
        protocolType: joined.protocolType,
        protocol: joined.protocol,
        assignments: new Map(Object.entries(assignments).map(([id, text]) => [id, Buffer.from(text)])),
      },
      asked.hear,
    );
    return asked;
  }

  heartbeat(joined: JoinAnswer, instanceId: string | null = null): string | null {
    return this.groups.heartbeat('g', joined.memberId, instanceId, joined.generation);
  }

  get state(): string {
    return this.groups.describe('g')?.state ?? 'none';
  }

  /** Lets time pass while these members send heartbeats every second. */
  async advance(durationMs: number, ...alive: JoinAnswer[]): Promise<void> {
    for (let passedMs = 0; passedMs < durationMs; passedMs += 1000) {
      await this.clock.advance(Math.min(1000, durationMs - passedMs));
      for (const joined of alive) this.heartbeat(joined);
    }
  }

  /** The same log after a restart. */
  restart(options: Partial<GroupsOptions> = {}): GroupWorld {
    return new GroupWorld(options, this.log, this.topics);
  }
}

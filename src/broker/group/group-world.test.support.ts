import { SeededRandom } from '../../lib/random.js';
import { VirtualClock } from '../../lib/virtual-clock.js';
import { BrokerError } from '../errors.js';
import type { JoinAnswer, JoinRequest, SyncAnswer } from './group-request.js';
import { defaultGroupsOptions, Groups, type GroupsOptions } from './groups.js';
import type { OffsetLog, OffsetRecord } from './offsets.js';

/** `__consumer_offsets` in memory, for tests: durable at once, when told, or never. */
export class MemoryOffsetLog implements OffsetLog {
  readonly partitions: Map<number, OffsetRecord[]> = new Map();
  /** Appends wait here until `settle`. */
  deferred = false;
  failing = false;
  private readonly waiting: (() => void)[] = [];

  append(partition: number, records: readonly OffsetRecord[], done: (error: BrokerError | null) => void): void {
    const { failing } = this;
    const finish = (): void => {
      if (!failing) this.partitions.set(partition, [...(this.partitions.get(partition) ?? []), ...records]);
      done(failing ? new BrokerError('storage-full', 'no room') : null);
    };
    if (this.deferred) this.waiting.push(finish);
    else finish();
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

/** Groups with everything around them in hand, and requests short enough to read. */
export class GroupWorld {
  readonly clock: VirtualClock = new VirtualClock();
  readonly log: MemoryOffsetLog;
  readonly groups: Groups;

  constructor(options: Partial<GroupsOptions> = {}, log: MemoryOffsetLog = new MemoryOffsetLog()) {
    this.log = log;
    const all = { ...defaultGroupsOptions, initialRebalanceDelayMs: 0, ...options };
    this.groups = new Groups(log, this.clock, new SeededRandom(3), all);
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
    return new GroupWorld(options, this.log);
  }
}

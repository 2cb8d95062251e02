import { systemClock } from '../../lib/clock.js';
import { globFrom } from '../arguments.js';
import { type Fetched, KafkaLink, type Outgoing } from '../kafka-link.js';
import { kafkaPlaceFrom, ownKafka } from '../place.js';
import { beginning, end, TopicReader } from '../topic-reader.js';
import { GroupCopy } from './group-copy.js';
import type { MirrorRun } from './mirror.js';
import { copyTopic } from './topic-copy.js';

const commitEveryMs = 1000;
/** Offsets of a group that nobody is in are forgotten after a while: those of quiet topics are said again. */
const commitAllEveryMs = 600_000;
const lookEveryMs = 5000;
/** Below what brokers take as one batch unless they are told otherwise. */
const batchBytesMax = 512 * 1024;

/** Topics from one Kafka to another, of which one is Naru. */
export async function mirrorKafka(run: MirrorRun): Promise<void> {
  const own = await KafkaLink.open(await ownKafka(run.options));
  try {
    const other = await KafkaLink.open(kafkaPlaceFrom(run.address));
    try {
      await new TopicMirror(run, own, run.inward ? other : own, run.inward ? own : other).run();
    } finally {
      await other.close();
    }
  } finally {
    await own.close();
  }
}

class TopicMirror {
  private readonly mirror: MirrorRun;
  /** Naru, which keeps how far this is. */
  private readonly own: KafkaLink;
  private readonly source: KafkaLink;
  private readonly target: KafkaLink;
  private readonly reader: TopicReader;
  private readonly wanted: RegExp;
  private readonly groups: GroupCopy | null;
  /** Partitions of the topics that are copied. */
  private readonly copied = new Map<string, number>();
  private readonly done = new Map<string, Map<number, number>>();
  private changed = new Map<string, Map<number, number>>();
  private committedMs = 0;
  private committedAllMs = 0;
  private lookedMs = 0;

  constructor(mirror: MirrorRun, own: KafkaLink, source: KafkaLink, target: KafkaLink) {
    this.mirror = mirror;
    this.own = own;
    this.source = source;
    this.target = target;
    this.reader = new TopicReader(source, systemClock);
    const { topics, groups } = mirror.options;
    this.wanted = globFrom(topics);
    this.groups = groups === undefined ? null : new GroupCopy(mirror, source, target, groups);
  }

  async run(): Promise<void> {
    this.mirror.onStop(() => this.reader.stop());
    await this.look();
    if (this.copied.size === 0) this.mirror.note(`no topic fits ${this.mirror.options.topics} yet`);
    // While one fetch is written, the next one is on its way.
    const fetches = this.reader.fetches(!this.mirror.once);
    let next = fetches.next();
    try {
      for (;;) {
        const { value: fetched, done } = await next;
        if (done === true) break;
        next = fetches.next();
        await this.write(fetched);
        await this.keep(false);
        if (!this.mirror.once && systemClock.monotonic() - this.lookedMs > lookEveryMs) {
          await this.look();
          await this.groups?.copy(this.done);
        }
      }
    } finally {
      next.catch(() => {});
      await this.keep(true);
      await this.groups?.copy(this.done);
    }
  }

  /** Topics and partitions that came since. */
  private async look(): Promise<void> {
    this.lookedMs = systemClock.monotonic();
    const names = (await this.source.topics()).filter((name) => !name.startsWith('__') && this.wanted.test(name));
    const facts = await this.source.describe(names, true);
    const fresh = names.filter((name) => facts.get(name)!.leaders.length !== this.copied.get(name));
    if (fresh.length === 0) return;
    const known = await this.own.committed(this.mirror.group, fresh);
    for (const name of fresh) {
      const { length: count } = facts.get(name)!.leaders;
      await copyTopic(this.source, this.target, name, count, (text) => this.mirror.note(text));
      const first = await this.source.offsets(name, beginning);
      const before = this.copied.get(name) ?? 0;
      const starts = new Map<number, number>();
      for (let index = before; index < count; index++) {
        starts.set(index, Math.max(known.get(name)?.get(index) ?? 0, first[index]!));
      }
      const ends = this.mirror.once ? await this.source.offsets(name, end) : null;
      await this.reader.add(name, starts, ends);
      this.done.set(name, new Map([...(this.done.get(name) ?? []), ...starts]));
      if (ends !== null) {
        for (const [index, start] of starts) this.mirror.progress.total += Math.max(0, ends[index]! - start);
      }
      this.copied.set(name, count);
    }
  }

  private async write(fetched: readonly Fetched[]): Promise<void> {
    for (const batch of batchesOf(fetched)) {
      await this.target.produce(batch);
      let bytes = 0;
      for (const { message } of batch) bytes += message.value?.length ?? 0;
      this.mirror.copied(batch.length, bytes);
      this.mirror.progress.at += batch.length;
    }
    for (const { topic, partition, nextOffset } of fetched) {
      for (const offsets of [this.done, this.changed]) {
        const partitions = offsets.get(topic) ?? new Map<number, number>();
        offsets.set(topic, partitions);
        partitions.set(partition, nextOffset);
      }
    }
  }

  /** Says to Naru how far this is, but not after every fetch. */
  private async keep(now: boolean): Promise<void> {
    const nowMs = systemClock.monotonic();
    if (now || nowMs - this.committedAllMs > commitAllEveryMs) {
      await this.own.commit(this.mirror.group, this.done);
      this.committedAllMs = nowMs;
    } else if (this.changed.size > 0 && nowMs - this.committedMs > commitEveryMs) {
      await this.own.commit(this.mirror.group, this.changed);
    } else {
      return;
    }
    this.changed = new Map();
    this.committedMs = nowMs;
  }
}

/** As large as one batch of a partition may be; messages of all partitions go together. */
function* batchesOf(fetched: readonly Fetched[]): Generator<Outgoing[]> {
  const places = fetched.map(() => 0);
  for (;;) {
    const batch: Outgoing[] = [];
    for (const [at, { topic, messages }] of fetched.entries()) {
      let bytes = 0;
      while (places[at]! < messages.length && bytes < batchBytesMax) {
        const message = messages[places[at]!]!;
        const size = (message.value?.length ?? 0) + (message.key?.length ?? 0) + 64;
        if (bytes > 0 && bytes + size > batchBytesMax) break;
        bytes += size;
        batch.push({ topic, message });
        places[at]!++;
      }
    }
    if (batch.length === 0) return;
    yield batch;
  }
}

import { globFrom } from '../arguments.js';
import type { KafkaLink } from '../kafka-link.js';
import { beginning } from '../topic-reader.js';
import type { MirrorRun } from './mirror.js';

/**
 * Lets groups go on at the target where they were at the source. Offsets differ there; times do not: the record at which a
 * group would go on has a time, and the first record of the target with that time or a later one is that record or one before
 * it. So nothing is skipped, and a few of the same time may be read again.
 */
export class GroupCopy {
  private readonly mirror: MirrorRun;
  private readonly source: KafkaLink;
  private readonly target: KafkaLink;
  private readonly wanted: RegExp;
  /** What was copied of each partition of a group, as the source had it. */
  private readonly copied = new Map<string, number>();
  private readonly refused = new Set<string>();

  constructor(mirror: MirrorRun, source: KafkaLink, target: KafkaLink, groups: string) {
    this.mirror = mirror;
    this.source = source;
    this.target = target;
    this.wanted = globFrom(groups);
  }

  /** `done` is how far each partition is mirrored: what a group read beyond that waits for the next time. */
  async copy(done: ReadonlyMap<string, ReadonlyMap<number, number>>): Promise<void> {
    const topics = [...done.keys()];
    for (const group of await this.source.groups()) {
      if (!this.wanted.test(group) || group.startsWith('mirror.')) continue;
      const translated = new Map<string, Map<number, number>>();
      for (const [topic, partitions] of await this.source.committed(group, topics)) {
        for (const [partition, offset] of partitions) {
          const key = `${partition} ${topic} ${group}`;
          const mirrored = done.get(topic)?.get(partition);
          if (mirrored === undefined || offset > mirrored || this.copied.get(key) === offset) continue;
          const place = await this.translate(topic, partition, offset);
          const places = translated.get(topic) ?? new Map<number, number>();
          translated.set(topic, places.set(partition, place));
          this.copied.set(key, offset);
        }
      }
      await this.commit(group, translated);
    }
  }

  private async translate(topic: string, partition: number, offset: number): Promise<number> {
    const time = await this.source.timeAt(topic, partition, offset);
    if (time === null) return this.target.offsetFor(topic, partition, beginning);
    // Who has read everything goes on behind that: at the end, unless others write there already.
    return this.target.offsetFor(topic, partition, time.isBefore ? time.timestampMs + 1 : time.timestampMs);
  }

  /** A group that is in use at the target has a place of its own by now. */
  private async commit(group: string, places: ReadonlyMap<string, ReadonlyMap<number, number>>): Promise<void> {
    if (places.size === 0 || this.refused.has(group)) return;
    try {
      await this.target.commit(group, places);
    } catch (error) {
      this.refused.add(group);
      this.mirror.note(`group ${group} is not copied: ${(error as Error).message}`);
    }
  }
}

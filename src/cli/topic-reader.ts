import type { Clock } from '../lib/clock.js';
import type { Fetched, KafkaLink, Place, TopicFacts } from './kafka-link.js';
import { pause } from './waiting.js';

/** Offsets of partitions of topics. */
export type Offsets = ReadonlyMap<string, ReadonlyMap<number, number>>;

const failuresMax = 10;
const pauseMs = 500;

/** Reads partitions from offsets on, each in its order: to where they ended, or for ever. */
export class TopicReader {
  private readonly link: KafkaLink;
  private readonly clock: Clock;
  private readonly topics = new Map<string, TopicFacts>();
  private readonly finished = new Map<string, number>();
  private readonly positions = new Map<string, Place & { offset: number; readonly end: number }>();
  private stopped = false;

  constructor(link: KafkaLink, clock: Clock) {
    this.link = link;
    this.clock = clock;
  }

  /** Without ends it goes on for ever. */
  async add(topic: string, starts: ReadonlyMap<number, number>, ends: readonly number[] | null): Promise<void> {
    this.topics.set(topic, (await this.link.describe([topic])).get(topic)!);
    for (const [partition, offset] of starts) {
      const end = ends === null ? Number.POSITIVE_INFINITY : (ends[partition] ?? 0);
      const position = { topic, partition, offset, end };
      if (offset < end) this.positions.set(`${partition} ${topic}`, position);
      else this.finish(position);
    }
  }

  /** The sum of where its partitions are. */
  position(topic: string): number {
    let sum = this.finished.get(topic) ?? 0;
    for (const position of this.positions.values()) if (position.topic === topic) sum += position.offset;
    return sum;
  }

  private finish({ topic, partition, offset }: Place & { readonly offset: number }): void {
    this.positions.delete(`${partition} ${topic}`);
    this.finished.set(topic, (this.finished.get(topic) ?? 0) + offset);
  }

  stop(): void {
    this.stopped = true;
  }

  /** What came by one fetch from each leader; an empty list where nothing came, so that whoever asks can look up. */
  async *fetches(waitForTopics = false): AsyncGenerator<readonly Fetched[]> {
    let failures = 0;
    while (!this.stopped && (this.positions.size > 0 || waitForTopics)) {
      if (this.positions.size === 0) {
        await pause(this.clock, pauseMs);
        yield [];
        continue;
      }
      let fetched: readonly Fetched[];
      try {
        fetched = await this.fetchAll();
        failures = 0;
      } catch (error) {
        if (this.stopped || ++failures > failuresMax) throw error;
        await this.recover();
        continue;
      }
      const wanted: Fetched[] = [];
      for (const each of fetched) {
        const position = this.positions.get(`${each.partition} ${each.topic}`)!;
        position.offset = Math.max(position.offset, each.nextOffset);
        const messages = each.messages.filter(({ offset }) => offset! < position.end);
        wanted.push({ ...each, messages });
        if (position.offset >= position.end) this.finish(position);
      }
      yield wanted;
    }
  }

  private async fetchAll(): Promise<readonly Fetched[]> {
    const byLeader = new Map<number, (Place & { offset: number })[]>();
    for (const position of this.positions.values()) {
      const leader = this.topics.get(position.topic)!.leaders[position.partition] ?? -1;
      const list = byLeader.get(leader) ?? [];
      byLeader.set(leader, list);
      list.push(position);
    }
    const all = await Promise.all(
      Array.from(byLeader, ([leader, positions]) => this.link.fetch(leader, this.topics, positions)),
    );
    return all.flat();
  }

  /** Leaders move, and what retention took away is nowhere any more. */
  private async recover(): Promise<void> {
    await pause(this.clock, pauseMs);
    try {
      const names = [...new Set([...this.positions.values()].map(({ topic }) => topic))];
      for (const [name, facts] of await this.link.describe(names, true)) this.topics.set(name, facts);
      for (const name of names) {
        const starts = await this.link.offsets(name, beginning);
        for (const position of this.positions.values()) {
          if (position.topic === name) position.offset = Math.max(position.offset, starts[position.partition] ?? 0);
        }
      }
    } catch {
      // The broker is away: the next fetch says so.
    }
  }
}

export const beginning = -2;
export const end = -1;

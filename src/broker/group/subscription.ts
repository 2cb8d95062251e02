import { createHash } from 'node:crypto';
import { compilePattern } from '../../lib/safe-pattern.js';

/** What a group has to know of a topic. */
export interface KnownTopic {
  readonly name: string;
  readonly id: string;
  readonly internal: boolean;
  readonly partitions: { readonly length: number };
}

/** Which topics there are. */
export interface KnownTopics {
  /** Another number whenever a topic comes, goes or grows. */
  readonly changes: number;
  topic(name: string): KnownTopic | undefined;
  topicById(id: string): KnownTopic | undefined;
  topics(): Iterable<KnownTopic>;
}

export const noTopics: KnownTopics = {
  changes: 0,
  topic: () => undefined,
  topicById: () => undefined,
  topics: () => [],
};

/**
 * Regular expressions of a group's members and the topics that match, looked up anew only when topics have changed.
 * The broker's own topics match none: a consumer that commits would read its own commits without end.
 */
export class TopicRegexes {
  private readonly known: KnownTopics;
  private readonly matches = new Map<string, { readonly changes: number; readonly names: readonly string[] }>();

  constructor(known: KnownTopics) {
    this.known = known;
  }

  namesFor(regex: string): readonly string[] {
    const found = this.matches.get(regex);
    if (found !== undefined && found.changes === this.known.changes) return found.names;
    const compiled = compilePattern(regex);
    const names: string[] = [];
    for (const { name, internal } of compiled === null ? [] : this.known.topics()) {
      if (!internal && compiled!.matches(name)) names.push(name);
    }
    this.matches.set(regex, { changes: this.known.changes, names });
    return names;
  }

  /** Forgets what no member asks for any more. */
  keepOnly(used: ReadonlySet<string>): void {
    for (const regex of this.matches.keys()) if (!used.has(regex)) this.matches.delete(regex);
  }
}

/** A number that tells whether topics are still the same and as large: 48 bits, as records keep it. */
export function topicsHash(partitionCounts: ReadonlyMap<string, number>): number {
  if (partitionCounts.size === 0) return 0;
  const hash = createHash('sha1');
  for (const topicId of [...partitionCounts.keys()].sort()) hash.update(`${topicId} ${partitionCounts.get(topicId)} `);
  return hash.digest().readUIntBE(0, 6);
}

import type { Partition } from './partition.js';
import type { TopicConfig } from './topic-config.js';

/** A named set of partitions. */
export class Topic {
  readonly name: string;
  /** 32 hex digits: Kafka's topic id, never given to another topic of the same name. */
  readonly id: string;
  readonly partitions: Partition[] = [];
  config: TopicConfig;
  deleted = false;

  constructor(name: string, id: string, config: TopicConfig) {
    this.name = name;
    this.id = id;
    this.config = config;
  }

  get internal(): boolean {
    return isInternalTopic(this.name);
  }
}

/** Made by the broker itself, with the number of partitions that its options say. */
export function isInternalTopic(name: string): boolean {
  return name === '__consumer_offsets' || name === '__transaction_state';
}

/** Kafka's rule; such a name is also safe as a folder. */
export function isTopicName(name: string): boolean {
  return name.length <= 249 && /^[a-zA-Z0-9._-]+$/.test(name) && name !== '.' && name !== '..';
}

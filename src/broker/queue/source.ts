import type { Consumers, QueueConsumer } from './consumers.js';
import type { MessageCursor } from './message-cursor.js';
import type { QueueOptions, QueueSettings } from './settings.js';

/** Where deliveries come from, and where it is said what became of them: a queue, or somebody's reading of a log. */
export interface Source {
  /** As `queueKey` gives it. */
  readonly name: string;
  readonly options: QueueOptions;
  readonly settings: QueueSettings;
  readonly consumers: Consumers;
  readonly cursor: MessageCursor;
  readonly gone: boolean;
  ack(holder: number, from: number, to: number): number;
  release(holder: number, from: number, to: number): number;
  reject(holder: number, from: number, to: number): number;
  /** Somebody has room again. */
  wanted(): void;
  unconsume(consumer: QueueConsumer): boolean;
}

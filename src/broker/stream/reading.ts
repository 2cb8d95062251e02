import { AssertionError } from '../../lib/assert.js';
import type { Clock } from '../../lib/clock.js';
import type { Logger } from '../../lib/logger.js';
import { Consumers, type QueueConsumer } from '../queue/consumers.js';
import type { MessageCursor } from '../queue/message-cursor.js';
import { type QueueOptions, type QueueSettings, settingsOf } from '../queue/settings.js';
import type { Source } from '../queue/source.js';
import type { Past } from './past.js';
import { found, Reader, type StartingPoint } from './reader.js';

/** After a failure to read. */
const retryMs = 1000;
/** Messages between two looks at whether the others of a topic have something too. */
const turnCount = 64;

/**
 * One consumer's walk through a log, or through all partitions of a topic in turn. Nothing of it is kept: what the consumer
 * acknowledges only makes room for more, and whoever comes back says himself where to go on.
 */
export class Reading implements Source {
  readonly name: string;
  readonly options: QueueOptions;
  readonly settings: QueueSettings;
  readonly consumers: Consumers = new Consumers(false);
  private readonly pasts: readonly Past[];
  private readonly readers: readonly Reader[];
  private readonly clock: Clock;
  private readonly logger: Logger;
  private consumer: QueueConsumer | null = null;
  private turn = 0;
  private soon = false;
  /** Somewhere something is being read that was not in memory. */
  private loading = false;

  constructor(name: string, options: QueueOptions, pasts: readonly Past[], clock: Clock, logger: Logger) {
    this.name = name;
    this.options = options;
    this.settings = settingsOf(options);
    this.pasts = pasts;
    this.readers = pasts.map((past) => new Reader(past, (offset, error) => this.passedOver(offset, error)));
    this.clock = clock;
    this.logger = logger;
  }

  get cursor(): MessageCursor {
    return this.readers[this.turn]!.cursor;
  }

  /** Which of the logs the message under the cursor is from. */
  get index(): number {
    return this.turn;
  }

  get gone(): boolean {
    return this.pasts.every((past) => past.isGone);
  }

  /** Begins to hand out. */
  consume(consumer: QueueConsumer, point: StartingPoint): void {
    this.consumer = consumer;
    this.consumers.add(consumer);
    this.loading = true;
    for (const past of this.pasts) past.follow(() => this.wanted());
    this.begin(point);
  }

  private begin(point: StartingPoint): void {
    Promise.all(this.readers.map((reader) => reader.begin(point))).then(
      () => this.loaded(),
      (error: unknown) => this.failed(error, () => this.begin(point)),
    );
  }

  unconsume(consumer: QueueConsumer): boolean {
    if (this.consumer !== consumer) return false;
    this.consumer = null;
    for (const past of this.pasts) past.unfollow();
    for (const reader of this.readers) reader.rest();
    return this.consumers.remove(consumer);
  }

  ack(): number {
    return 0;
  }

  release(): number {
    return 0;
  }

  reject(): number {
    return 0;
  }

  wanted(): void {
    if (this.soon || this.loading || this.consumer === null) return;
    this.soon = true;
    this.clock.soon(() => {
      this.soon = false;
      this.handOut();
    });
  }

  private handOut(): void {
    const { consumer } = this;
    if (consumer === null || this.loading) return;
    if (this.gone) {
      this.unconsume(consumer);
      consumer.queueGone(this);
      return;
    }
    try {
      for (let without = 0; without < this.readers.length && !this.loading; ) {
        if (this.handOutTurn(consumer)) without = 0;
        else without++;
        if (this.consumer !== consumer || consumer.room() <= 0) return;
        this.turn = (this.turn + 1) % this.readers.length;
      }
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      this.failed(error);
    }
  }

  /** Some messages of the log whose turn it is; false when there was none. */
  private handOutTurn(consumer: QueueConsumer): boolean {
    const reader = this.readers[this.turn]!;
    let count = 0;
    while (count < turnCount && this.consumer === consumer && consumer.room() > 0) {
      const next = reader.advance();
      if (next === found.end) break;
      if (next === found.later) {
        this.load(reader);
        break;
      }
      this.handOver(consumer, reader.cursor.offset);
      count++;
    }
    return count > 0;
  }

  /** Anybody may have written it: what cannot be read as it says is passed over. */
  private handOver(consumer: QueueConsumer, offset: number): void {
    try {
      consumer.deliver(this, offset, offset + 1, 1, 0);
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      this.passedOver(offset, error);
    }
  }

  private passedOver(offset: number, error: unknown): void {
    this.logger.warn({ queue: this.name, offset, error: String(error) }, 'what cannot be read is passed over');
  }

  private load(reader: Reader): void {
    this.loading = true;
    reader.load().then(
      () => this.loaded(),
      (error: unknown) => this.failed(error),
    );
  }

  private loaded(): void {
    this.loading = false;
    this.wanted();
  }

  private failed(error: unknown, again: () => void = () => this.loaded()): void {
    if (this.consumer === null) return;
    this.logger.error({ queue: this.name, error: String(error) }, 'messages could not be read; trying again');
    this.clock.after(retryMs, again);
  }
}

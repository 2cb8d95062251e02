import { systemClock } from '../../lib/clock.js';
import { plainMessage } from '../input.js';
import { type Fetched, KafkaLink } from '../kafka-link.js';
import { ownKafka, type WireOptions } from '../place.js';
import { beginning, TopicReader } from '../topic-reader.js';
import type { Subject } from './subject.js';

export class KafkaSubject implements Subject {
  readonly front = 'kafka';
  readonly batch = 500;
  readonly inFlight = 4;
  private readonly topic: string;
  private readonly options: WireOptions;
  private link: KafkaLink | null = null;
  private fetches: AsyncGenerator<readonly Fetched[]> | null = null;

  constructor(topic: string, options: WireOptions) {
    this.topic = topic;
    this.options = options;
  }

  async prepare(): Promise<void> {
    this.link = await KafkaLink.open(await ownKafka(this.options));
    await this.link.createTopic(this.topic, 1, new Map());
    await this.link.describe([this.topic], true);
  }

  async produce(payloads: readonly Buffer[]): Promise<void> {
    const { topic } = this;
    await this.link!.produce(
      payloads.map((payload) => ({ topic, message: { ...plainMessage(payload), partition: 0 } })),
    );
  }

  async consume(): Promise<number> {
    if (this.fetches === null) {
      const reader = new TopicReader(this.link!, systemClock);
      await reader.add(this.topic, new Map((await this.link!.offsets(this.topic, beginning)).entries()), null);
      this.fetches = reader.fetches();
    }
    for (;;) {
      const { value, done } = await this.fetches.next();
      if (done === true) return 0;
      const count = value.reduce((sum, { messages }) => sum + messages.length, 0);
      if (count > 0) return count;
    }
  }

  async close(): Promise<void> {
    const link = this.link;
    if (link === null) return;
    try {
      await link.deleteTopic(this.topic);
    } finally {
      await link.close();
    }
  }
}

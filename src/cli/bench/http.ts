import { ask, path, read, type Shared } from '../admin-request.js';
import type { Subject } from './subject.js';

interface Page {
  readonly messages: readonly object[];
  readonly next: string;
}

/** The admin API: made to look and to try, not to work with. */
export class HttpSubject implements Subject {
  readonly front = 'http';
  readonly batch = 500;
  readonly inFlight = 4;
  private readonly topic: string;
  private readonly options: Shared;
  private at = '0:0';
  private made = false;

  constructor(topic: string, options: Shared) {
    this.topic = topic;
    this.options = options;
  }

  async prepare(): Promise<void> {
    await ask(this.options, 'PUT', path('topics', this.topic), { partitions: 1 });
    this.made = true;
  }

  async produce(payloads: readonly Buffer[]): Promise<void> {
    const messages = payloads.map((payload) => ({ value: payload.toString('latin1') }));
    await ask(this.options, 'POST', `${path('topics', this.topic)}/messages`, { messages });
  }

  async consume(count: number): Promise<number> {
    const query = new URLSearchParams({ at: this.at, count: String(Math.min(count, 1000)) });
    const page = await read<Page>(this.options, `${path('topics', this.topic)}/messages?${query}`);
    this.at = page.next;
    return page.messages.length;
  }

  async close(): Promise<void> {
    if (this.made) await ask(this.options, 'DELETE', path('topics', this.topic));
  }
}

import { systemClock } from '../lib/clock.js';
import { path, read } from './admin-request.js';
import { type ConsumeOptions, type Printed, written } from './consume.js';
import { type Peeked, peekedLine, peekedMessage } from './peeked.js';
import { pause } from './waiting.js';

const lookEveryMs = 300;
const pageMax = 1000;

interface Page {
  readonly messages: readonly Peeked[];
  readonly next: number;
}

/** Looks at what came since, over and over: nothing is locked or counted by that. */
export async function tailQueue(queue: string, options: ConsumeOptions, printed: Printed): Promise<void> {
  let stopped = false;
  const stop = (): void => {
    stopped = true;
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const where = `${path('queues', options.vhost, queue)}/messages`;
  const look = (at: number): Promise<Page> => {
    const query = new URLSearchParams({ state: 'any', at: String(at), count: String(pageMax), truncate: '1048576' });
    return read<Page>(options, `${where}?${query}`);
  };
  let { next } = await look(Number.MAX_SAFE_INTEGER);
  while (!stopped && !printed.enough) {
    const page = await look(next);
    ({ next } = page);
    let text = '';
    for (const each of page.messages) {
      const message = peekedMessage(each);
      if (printed.enough || !printed.wants(message)) continue;
      text += printed.text(message, JSON.stringify(peekedLine(each, 'queue', queue)));
    }
    if (text !== '') await written(text);
    if (page.messages.length < pageMax && !printed.enough) await pause(systemClock, lookEveryMs);
  }
}

import type { FrontFacts } from '../../protocols/watching.js';
import { type Exposition, labels } from './exposition.js';
import type { Scrape } from './scrape.js';

type Told = readonly [name: string, type: 'counter' | 'gauge', help: string, value: (front: FrontFacts) => number];

const families: readonly Told[] = [
  ['naru_connections', 'gauge', 'Open connections.', ({ connections }) => connections.open],
  ['naru_connections_opened_total', 'counter', 'Connections that came.', ({ connections }) => connections.opened],
  ['naru_connections_closed_total', 'counter', 'Connections that went.', ({ connections }) => connections.closed],
  [
    'naru_connections_refused_total',
    'counter',
    'Connections turned away because there were too many.',
    ({ connections }) => connections.refused,
  ],
  ['naru_received_bytes_total', 'counter', 'Bytes from clients.', ({ connections }) => connections.receivedBytes],
  ['naru_sent_bytes_total', 'counter', 'Bytes to clients.', ({ connections }) => connections.sentBytes],
  ['naru_messages_in_total', 'counter', 'Messages from clients.', ({ messagesIn }) => messagesIn],
  ['naru_messages_out_total', 'counter', 'Messages to clients.', ({ messagesOut }) => messagesOut],
  [
    'naru_messages_out_again_total',
    'counter',
    'Of the messages to clients, those that had been handed out before.',
    ({ messagesOutAgain }) => messagesOutAgain,
  ],
  [
    'naru_messages_done_total',
    'counter',
    'Messages that clients acknowledged or deleted.',
    ({ messagesDone }) => messagesDone,
  ],
];

/** What each front counts. */
export function frontMetrics(out: Exposition, { facts }: Scrape): void {
  // Several Kafka brokers in one process are one front.
  const byName = new Map<string, FrontFacts[]>();
  for (const front of facts.fronts) byName.set(front.name, [...(byName.get(front.name) ?? []), front]);
  for (const [name, type, help, value] of families) {
    out.family(name, type, help);
    for (const [front, parts] of byName) {
      let sum = 0;
      for (const part of parts) sum += value(part);
      out.sample(sum, labels({ front }));
    }
  }
}

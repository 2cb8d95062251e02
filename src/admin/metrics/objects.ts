import { queuePlace } from '../../broker/queue-key.js';
import { type Exposition, labels } from './exposition.js';
import type { QueueSeen, Scrape } from './scrape.js';

type Told = readonly [name: string, type: 'counter' | 'gauge', help: string, value: (seen: QueueSeen) => number];

const ofQueue: readonly Told[] = [
  ['naru_queue_messages_ready', 'gauge', 'Messages that wait to be handed out.', ({ work }) => work.ready],
  ['naru_queue_messages_locked', 'gauge', 'Messages handed out and not settled.', ({ work }) => work.locked],
  ['naru_queue_messages_delayed', 'gauge', 'Messages not to be handed out yet.', ({ work }) => work.delayed],
  ['naru_queue_messages_dead', 'gauge', 'Messages on their way to a dead-letter exchange.', ({ work }) => work.dead],
  // An offset is never given twice, so that the end of the log counts for ever.
  ['naru_queue_messages_published_total', 'counter', 'Messages that ever came to it.', ({ work }) => work.came],
  ['naru_queue_consumers', 'gauge', 'Consumers that messages are pushed to.', ({ work }) => work.consumers],
  [
    'naru_queue_ledger_runs',
    'gauge',
    'Runs of messages that its ledger remembers.',
    ({ queue }) => queue.ledger.runCount,
  ],
  ['naru_queue_bytes', 'gauge', 'Bytes of its log, in memory and on disk.', ({ queue }) => queue.log.sizeBytes],
];

/** Queues, topics and groups: all together, and one by one as far as the options allow. */
export function objectMetrics(out: Exposition, scrape: Scrape): void {
  const { broker, omitted } = scrape;
  totals(out, scrape);
  const within = scrape.queues.map(queueLabels);
  for (const [name, type, help, value] of ofQueue) {
    out.family(name, type, help);
    for (let at = 0; at < within.length; at++) out.sample(value(scrape.queues[at]!), within[at]!);
  }
  out.family('naru_topic_bytes', 'gauge', 'Bytes of all partitions of a topic, in memory and on disk.');
  for (const { name, partitions } of scrape.topics) {
    let bytes = 0;
    for (const { log } of partitions) bytes += log.sizeBytes;
    out.sample(bytes, labels({ topic: name }));
  }
  out.family('naru_share_group_locked', 'gauge', 'Records that members of a share group have and have not settled.');
  for (const group of broker.shares) {
    let locked = 0;
    for (const partitions of group.partitions.values())
      for (const { ledger } of partitions.values()) locked += ledger.locked;
    out.sample(locked, labels({ group: group.id }));
  }
  out.family('naru_metrics_objects_omitted', 'gauge', 'Objects not told of one by one, because there are too many.');
  for (const [kind, count] of Object.entries(omitted)) out.sample(count, labels({ kind }));
}

export function queueLabels({ queue }: QueueSeen): string {
  const { vhost, name } = queuePlace(queue.name);
  return labels({ vhost, queue: name });
}

function totals(out: Exposition, { broker, work }: Scrape): void {
  const { catalog, queues, groups, shares } = broker;
  const { ready, locked, delayed, dead } = work;
  let runs = 0;
  for (const { ledger } of queues.all()) runs += ledger.runCount;
  for (const group of shares)
    for (const partitions of group.partitions.values())
      for (const { ledger } of partitions.values()) runs += ledger.runCount;
  out.gauge('naru_queues', 'Queues.', queues.count);
  out.family('naru_messages', 'gauge', 'Messages in all queues, by what they wait for.');
  const states = { ready, locked, delayed, dead };
  for (const [state, count] of Object.entries(states)) out.sample(count, labels({ state }));
  out.gauge('naru_ledger_runs', 'Runs of messages that all ledgers remember, share groups with them.', runs);
  out.gauge('naru_topics', 'Topics.', catalog.topicCount);
  let partitions = 0;
  for (const topic of catalog.topics()) partitions += topic.partitions.length;
  out.gauge('naru_partitions', 'Partitions of all topics.', partitions);
  out.gauge('naru_groups', 'Consumer groups.', [...groups.sizes()].length);
  out.gauge('naru_share_groups', 'Share groups.', [...shares].length);
}

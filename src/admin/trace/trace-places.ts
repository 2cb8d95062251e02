import type { Partition } from '../../broker/partition.js';
import type { Queue } from '../../broker/queue/queue.js';
import { defaultVhost, queueKey, queuePlace } from '../../broker/queue-key.js';
import { PartitionPast, type Past, QueuePast } from '../../broker/stream/past.js';
import type { Slices } from '../../lib/slices.js';
import type { Log } from '../../log/log.js';
import type { Call } from '../api.js';
import { notFound } from '../http-error.js';
import { mayReadTopic, topicNamed } from '../topics/rights.js';
import { partitionIn } from '../topics/topics.js';

/** One log that messages may lie in: a queue's, or a partition's. */
export interface TracePlace {
  readonly vhost: string;
  readonly name: string;
  readonly past: Past;
  readonly sizeBytes: number;
  readonly queue: Queue | null;
  readonly partition: Partition | null;
}

function placeOfQueue(queue: Queue): TracePlace {
  const { vhost, name } = queuePlace(queue.name);
  return { vhost, name, past: new QueuePast(queue), sizeBytes: queue.log.sizeBytes, queue, partition: null };
}

function placeOfPartition(partition: Partition): TracePlace {
  const past = new PartitionPast(partition);
  const { topicName: name, log } = partition;
  return { vhost: defaultVhost, name, past, sizeBytes: log.sizeBytes, queue: null, partition };
}

/** Those that the caller may read and that have something. */
export async function placesFor(call: Call, slices: Slices): Promise<TracePlace[]> {
  const { broker, caller } = call;
  const seen = new Set(call.vhosts().map(({ name }) => name));
  const places: TracePlace[] = [];
  for (const queue of [...broker.queues.all()]) {
    if (slices.due) await slices.rest();
    const { vhost, name } = queuePlace(queue.name);
    if (queue.gone || isEmpty(queue.log) || !seen.has(vhost)) continue;
    if (broker.permissions.allows(caller.name, vhost, 'read', name)) places.push(placeOfQueue(queue));
  }
  for (const topic of [...broker.catalog.topics()]) {
    if (slices.due) await slices.rest();
    if (topic.deleted || topic.internal || !mayReadTopic(call, topic.name)) continue;
    for (const partition of topic.partitions) if (!isEmpty(partition.log)) places.push(placeOfPartition(partition));
  }
  return places;
}

function isEmpty({ startOffset, durableOffset }: Log): boolean {
  return durableOffset <= startOffset;
}

/** The place that the query names: a `topic` with its `partition`, or a `queue` with its `vhost`. */
export function placeAsked(call: Call): TracePlace {
  const { asked, broker, caller } = call;
  if (asked.has('topic')) {
    return placeOfPartition(partitionIn(topicNamed(call, asked.text('topic')), asked.whole('partition', 0)));
  }
  const [vhost, name] = [asked.text('vhost', defaultVhost), asked.text('queue')];
  const queue = call.sees(vhost) ? broker.queues.get(queueKey(vhost, name)) : undefined;
  if (queue === undefined || !broker.permissions.allows(caller.name, vhost, 'read', name)) {
    throw notFound(`there is no queue '${name}' in vhost '${vhost}' that '${caller.name}' may read`);
  }
  return placeOfQueue(queue);
}

import type { Partition } from '../../broker/partition.js';
import type { Queue } from '../../broker/queue/queue.js';
import { defaultVhost, queuePlace } from '../../broker/queue-key.js';
import { PartitionPast, type Past, QueuePast } from '../../broker/stream/past.js';
import type { Call } from '../api.js';
import { badRequest, type HttpError, notFound } from '../http-error.js';
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
export function placesFor(call: Call): TracePlace[] {
  const { broker, caller } = call;
  const seen = new Set(call.vhosts().map(({ name }) => name));
  const places: TracePlace[] = [];
  for (const queue of broker.queues.all()) {
    const { vhost, name } = queuePlace(queue.name);
    if (seen.has(vhost) && broker.permissions.allows(caller.name, vhost, 'read', name))
      places.push(placeOfQueue(queue));
  }
  for (const topic of broker.catalog.topics()) {
    if (topic.internal || !mayReadTopic(call, topic.name)) continue;
    for (const partition of topic.partitions) places.push(placeOfPartition(partition));
  }
  return places.filter(({ past }) => past.endOffset > past.startOffset);
}

/** The place that the query names: a `topic` with its `partition`, or a `queue` with its `vhost`. */
export function placeAsked(call: Call): TracePlace {
  const { asked, broker, caller } = call;
  if (asked.has('topic')) {
    return placeOfPartition(partitionIn(topicNamed(call, asked.text('topic')), asked.whole('partition', 0)));
  }
  const [vhost, name] = [asked.text('vhost', defaultVhost), asked.text('queue')];
  const place = placesFor(call).find((each) => each.queue !== null && each.vhost === vhost && each.name === name);
  if (place !== undefined) return place;
  const missing: HttpError = notFound(`there is no queue '${name}' in vhost '${vhost}' that '${caller.name}' may read`);
  throw broker.vhosts.get(vhost) === undefined ? badRequest(`there is no virtual host ${vhost}`) : missing;
}

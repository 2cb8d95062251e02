import { totalmem } from 'node:os';
import { version } from '../../lib/version.js';
import { openDescriptors } from '../../store/descriptors.js';
import { clusterNameOf, nodeName, product, rabbitVersion } from '../identity.js';
import { type Exposition, labels } from './exposition.js';
import { queueLabels } from './objects.js';
import type { Scrape } from './scrape.js';
import { flag } from './storage.js';

const protocol = labels({ protocol: 'amqp091' });
/** RabbitMQ tells the types of queues apart here; what went by which is not counted, and all stands under the first. */
const byQueue = labels({ protocol: 'amqp091', queue_type: 'rabbit_classic_queue' });

/**
 * What the dashboard RabbitMQ-Overview asks for, by RabbitMQ's names. Its panels join everything on
 * `rabbitmq_identity_info`, and choose by its cluster and endpoint.
 */
export function rabbitMetrics(out: Exposition, scrape: Scrape): void {
  identity(out, scrape);
  node(out, scrape);
  if (scrape.facts.amqp === null) return;
  objects(out, scrape);
  traffic(out, scrape.facts.amqp);
}

function identity(out: Exposition, { broker, facts }: Scrape): void {
  const cluster = clusterNameOf(broker);
  out.gauge(
    'rabbitmq_identity_info',
    'Which node of which cluster this is.',
    1,
    labels({
      rabbitmq_node: nodeName,
      rabbitmq_cluster: cluster,
      rabbitmq_cluster_permanent_id: cluster,
      rabbitmq_endpoint: 'aggregated',
    }),
  );
  out.gauge(
    'rabbitmq_build_info',
    'What runs, and the version of RabbitMQ whose metrics these are.',
    1,
    labels({
      rabbitmq_version: rabbitVersion,
      prometheus_plugin_version: rabbitVersion,
      prometheus_client_version: version,
      erlang_version: `Node.js ${process.version}`,
      product_name: product,
      product_version: version,
    }),
  );
  out.gauge('rabbitmq_erlang_uptime_seconds', 'Time since the start.', facts.uptimeMs / 1000);
}

function node(out: Exposition, { broker }: Scrape): void {
  const { diskSpace, storage } = broker;
  const descriptors = openDescriptors();
  out.gauge('rabbitmq_process_resident_memory_bytes', 'Memory in use.', process.memoryUsage.rss());
  out.gauge('rabbitmq_resident_memory_limit_bytes', 'Memory of the machine.', totalmem());
  out.gauge('rabbitmq_disk_space_available_bytes', 'Room on the disk, as of the last look.', diskSpace.freeBytes);
  out.gauge(
    'rabbitmq_disk_space_available_limit_bytes',
    'Room below which publishers are blocked.',
    diskSpace.freeBytesMin,
  );
  if (descriptors !== null) {
    out.gauge('rabbitmq_process_open_fds', 'Open file descriptors.', descriptors.open);
    out.gauge('rabbitmq_process_max_fds', 'File descriptors that may be open.', descriptors.most);
  }
  const full = diskSpace.low || storage.refusal !== null;
  out.gauge('rabbitmq_alarms_free_disk_space_watermark', '1 while the disk alarm is on.', flag(full));
  out.gauge('rabbitmq_alarms_memory_used_watermark', '1 while publishers wait for room.', flag(storage.congested));
}

function objects(out: Exposition, { broker, facts, work }: Scrape): void {
  const { queues } = broker;
  const { connections } = facts.amqp!.front;
  const { channels, channelsOpened, publishers, consumers } = facts.amqp!.presence;
  const { ready, locked } = work;
  out.gauge('rabbitmq_connections', 'Open connections.', connections.open);
  out.counter('rabbitmq_connections_opened_total', 'Connections that came.', connections.opened);
  out.counter('rabbitmq_connections_closed_total', 'Connections that went.', connections.closed);
  out.gauge('rabbitmq_channels', 'Open channels.', channels);
  out.counter('rabbitmq_channels_opened_total', 'Channels that were opened.', channelsOpened);
  out.counter('rabbitmq_channels_closed_total', 'Channels that were closed.', channelsOpened - channels);
  out.gauge('rabbitmq_queues', 'Queues.', queues.count);
  out.counter('rabbitmq_queues_declared_total', 'Queues declared that were not there.', queues.createdCount);
  out.counter('rabbitmq_queues_created_total', 'Queues that were made.', queues.createdCount);
  out.counter('rabbitmq_queues_deleted_total', 'Queues that were deleted.', queues.deletedCount);
  out.gauge('rabbitmq_consumers', 'Consumers.', consumers);
  out.gauge('rabbitmq_global_publishers', 'Channels that have published.', publishers, protocol);
  out.gauge('rabbitmq_global_consumers', 'Consumers.', consumers, protocol);
  out.gauge('rabbitmq_queue_messages_ready', 'Messages that wait to be handed out.', ready);
  out.gauge('rabbitmq_queue_messages_unacked', 'Messages handed out and not settled.', locked);
  out.gauge('rabbitmq_queue_messages', 'Both together.', ready + locked);
}

function traffic(out: Exposition, { traffic: counts, sizes }: NonNullable<Scrape['facts']['amqp']>): void {
  const count = (name: string, help: string, value: number, within = protocol): void =>
    out.counter(`rabbitmq_global_messages_${name}_total`, help, value, within);
  const { delivered, deliveredNoAck, got, gotNoAck } = counts;
  count('received', 'Messages published.', counts.published);
  count(
    'received_confirm',
    'Messages published where confirms were asked for, and answered.',
    counts.confirmed + counts.refused,
  );
  count('confirmed', 'Messages confirmed.', counts.confirmed);
  count('routed', 'Messages that came to a queue.', counts.published - counts.returned - counts.dropped);
  count('unroutable_dropped', 'Messages without a route that were dropped.', counts.dropped);
  count('unroutable_returned', 'Messages without a route that were sent back.', counts.returned);
  count('delivered', 'Messages handed out.', delivered + deliveredNoAck + got + gotNoAck, byQueue);
  count('delivered_consume_manual_ack', 'Messages pushed that want an ack.', delivered, byQueue);
  count('delivered_consume_auto_ack', 'Messages pushed that want none.', deliveredNoAck, byQueue);
  count('delivered_get_manual_ack', 'Messages fetched that want an ack.', got, byQueue);
  count('delivered_get_auto_ack', 'Messages fetched that want none.', gotNoAck, byQueue);
  count('get_empty', 'Fetches that found nothing.', counts.gotEmpty, byQueue);
  count('redelivered', 'Messages handed out that had been before.', counts.redelivered, byQueue);
  count('acknowledged', 'Messages acknowledged.', counts.acknowledged, byQueue);
  out.histogram('rabbitmq_message_size_bytes', 'Bodies published; those of a run by their mean.', sizes, protocol);
}

/** What RabbitMQ has at `/metrics/per-object`. */
export function rabbitPerObject(out: Exposition, scrape: Scrape): void {
  identity(out, scrape);
  const within = scrape.queues.map(queueLabels);
  const told = (name: string, help: string, value: (at: number) => number): void => {
    out.family(name, 'gauge', help);
    for (let at = 0; at < within.length; at++) out.sample(value(at), within[at]);
  };
  const { queues } = scrape;
  told('rabbitmq_queue_messages_ready', 'Messages that wait to be handed out.', (at) => queues[at]!.work.ready);
  told('rabbitmq_queue_messages_unacked', 'Messages handed out and not settled.', (at) => queues[at]!.work.locked);
  told('rabbitmq_queue_messages', 'Both together.', (at) => queues[at]!.work.ready + queues[at]!.work.locked);
  told('rabbitmq_queue_consumers', 'Consumers.', (at) => queues[at]!.work.consumers);
}

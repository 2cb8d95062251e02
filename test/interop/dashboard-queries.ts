/** A panel, what it asks, and whether the answer is above 0 when there was work. */
export type PanelQuery = readonly [panel: string, query: string, moves: boolean];

const identity =
  'rabbitmq_identity_info{rabbitmq_cluster="naru@localhost", namespace="", rabbitmq_endpoint="aggregated"}';

function joined(metric: string): string {
  return `${metric} * on(instance, job) group_left(rabbitmq_cluster, rabbitmq_node) ${identity}`;
}

function byNode(metric: string): string {
  return `sum(${joined(metric)}) by(rabbitmq_node)`;
}

function rate(name: string): string {
  return `rate(rabbitmq_${name}_total[60s])`;
}

function messages(name: string): string {
  return rate(`global_messages_${name}`);
}

function sizesUpTo(bound: string): string {
  return `sum(${joined(`increase(rabbitmq_message_size_bytes_bucket{le="${bound}"}[1m])`)})`;
}

/** What the panels of RabbitMQ-Overview (10991) ask, in their form: all joined on the identity. */
export const rabbitPanels: readonly PanelQuery[] = [
  ['Ready messages', `sum(${joined('rabbitmq_queue_messages_ready')})`, true],
  ['Unacknowledged messages', `sum(${joined('rabbitmq_queue_messages_unacked')})`, false],
  ['Incoming messages / s', `sum(${joined(messages('received'))})`, true],
  ['Publishers', `sum(${joined('rabbitmq_global_publishers')})`, false],
  ['Consumers', `sum(${joined('rabbitmq_global_consumers')})`, false],
  ['Connections', `sum(${joined('rabbitmq_connections')})`, false],
  ['Channels', `sum(${joined('rabbitmq_channels')})`, false],
  ['Queues', `sum(${joined('rabbitmq_queues')})`, true],
  ['Nodes', `count(${identity})`, true],
  [
    'Versions',
    'rabbitmq_erlang_uptime_seconds * on(instance, job) group_left(rabbitmq_version, erlang_version) ' +
      `rabbitmq_build_info * on(instance, job) group_left(rabbitmq_cluster, rabbitmq_node) ${identity}`,
    true,
  ],
  [
    'Memory available before publishers blocked',
    `(${joined('rabbitmq_resident_memory_limit_bytes')}) - (${joined('rabbitmq_process_resident_memory_bytes')})`,
    true,
  ],
  ['Disk space available before publishers blocked', joined('rabbitmq_disk_space_available_bytes'), true],
  ['Messages published / s', byNode(messages('received')), true],
  [
    'Avg Size',
    `sum(${joined('increase(rabbitmq_message_size_bytes_sum[1m])')}) / sum(${joined('increase(rabbitmq_message_size_bytes_count[1m])')})`,
    true,
  ],
  ['Message Size Distribution', `(${sizesUpTo('1000')} - ${sizesUpTo('100')}) / ${sizesUpTo('+Inf')}`, true],
  ['Messages routed to queues / s', byNode(messages('routed')), true],
  ['Messages confirmed to publishers / s', byNode(messages('confirmed')), true],
  ['Unroutable messages dropped / s', byNode(messages('unroutable_dropped')), false],
  ['Unroutable messages returned / s', byNode(messages('unroutable_returned')), true],
  [
    'Messages unconfirmed to publishers / s',
    `sum(${joined(messages('received_confirm'))} - ${joined(messages('confirmed'))}) by(rabbitmq_node)`,
    false,
  ],
  [
    'Messages delivered / s',
    `sum((${joined(messages('delivered_consume_auto_ack'))}) + (${joined(messages('delivered_consume_manual_ack'))})) by(rabbitmq_node)`,
    true,
  ],
  ['Messages redelivered / s', byNode(messages('redelivered')), true],
  ['Messages delivered with manual ack / s', byNode(messages('delivered_consume_manual_ack')), true],
  ['Messages delivered auto ack / s', byNode(messages('delivered_consume_auto_ack')), false],
  ['Messages acknowledged / s', byNode(messages('acknowledged')), true],
  ['Polling operations with auto ack / s', byNode(messages('delivered_get_auto_ack')), false],
  ['Polling operations that yield no result / s', byNode(messages('get_empty')), false],
  ['Polling operations with manual ack / s', byNode(messages('delivered_get_manual_ack')), true],
  ['Total queues', joined('rabbitmq_queues'), true],
  ['Queues declared / s', byNode(rate('queues_declared')), true],
  ['Queues created / s', byNode(rate('queues_created')), true],
  ['Queues deleted / s', byNode(rate('queues_deleted')), false],
  ['Total channels', joined('rabbitmq_channels'), false],
  ['Channels opened / s', byNode(rate('channels_opened')), true],
  ['Channels closed / s', byNode(rate('channels_closed')), true],
  ['Total connections', joined('rabbitmq_connections'), false],
  ['Connections opened / s', byNode(rate('connections_opened')), true],
  ['Connections closed / s', byNode(rate('connections_closed')), true],
];

/** What dashboards of kafka_exporter (7589) ask. */
export const kafkaPanels: readonly PanelQuery[] = [
  ['Brokers', 'kafka_brokers', true],
  ['Message in per second', 'sum(rate(kafka_topic_partition_current_offset{topic="orders"}[1m])) by (topic)', true],
  ['Lag by consumer group', 'sum(kafka_consumergroup_lag) by (consumergroup, topic)', true],
  ['Lag, summed', 'kafka_consumergroup_lag_sum', true],
  ['Message consumed', 'sum(kafka_consumergroup_current_offset) by (consumergroup, topic)', true],
  ['Members', 'kafka_consumergroup_members', false],
  ['Partitions per topic', 'sum by (topic) (kafka_topic_partitions{topic!="__consumer_offsets"})', true],
  ['Kept', 'sum(kafka_topic_partition_current_offset - kafka_topic_partition_oldest_offset) by (topic)', true],
  ['Leaders', 'kafka_topic_partition_leader', true],
  ['In sync', 'kafka_topic_partition_in_sync_replica', true],
  ['Under-replicated', 'sum(kafka_topic_partition_under_replicated_partition)', false],
];

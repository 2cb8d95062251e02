import { arch, cpus, freemem, totalmem } from 'node:os';
import type { Broker } from '../broker/broker.js';
import type { Queue } from '../broker/queue/queue.js';
import { queuePlace } from '../broker/queue-key.js';
import { exchangeTypes } from '../broker/routing/exchange.js';
import { workInAll } from '../broker/share/work.js';
import type { JsonObject } from '../lib/json.js';
import { version } from '../lib/version.js';
import type { TrafficFacts, WatchedConnection } from '../protocols/watching.js';
import type { Api, Call } from './api.js';
import { statsOf } from './connections.js';
import { notFound } from './http-error.js';
import { clusterNameOf, clusterNameParameter, nodeName, product, rabbitVersion } from './identity.js';

/** Where a front listens. */
export interface Listening {
  /** As tools know it: `amqp`, `http`, `kafka`. */
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
}

/** What the process tells of itself. */
export interface ProcessFacts {
  readonly clusterId: string;
  readonly nodeId: number;
  readonly uptimeMs: number;
  readonly listening: readonly Listening[];
  /** What went through AMQP connections since the start; null while that front is not there. */
  readonly traffic: TrafficFacts | null;
}

/** Flags of RabbitMQ that tools look for before they rely on something: what is told here is served. */
const featureFlags: readonly (readonly [string, string])[] = [
  ['classic_queue_type_delivery_support', 'Classic queues deliver as other types do'],
  ['consumer_timeout', 'Consumers have a time-out'],
  ['direct_exchange_routing_v2', 'Direct exchanges route by an index'],
  ['maintenance_mode_status', 'Status of maintenance'],
  ['quorum_queue', 'Queues of the type quorum'],
  ['stream_queue', 'Queues of the type stream'],
  ['stream_single_active_consumer', 'Single active consumer for streams'],
  ['user_limits', 'Connection and channel limits of a user'],
  ['virtual_host_metadata', 'Virtual host metadata (description, tags)'],
];

/** What this is, and how it is. */
export function overviewRoutes(
  api: Api,
  facts: () => ProcessFacts,
  connections: () => Iterable<WatchedConnection>,
): void {
  api.get('/api/overview', 'management', (call) => overview(call, facts(), [...connections()]));
  api.get('/api/version', 'management', () => rabbitVersion);
  api.get('/api/nodes', 'monitoring', (call) =>
    call.list([node(call.broker, facts(), [...connections()].length)], ['name']),
  );
  api.get('/api/nodes/:node', 'monitoring', (call) => {
    if (call.param('node') !== nodeName) throw notFound(`there is no node ${call.param('node')}`);
    return call.shown(node(call.broker, facts(), [...connections()].length));
  });
  api.get('/api/cluster-name', 'management', ({ broker }) => ({ name: clusterNameOf(broker) }));
  api.put('/api/cluster-name', 'administrator', (call) => {
    call.broker.parameters.setGlobal(clusterNameParameter, call.body.text('name'));
    return undefined;
  });
  api.get('/api/feature-flags', 'management', (call) =>
    call.list(
      featureFlags.map(([name, desc]) => ({
        name,
        desc,
        state: 'enabled',
        stability: 'required',
        provided_by: 'naru',
        doc_url: '',
      })),
      ['name'],
    ),
  );
  api.get('/api/deprecated-features', 'management', () => []);
  api.get('/api/deprecated-features/used', 'management', () => []);
  api.get('/api/extensions', 'management', () => []);
  api.get('/api/auth', 'management', () => ({ oauth_enabled: false }));
}

function overview(call: Call, facts: ProcessFacts, connections: readonly WatchedConnection[]): JsonObject {
  const { broker } = call;
  const { clusterId, nodeId, uptimeMs, listening } = facts;
  return call.shown({
    product,
    version,
    clusterId,
    nodeId,
    uptimeMs,
    management_version: rabbitVersion,
    rates_mode: 'basic',
    sample_retention_policies: { global: [], basic: [], detailed: [] },
    product_version: version,
    product_name: product,
    rabbitmq_version: rabbitVersion,
    cluster_name: clusterNameOf(broker),
    cluster_tags: [],
    node_tags: [],
    erlang_version: '',
    erlang_full_version: `Node.js ${process.version}`,
    release_series_support_status: 'supported',
    disable_stats: false,
    enable_queue_totals: true,
    is_op_policy_updating_enabled: true,
    exchange_types: exchangeTypes.map((name) => ({ name, description: `exchange type ${name}`, enabled: true })),
    message_stats: facts.traffic === null ? {} : statsOf(facts.traffic),
    churn_rates: {},
    ...totals(call, connections),
    statistics_db_event_queue: 0,
    node: nodeName,
    listeners: (call.is('monitoring') ? listening : []).map(listener),
    contexts: (call.is('monitoring') ? listening : [])
      .filter(({ protocol }) => protocol === 'http')
      .map(({ host, port }) => ({ node: nodeName, description: 'Naru', path: '/', ip: host, port: String(port) })),
  });
}

function listener({ protocol, host, port }: Listening): JsonObject {
  return { node: nodeName, protocol, ip_address: host, port, socket_opts: {} };
}

/** Of the virtual hosts that the caller sees. */
function queuesSeen(call: Call): Queue[] {
  return [...call.broker.queues.all()].filter(({ name }) => call.sees(queuePlace(name).vhost));
}

function totals(call: Call, connections: readonly WatchedConnection[]): JsonObject {
  let [exchanges, channels, open] = [0, 0, 0];
  for (const { router } of call.vhosts()) exchanges += [...router.exchanges()].length + 1;
  const queues = queuesSeen(call);
  const { ready, locked, consumers } = workInAll(call.broker.topicQueues, queues);
  for (const connection of connections) {
    if (!call.sees(connection.vhost)) continue;
    open++;
    channels += connection.facts().channelCount;
  }
  return {
    queue_totals: { messages: ready + locked, messages_ready: ready, messages_unacknowledged: locked },
    object_totals: { channels, connections: open, consumers, exchanges, queues: queues.length },
  };
}

function node({ storage, queues, diskSpace }: Broker, facts: ProcessFacts, connectionCount: number): JsonObject {
  const memory = process.memoryUsage();
  const full = storage.refusal !== null || diskSpace.low;
  return {
    name: nodeName,
    type: 'disc',
    running: true,
    being_drained: false,
    os_pid: String(process.pid),
    uptime: facts.uptimeMs,
    rabbitmq_version: rabbitVersion,
    product_name: product,
    product_version: version,
    processors: cpus().length,
    run_queue: 0,
    rates_mode: 'basic',
    net_ticktime: 60,
    mem_used: memory.rss,
    mem_limit: totalmem(),
    mem_alarm: storage.congested,
    mem_calculation_strategy: 'rss',
    mem_free: freemem(),
    disk_free_alarm: full,
    disk_free: Number.isFinite(diskSpace.freeBytes) ? diskSpace.freeBytes : Number.MAX_SAFE_INTEGER,
    disk_free_limit: diskSpace.freeBytesMin,
    fd_used: 0,
    fd_total: 0,
    sockets_used: connectionCount,
    sockets_total: 0,
    proc_used: 0,
    proc_total: 0,
    connection_created: 0,
    queue_declared: queues.count,
    architecture: arch(),
    partitions: [],
    cluster_links: [],
    applications: [],
    auth_mechanisms: [],
    exchange_types: exchangeTypes.map((name) => ({ name, description: `exchange type ${name}`, enabled: true })),
    enabled_plugins: ['rabbitmq_management', 'rabbitmq_consistent_hash_exchange', 'rabbitmq_delayed_message_exchange'],
    contexts: [],
    metrics_gc_queue_length: {},
  };
}

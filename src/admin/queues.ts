import { argumentsWithType } from '../broker/definitions/broker-queues.js';
import { streamArguments } from '../broker/definitions/defined-streams.js';
import { queueFrom } from '../broker/definitions/definition-shapes.js';
import { Queue } from '../broker/queue/queue.js';
import { defaultVhost, queueKey, queuePlace } from '../broker/queue-key.js';
import { headersToJson } from '../broker/routing/json-headers.js';
import { workIn } from '../broker/share/work.js';
import type { Topic } from '../broker/topic.js';
import { isReservedName, type Vhost } from '../broker/vhost.js';
import type { JsonObject } from '../lib/json.js';
import type { WatchedConnection } from '../protocols/watching.js';
import type { Api, Call } from './api.js';
import { consumersOf } from './connections.js';
import { badRequest, HttpError, notFound } from './http-error.js';
import { nodeName } from './identity.js';
import type { Naming } from './listing.js';
import { QueueRates } from './rates.js';

/** Queues, in the shapes of RabbitMQ's management API. */
export function queueRoutes(api: Api, connections: () => Iterable<WatchedConnection>): void {
  const rates = new QueueRates();
  for (const path of ['/api/queues', '/api/queues/:vhost', '/api/queues/detailed']) {
    api.get(path, 'management', (call) => {
      const seen = new Set(call.vhosts().map(({ name }) => name));
      const queues = [...call.broker.queues.all()].filter(({ name }) => seen.has(queuePlace(name).vhost));
      const topics = seen.has(defaultVhost) ? call.broker.definedQueues.streams.all() : [];
      return call.listEach([...queues, ...topics], queueNaming, (one) => {
        if (one instanceof Queue) return one.gone ? null : told(call, one, rates);
        return one.deleted ? null : streamTold(call, one);
      });
    });
  }
  const one = '/api/queues/:vhost/:queue';
  api.get(one, 'management', (call) => {
    const vhost = call.vhost();
    const consumers = consumersOfQueue(connections(), vhost.name, call.param('queue'));
    const details = { consumer_details: consumers, incoming: [], deliveries: [] };
    const stream = streamIn(call, vhost);
    if (stream === undefined) return call.shown({ ...told(call, queueIn(call, vhost), rates), ...details });
    return call.shown({ ...streamTold(call, stream), consumers: consumers.length, ...details });
  });
  api.put(one, 'management', putQueue);
  api.delete(one, 'management', (call) => {
    const vhost = call.vhost();
    if (deleteStream(call, vhost)) return undefined;
    const queue = queueIn(call, vhost);
    const { name } = queuePlace(queue.name);
    call.demandPermission(vhost.name, 'configure', name);
    refuseForeign(queue, name);
    const { ready, consumers } = workIn(call.broker.topicQueues, queue);
    const used = call.query['if-unused'] === 'true' && consumers > 0;
    const filled = call.query['if-empty'] === 'true' && ready > 0;
    if (used || filled) throw badRequest(`queue '${name}' in vhost '${vhost.name}' ${used ? 'in use' : 'not empty'}`);
    call.broker.queues.delete(queue);
    return undefined;
  });
  api.delete(`${one}/contents`, 'management', (call) => {
    const vhost = call.vhost();
    const queue = queueIn(call, vhost);
    const { name } = queuePlace(queue.name);
    call.demandPermission(vhost.name, 'read', name);
    refuseForeign(queue, name);
    const shown = call.broker.topicQueues.shownBy(queue);
    if (shown !== undefined) call.demandPermission(vhost.name, 'read', shown.name);
    shown?.purge();
    queue.purge();
    return undefined;
  });
  // There are no mirrors to be brought in line.
  api.post(`${one}/actions`, 'management', (call) => {
    queueIn(call, call.vhost());
    return undefined;
  });
}

/** By virtual host and name, which sort as the two fields do: names of virtual hosts have no NUL. */
const queueNaming: Naming<Queue | Topic> = {
  nameOf: (one) => (one instanceof Queue ? queuePlace(one.name).name : one.name),
  placeOf: (one) => {
    const { vhost, name } = one instanceof Queue ? queuePlace(one.name) : { vhost: defaultVhost, name: one.name };
    return `${vhost}\0${name}`;
  },
  order: ['vhost', 'name'],
};

/** The topic that the path names as a queue. */
function streamIn(call: Call, { name: vhost }: Vhost): Topic | undefined {
  return call.broker.definedQueues.streams.find(vhost, call.param('queue'));
}

/** False when it is no stream. */
function deleteStream(call: Call, vhost: Vhost): boolean {
  const stream = streamIn(call, vhost);
  if (stream === undefined) return false;
  call.demandPermission(vhost.name, 'configure', stream.name);
  if (call.query['if-unused'] === 'true' || call.query['if-empty'] === 'true') {
    throw badRequest(`cannot delete queue '${stream.name}': conditions are not supported by stream queues`);
  }
  call.broker.definedQueues.streams.delete(stream);
  return true;
}

/** Those that take messages away: a stream is not among them. */
export function queueIn(call: Call, vhostIn: Vhost): Queue {
  const { name: vhost } = vhostIn;
  const name = call.param('queue');
  if (streamIn(call, vhostIn) !== undefined) {
    throw badRequest(`queue '${name}' in vhost '${vhost}' is a stream: what is read from it stays`);
  }
  const queue = call.broker.queues.get(queueKey(vhost, name));
  if (queue === undefined) throw notFound(`no queue '${name}' in vhost '${vhost}'`);
  return queue;
}

/** What a connection has for itself is nobody else's. */
export function refuseForeign(queue: Queue, name: string): void {
  if (queue.options.exclusive) throw new HttpError(400, 'bad_request', `queue '${name}' is exclusive to a connection`);
}

function putQueue(call: Call): undefined {
  const vhost = call.vhost();
  const { definedQueues } = call.broker;
  const asked = queueFrom(call.body, vhost.name, call.param('queue'));
  const { name } = asked;
  call.demandPermission(vhost.name, 'configure', name);
  const deadLetters = asked.arguments.get('x-dead-letter-exchange');
  if (typeof deadLetters === 'string') {
    call.demandPermission(vhost.name, 'read', name);
    call.demandPermission(vhost.name, 'write', deadLetters);
  }
  const present = definedQueues.find(vhost.name, name) ?? definedQueues.streams.find(vhost.name, name);
  if (present === undefined && isReservedName(name)) {
    throw badRequest(`queue name '${name}' contains reserved prefix 'amq.*'`);
  }
  const fault = present === undefined ? definedQueues.declare(asked) : definedQueues.difference(asked, present);
  if (fault !== null) throw badRequest(`${fault} for queue '${name}' in vhost '${vhost.name}'`);
  return call.put(present === undefined);
}

function consumersOfQueue(connections: Iterable<WatchedConnection>, vhost: string, name: string): JsonObject[] {
  return [...connections]
    .filter((connection) => connection.vhost === vhost)
    .flatMap((connection) => consumersOf(connection, name));
}

function streamTold(call: Call, topic: Topic): JsonObject {
  const { streams } = call.broker.definedQueues;
  const { policy, operatorPolicy, definition } = call.broker.policies.effectOn('streams', defaultVhost, topic.name);
  const count = streams.countOf(topic);
  return {
    name: topic.name,
    vhost: defaultVhost,
    type: 'stream',
    durable: true,
    auto_delete: false,
    exclusive: false,
    arguments: headersToJson(streamArguments(topic)),
    policy: policy?.name ?? null,
    operator_policy: operatorPolicy?.name ?? null,
    effective_policy_definition: Object.fromEntries(definition) as JsonObject,
    node: nodeName,
    leader: nodeName,
    members: [nodeName],
    online: [nodeName],
    state: 'running',
    messages: count,
    messages_ready: count,
    messages_unacknowledged: 0,
    user_who_performed_action: '',
  };
}

/** What tools graph and scale by. */
function told(call: Call, queue: Queue, rates: QueueRates): JsonObject {
  const { vhost, name } = queuePlace(queue.name);
  const { options, settings } = queue;
  const { ready, locked, consumers, came } = workIn(call.broker.topicQueues, queue);
  const { policy, operatorPolicy, definition } = call.broker.policies.effectOnQueue(queue);
  const nowMs = call.broker.storage.clock.monotonic();
  return {
    name,
    vhost,
    type: options.type,
    durable: options.durable,
    auto_delete: options.autoDelete,
    exclusive: options.exclusive,
    arguments: headersToJson(argumentsWithType(options)),
    policy: policy?.name ?? null,
    operator_policy: operatorPolicy?.name ?? null,
    effective_policy_definition: Object.fromEntries(definition) as JsonObject,
    delivery_limit: settings.deliveryLimit < 0 ? 'unlimited' : settings.deliveryLimit,
    node: nodeName,
    leader: nodeName,
    members: [nodeName],
    online: [nodeName],
    state: 'running',
    messages: ready + locked,
    messages_ready: ready,
    messages_unacknowledged: locked,
    ...rates.of(queue.log.id, nowMs, came, ready, locked),
    consumers,
    consumer_capacity: consumers > 0 ? 1 : 0,
    consumer_utilisation: consumers > 0 ? 1 : 0,
    single_active_consumer: settings.singleActive,
    exclusive_consumer_tag: null,
    single_active_consumer_tag: null,
    head_message_timestamp: null,
    user_who_performed_action: '',
  };
}

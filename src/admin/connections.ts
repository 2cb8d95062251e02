import type { JsonObject } from '../lib/json.js';
import type { ChannelFacts, ConsumerFacts, TrafficFacts, WatchedConnection } from '../protocols/watching.js';
import type { Api, Call } from './api.js';
import { notAuthorized, notFound } from './http-error.js';
import { nodeName } from './identity.js';

/** Connections, channels and consumers, in the shapes of RabbitMQ's management API. */
export function connectionRoutes(api: Api, connections: () => Iterable<WatchedConnection>): void {
  /** Monitors see everybody's, others their own. */
  const seen = (call: Call): WatchedConnection[] =>
    [...connections()].filter(({ user }) => call.is('monitoring') || user === call.caller.name);
  const named = (call: Call): WatchedConnection => {
    const name = call.param('connection');
    const found = seen(call).find((connection) => connection.name === name);
    if (found === undefined) throw notFound(`there is no connection ${name}`);
    return found;
  };
  const inVhost = (call: Call): WatchedConnection[] => {
    const { name } = call.vhost();
    return seen(call).filter(({ vhost }) => vhost === name);
  };
  const close = (call: Call, connection: WatchedConnection): void => {
    if (!call.is('administrator') && connection.user !== call.caller.name) {
      throw notAuthorized('User not authorised to access object');
    }
    connection.close(call.header('x-reason') ?? 'Closed via management plugin');
  };

  api.get('/api/connections', 'management', (call) => call.list(seen(call).map(connectionTold)));
  api.get('/api/vhosts/:vhost/connections', 'management', (call) => call.list(inVhost(call).map(connectionTold)));
  api.get('/api/connections/username/:user', 'management', (call) =>
    call.list(ofUser(call, seen(call)).map(connectionTold)),
  );
  api.delete('/api/connections/username/:user', 'management', (call) => {
    for (const connection of ofUser(call, seen(call))) close(call, connection);
    return undefined;
  });
  api.get('/api/connections/:connection', 'management', (call) => call.shown(connectionTold(named(call))));
  api.delete('/api/connections/:connection', 'management', (call) => {
    close(call, named(call));
    return undefined;
  });
  api.get('/api/connections/:connection/channels', 'management', (call) => call.list(channelsOf([named(call)])));

  api.get('/api/channels', 'management', (call) => call.list(channelsOf(seen(call))));
  api.get('/api/vhosts/:vhost/channels', 'management', (call) => call.list(channelsOf(inVhost(call))));
  api.get('/api/channels/:channel', 'management', (call) => {
    const name = call.param('channel');
    const found = channelsOf(seen(call)).find((channel) => channel['name'] === name);
    if (found === undefined) throw notFound(`there is no channel ${name}`);
    return call.shown(found);
  });

  for (const path of ['/api/consumers', '/api/consumers/:vhost']) {
    api.get(path, 'management', (call) => {
      const vhosts = new Set(call.vhosts().map(({ name }) => name));
      const consumers = [...connections()]
        .filter(({ vhost }) => vhosts.has(vhost))
        .flatMap((each) => consumersOf(each));
      return call.list(consumers, ['consumer_tag']);
    });
  }
}

function ofUser(call: Call, connections: readonly WatchedConnection[]): readonly WatchedConnection[] {
  return connections.filter(({ user }) => user === call.param('user'));
}

function connectionTold(connection: WatchedConnection): JsonObject {
  const facts = connection.facts();
  return {
    name: connection.name,
    node: nodeName,
    user: connection.user,
    user_who_performed_action: connection.user,
    vhost: connection.vhost,
    protocol: facts.protocol,
    state: facts.state,
    type: 'network',
    host: facts.local.host,
    port: facts.local.port,
    peer_host: facts.peer.host,
    peer_port: facts.peer.port,
    connected_at: facts.connectedMs,
    channels: facts.channelCount,
    channel_max: facts.channelMax,
    frame_max: facts.frameBytesMax,
    timeout: facts.heartbeatS,
    recv_oct: facts.receivedBytes,
    client_properties: facts.clientProperties,
  };
}

function channelsOf(connections: readonly WatchedConnection[]): JsonObject[] {
  return connections.flatMap((connection) =>
    Array.from(connection.channels(), (channel) => channelTold(connection, channel)),
  );
}

function channelTold(connection: WatchedConnection, channel: ChannelFacts): JsonObject {
  return {
    ...channelDetails(connection, channel),
    vhost: connection.vhost,
    user_who_performed_action: connection.user,
    state: channel.state,
    confirm: channel.confirms,
    transactional: channel.transactional,
    consumer_count: channel.consumers.length,
    messages_unacknowledged: channel.unacked,
    prefetch_count: channel.consumerPrefetch,
    global_prefetch_count: channel.prefetch,
    connection_details: peerOf(connection),
    message_stats: statsOf(channel.traffic),
  };
}

function channelDetails(connection: WatchedConnection, { number }: ChannelFacts): JsonObject {
  return { name: `${connection.name} (${number})`, number, node: nodeName, user: connection.user };
}

function peerOf(connection: WatchedConnection): JsonObject {
  const { peer } = connection.facts();
  return { name: connection.name, peer_host: peer.host, peer_port: peer.port };
}

/** Counts by RabbitMQ's names for them. */
export function statsOf(traffic: TrafficFacts): JsonObject {
  return {
    publish: traffic.published,
    confirm: traffic.confirmed,
    return_unroutable: traffic.returned,
    drop_unroutable: traffic.dropped,
    deliver: traffic.delivered,
    deliver_no_ack: traffic.deliveredNoAck,
    get: traffic.got,
    get_no_ack: traffic.gotNoAck,
    get_empty: traffic.gotEmpty,
    deliver_get: traffic.delivered + traffic.deliveredNoAck + traffic.got + traffic.gotNoAck,
    redeliver: traffic.redelivered,
    ack: traffic.acknowledged,
  };
}

/** Those of one queue, or all. */
export function consumersOf(connection: WatchedConnection, queue?: string): JsonObject[] {
  return Array.from(connection.channels()).flatMap((channel) =>
    channel.consumers
      .filter((consumer) => queue === undefined || consumer.queue === queue)
      .map((consumer) => consumerTold(connection, channel, consumer)),
  );
}

function consumerTold(connection: WatchedConnection, channel: ChannelFacts, consumer: ConsumerFacts): JsonObject {
  const { name, peer_host, peer_port } = peerOf(connection);
  return {
    consumer_tag: consumer.tag,
    queue: { name: consumer.queue, vhost: consumer.vhost },
    ack_required: consumer.acknowledges,
    active: consumer.active,
    activity_status: consumer.active ? 'up' : 'waiting',
    exclusive: consumer.exclusive,
    prefetch_count: consumer.prefetch,
    arguments: consumer.arguments,
    channel_details: {
      ...channelDetails(connection, channel),
      connection_name: name!,
      peer_host: peer_host!,
      peer_port: peer_port!,
    },
  };
}

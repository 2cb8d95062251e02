import type { JsonObject, JsonValue } from '../../lib/json.js';
import type { ChannelFacts, WatchedConnection } from '../../protocols/watching.js';
import type { Call } from '../api.js';
import type { View } from './live.js';
import type { Meter } from './meter.js';
import { askedFor, type Keys, pageOf } from './paging.js';

/** Connections that the caller sees; monitors see everybody's. */
export function connectionsView(connections: () => Iterable<WatchedConnection>): View {
  return { everyMs: 2000, read: (call, meter) => list(call, meter, connections()) };
}

export function channelsView(connections: () => Iterable<WatchedConnection>): View {
  return { everyMs: 2000, read: (call, meter) => channels(call, meter, connections()) };
}

interface Row {
  readonly connection: WatchedConnection;
  readonly inRate: number;
  readonly outRate: number;
  readonly unacked: number;
}

const keys: Keys<Row> = {
  user: ({ connection }) => connection.user,
  channels: ({ connection }) => connection.facts().channelCount,
  in: ({ inRate }) => inRate,
  out: ({ outRate }) => outRate,
  unacked: ({ unacked }) => unacked,
  connected: ({ connection }) => connection.facts().connectedMs,
};

function seen(call: Call, connections: Iterable<WatchedConnection>): WatchedConnection[] {
  return [...connections].filter(({ user }) => call.is('monitoring') || user === call.caller.name);
}

function list(call: Call, meter: Meter, connections: Iterable<WatchedConnection>): JsonValue {
  const rows = seen(call, connections).map((connection) => rowOf(connection, meter));
  return pageOf(rows, askedFor(call), ({ connection }) => connection.name, keys, told);
}

function rowOf(connection: WatchedConnection, meter: Meter): Row {
  let [published, delivered, unacked] = [0, 0, 0];
  for (const { traffic, unacked: locked } of connection.channels()) {
    published += traffic.published;
    delivered += traffic.delivered + traffic.deliveredNoAck + traffic.got + traffic.gotNoAck;
    unacked += locked;
  }
  const { name } = connection;
  return {
    connection,
    unacked,
    inRate: meter.rate(`in ${name}`, published),
    outRate: meter.rate(`out ${name}`, delivered),
  };
}

function told({ connection, inRate, outRate, unacked }: Row): JsonObject {
  const facts = connection.facts();
  const { product, version, connection_name: given } = facts.clientProperties;
  return {
    name: connection.name,
    user: connection.user,
    vhost: connection.vhost,
    protocol: facts.protocol,
    state: facts.state,
    peer: `${facts.peer.host}:${facts.peer.port}`,
    client: [given, product, version].filter((part) => typeof part === 'string').join(' '),
    connectedMs: facts.connectedMs,
    channels: facts.channelCount,
    heartbeatS: facts.heartbeatS,
    unacked,
    inRate,
    outRate,
  };
}

interface ChannelRow {
  readonly connection: WatchedConnection;
  readonly channel: ChannelFacts;
  readonly name: string;
}

const channelKeys: Keys<ChannelRow> = {
  unacked: ({ channel }) => channel.unacked,
  consumers: ({ channel }) => channel.consumers.length,
};

function channels(call: Call, meter: Meter, connections: Iterable<WatchedConnection>): JsonValue {
  const rows = seen(call, connections).flatMap((connection) =>
    Array.from(connection.channels(), (channel) => {
      return { connection, channel, name: `${connection.name} (${channel.number})` };
    }),
  );
  const tell = ({ connection, channel, name }: ChannelRow): JsonObject => {
    const { traffic } = channel;
    return {
      name,
      connection: connection.name,
      user: connection.user,
      vhost: connection.vhost,
      number: channel.number,
      mode: channel.transactional ? 'transactions' : channel.confirms ? 'confirms' : 'plain',
      prefetch: channel.consumerPrefetch || channel.prefetch,
      unacked: channel.unacked,
      consumers: channel.consumers.map(({ tag, queue }) => ({ tag, queue })),
      inRate: meter.rate(`in ${name}`, traffic.published),
      outRate: meter.rate(`out ${name}`, traffic.delivered + traffic.deliveredNoAck + traffic.got + traffic.gotNoAck),
      ackRate: meter.rate(`ack ${name}`, traffic.acknowledged),
      redelivered: traffic.redelivered,
      returned: traffic.returned,
    };
  };
  return pageOf(rows, askedFor(call), ({ name }) => name, channelKeys, tell);
}

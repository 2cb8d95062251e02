import { queuePlace } from '../../../broker/queue-key.js';
import { headersToJson } from '../../../broker/routing/json-headers.js';
import type { JsonObject } from '../../../lib/json.js';
import { type Address, formatAddress } from '../../front.js';
import type { ChannelFacts, ConnectionFacts, ConsumerFacts, WatchedConnection } from '../../watching.js';
import type { AmqpChannel } from '../channel/channel.js';
import type { AmqpConsumer } from '../channel/consumer.js';
import { headersOf } from '../codec/field-table.js';
import { AmqpError, replyCodes } from '../errors.js';
import type { AmqpSession } from '../session.js';

/** A connection that has opened a virtual host, as listings show it. */
export class WatchedSession implements WatchedConnection {
  private readonly session: AmqpSession;

  constructor(session: AmqpSession) {
    this.session = session;
  }

  get name(): string {
    const { remote, local } = this.session.connection.ends;
    return `${remote} -> ${formatAddress(local)}`;
  }

  get user(): string {
    return this.session.userName;
  }

  get vhost(): string {
    return this.session.vhostName ?? '';
  }

  facts(): ConnectionFacts {
    const { session } = this;
    const { ends } = session.connection;
    const closing = session.state === 'closing' || session.state === 'closed';
    return {
      protocol: 'AMQP 0-9-1',
      state: closing ? 'closing' : session.throttle.blocked ? 'blocked' : 'running',
      peer: addressOf(ends.remote),
      local: ends.local,
      connectedMs: session.connectedMs,
      channelCount: session.channels.size,
      channelMax: session.channelsMax,
      frameBytesMax: session.frameBytesMax,
      heartbeatS: session.heartbeatMs / 1000,
      receivedBytes: session.receivedBytes,
      clientProperties: headersToJson(headersOf(session.clientProperties)),
    };
  }

  channels(): Iterable<ChannelFacts> {
    return Array.from(this.session.channels.values(), channelFacts);
  }

  close(reason: string): void {
    this.session.closeFor(new AmqpError(replyCodes.connectionForced, reason));
  }
}

/** Those of the front's connections that have come so far. */
export function watchedSessions(sessions: Iterable<AmqpSession>): WatchedSession[] {
  const watched: WatchedSession[] = [];
  for (const session of sessions) if (session.vhostName !== null) watched.push(new WatchedSession(session));
  return watched;
}

function channelFacts(channel: AmqpChannel): ChannelFacts {
  return {
    number: channel.number,
    state: channel.state === 'open' ? 'running' : 'closing',
    confirms: channel.confirms,
    transactional: channel.transaction !== null,
    unacked: channel.unacked.count,
    prefetch: channel.prefetch,
    consumerPrefetch: channel.consumerPrefetch,
    traffic: channel.traffic,
    consumers: Array.from(channel.consumers.values(), consumerFacts),
  };
}

function consumerFacts(consumer: AmqpConsumer): ConsumerFacts {
  const { queue, tag, acknowledges, exclusive, prefetch } = consumer;
  const { vhost, name } = queuePlace(queue.name);
  const active = !queue.settings.singleActive || queue.consumers.singleActive === consumer;
  return { tag, vhost, queue: name, acknowledges, exclusive, active, prefetch, arguments: argumentsOf(consumer) };
}

function argumentsOf({ arguments: args }: AmqpConsumer): JsonObject {
  return headersToJson(args as Parameters<typeof headersToJson>[0]);
}

/** `10.0.0.7:51234`, `[::1]:51234` */
function addressOf(text: string): Address {
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at).replaceAll(/[[\]]/g, ''), port: Number(text.slice(at + 1)) };
}

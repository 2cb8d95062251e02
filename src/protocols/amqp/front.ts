import { contentKind } from '../../broker/queue/message.js';
import type { Timer } from '../../lib/clock.js';
import { Histogram, sizeBounds } from '../../lib/histogram.js';
import type { Address, Front } from '../front.js';
import { Listener, type ListenerSettings, type TlsSettings } from '../listener.js';
import type { AmqpFacts, AmqpPresence } from '../watching.js';
import { headersOfMessage } from './channel/story.js';
import type { AmqpContext, AmqpParts } from './context.js';
import { DirectReplies } from './direct-replies.js';
import { AmqpError, replyCodes } from './errors.js';
import { AmqpSession } from './session.js';
import { Traffic } from './traffic.js';

const beatMs = 1000;

/** AMQP 0-9-1 on one port. */
export class AmqpFront implements Front {
  readonly name = 'amqp';
  private readonly context: AmqpContext;
  private readonly listener: Listener;
  private beating: Timer | null = null;

  constructor(parts: AmqpParts, settings: ListenerSettings) {
    const context = {
      ...parts,
      replies: new DirectReplies(parts.random),
      past: new Traffic(),
      uncommitted: { bytes: 0 },
      opened: { channels: 0 },
      sizes: new Histogram(sizeBounds),
    };
    this.context = context;
    context.broker.queues.readHeaders(contentKind.amqp, headersOfMessage);
    this.listener = new Listener(
      settings,
      (connection) => new AmqpSession(context, connection),
      context.clock,
      context.logger,
    );
  }

  listen(): Promise<Address> {
    this.beat();
    this.followRemovals();
    return this.listener.listen();
  }

  /** Connections go with their virtual host, and with their user. */
  private followRemovals(): void {
    const { sessions, broker } = this.context;
    const close = (wanted: (session: AmqpSession) => boolean, why: string): void => {
      for (const session of sessions) {
        if (wanted(session)) session.closeFor(new AmqpError(replyCodes.connectionForced, why));
      }
    };
    broker.vhosts.follow({
      removing: ({ name }) => close((session) => session.vhostName === name, `vhost '${name}' is deleted`),
    });
    broker.access.follow({
      first: () => {},
      removed: ({ name }) => close((session) => session.userName === name, `user '${name}' is deleted`),
    });
  }

  /** Everything since the front was opened, with the connections that are gone. */
  get traffic(): Traffic {
    const sum = new Traffic();
    sum.add(this.context.past);
    for (const session of this.context.sessions) sum.add(session.traffic);
    return sum;
  }

  get facts(): AmqpFacts {
    const { traffic, presence } = this;
    const { delivered, deliveredNoAck, got, gotNoAck } = traffic;
    const front = {
      name: 'amqp',
      connections: this.listener.counts,
      messagesIn: traffic.published,
      messagesOut: delivered + deliveredNoAck + got + gotNoAck,
      messagesOutAgain: traffic.redelivered,
      messagesDone: traffic.acknowledged,
    };
    return { front, traffic, presence, sizes: this.context.sizes };
  }

  /** Who is there now, and how many channels there ever were. */
  private get presence(): AmqpPresence {
    let [channels, publishers, consumers] = [0, 0, 0];
    for (const session of this.context.sessions) {
      channels += session.channels.size;
      for (const channel of session.channels.values()) {
        if (channel.traffic.published > 0) publishers++;
        consumers += channel.consumers.size;
      }
    }
    return { channels, channelsOpened: this.context.opened.channels, publishers, consumers };
  }

  get sessions(): ReadonlySet<AmqpSession> {
    return this.context.sessions;
  }

  /** One timer for all connections: ten thousand of them cost nothing worth naming. */
  private beat(): void {
    this.beating = this.context.clock.after(beatMs, () => {
      const nowMs = this.context.clock.monotonic();
      for (const session of this.context.sessions) session.pulse.beat(nowMs);
      this.beat();
    });
  }

  renewTls(tls: TlsSettings): void {
    this.listener.renewTls(tls);
  }

  close(): Promise<void> {
    this.beating?.cancel();
    return this.listener.close();
  }
}

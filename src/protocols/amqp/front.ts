import type { Timer } from '../../lib/clock.js';
import type { Address, Front } from '../front.js';
import { Listener, type ListenerSettings, type TlsSettings } from '../listener.js';
import type { AmqpContext } from './context.js';
import { AmqpSession } from './session.js';

const beatMs = 1000;

/** AMQP 0-9-1 on one port. */
export class AmqpFront implements Front {
  readonly name = 'amqp';
  private readonly context: AmqpContext;
  private readonly listener: Listener;
  private beating: Timer | null = null;

  constructor(context: AmqpContext, settings: ListenerSettings) {
    this.context = context;
    this.listener = new Listener(
      settings,
      (connection) => new AmqpSession(context, connection),
      context.clock,
      context.logger,
    );
  }

  listen(): Promise<Address> {
    this.beat();
    return this.listener.listen();
  }

  /** One timer for all connections: ten thousand of them cost nothing worth naming. */
  private beat(): void {
    this.beating = this.context.clock.after(beatMs, () => {
      const nowMs = this.context.clock.monotonic();
      for (const session of this.context.sessions) session.beat(nowMs);
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

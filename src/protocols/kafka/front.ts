import type { Address, Front } from '../front.js';
import { Listener, type ListenerSettings, type TlsSettings } from '../listener.js';
import type { KafkaContext } from './context.js';
import { AssemblyPool } from './frame.js';
import { KafkaSession } from './session.js';

/** The Kafka protocol on one port. */
export class KafkaFront implements Front {
  readonly name = 'kafka';
  private readonly listener: Listener;
  private readonly context: KafkaContext;
  private readonly index: number;

  /** `index`: which of the context's nodes this port stands for. */
  constructor(context: KafkaContext, settings: ListenerSettings, index = 0) {
    this.context = context;
    this.index = index;
    const pool = new AssemblyPool();
    this.listener = new Listener(
      settings,
      (connection) => new KafkaSession(context, connection, pool),
      context.clock,
      context.logger,
    );
  }

  async listen(): Promise<Address> {
    const address = await this.listener.listen();
    this.context.nodes.listening(this.index, address.port);
    return address;
  }

  renewTls(tls: TlsSettings): void {
    this.listener.renewTls(tls);
  }

  close(): Promise<void> {
    return this.listener.close();
  }
}

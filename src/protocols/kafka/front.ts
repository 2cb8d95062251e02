import type { Address, Front } from '../front.js';
import { Listener, type ListenerSettings, type TlsSettings } from '../listener.js';
import type { FrontFacts } from '../watching.js';
import { AssemblyPool } from './assembly-pool.js';
import { type KafkaContext, type KafkaParts, KafkaTraffic } from './context.js';
import { KafkaSession } from './session.js';

/** The Kafka protocol on one port. */
export class KafkaFront implements Front {
  readonly name = 'kafka';
  private readonly listener: Listener;
  private readonly context: KafkaContext;
  private readonly index: number;

  /** `index`: which of the context's nodes this port stands for. */
  constructor(parts: KafkaParts, settings: ListenerSettings, index = 0) {
    const context = { ...parts, traffic: new KafkaTraffic() };
    this.context = context;
    this.index = index;
    const pool = new AssemblyPool(context.broker.storage.pool);
    this.listener = new Listener(
      settings,
      (connection) => new KafkaSession(context, connection, pool),
      context.clock,
      context.logger,
    );
  }

  get facts(): FrontFacts {
    const { produced, fetched } = this.context.traffic;
    const { counts } = this.listener;
    // Kafka's clients say how far they are, not what they are done with, and read again without saying so.
    return {
      name: 'kafka',
      connections: counts,
      messagesIn: produced,
      messagesOut: fetched,
      messagesOutAgain: 0,
      messagesDone: 0,
    };
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

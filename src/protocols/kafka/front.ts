import type { ConnectionCounts } from '../connection-counts.js';
import type { Address, Front } from '../front.js';
import { Listener, type ListenerSettings, type TlsSettings } from '../listener.js';
import { type KafkaContext, type KafkaParts, KafkaTraffic } from './context.js';
import { AssemblyPool } from './frame.js';
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
    const pool = new AssemblyPool();
    this.listener = new Listener(
      settings,
      (connection) => new KafkaSession(context, connection, pool),
      context.clock,
      context.logger,
    );
  }

  get traffic(): KafkaTraffic {
    return this.context.traffic;
  }

  get counts(): ConnectionCounts {
    return this.listener.counts;
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

import type { Address, Front } from '../front.js';
import { Listener, type ListenerSettings } from '../listener.js';
import type { KafkaContext } from './context.js';
import { AssemblyPool } from './frame.js';
import { KafkaSession } from './session.js';

/** The Kafka protocol on one port. */
export class KafkaFront implements Front {
  readonly name = 'kafka';
  private readonly listener: Listener;

  constructor(context: KafkaContext, settings: ListenerSettings) {
    const pool = new AssemblyPool();
    this.listener = new Listener(
      settings,
      (connection) => new KafkaSession(context, connection, pool),
      context.clock,
      context.logger,
    );
  }

  listen(): Promise<Address> {
    return this.listener.listen();
  }

  close(): Promise<void> {
    return this.listener.close();
  }
}

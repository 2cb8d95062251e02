import { Broker } from '../../src/broker/broker.js';
import { brokerOptions, kafkaSettings } from '../../src/broker-options.js';
import { optionsFrom } from '../../src/config/values.js';
import { systemClock } from '../../src/lib/clock.js';
import type { Logger } from '../../src/lib/logger.js';
import { systemRandom } from '../../src/lib/random.js';
import { FetchSessions } from '../../src/protocols/kafka/fetch-sessions.js';
import { KafkaFront } from '../../src/protocols/kafka/front.js';
import { KafkaNodes } from '../../src/protocols/kafka/nodes.js';
import type { Store } from '../../src/store/store.js';

/** A broker over a store of the test's own, and Kafka's front alone before it, in this process. */
export class ServedStore {
  readonly broker: Broker;
  readonly port: number;
  private readonly front: KafkaFront;

  private constructor(broker: Broker, front: KafkaFront, port: number) {
    this.broker = broker;
    this.front = front;
    this.port = port;
  }

  static async open(store: Store, logger: Logger, closeGraceMs = 1000): Promise<ServedStore> {
    const options = optionsFrom({ memory: true });
    const shared = { clock: systemClock, logger };
    const broker = await Broker.open({ store, random: systemRandom, epoch: 1, ...shared }, brokerOptions(options));
    const nodes = new KafkaNodes(options.nodeId, 1);
    const fetchSessions = new FetchSessions(systemClock);
    const settings = kafkaSettings(options, 'cluster');
    const listening = {
      front: 'kafka',
      host: '127.0.0.1',
      port: 0,
      connectionsMax: 100,
      connectionIdleMs: 0,
      writeQueueBytesMax: 1024 * 1024,
      closeGraceMs,
    };
    const front = new KafkaFront({ broker, nodes, fetchSessions, settings, ...shared }, listening);
    const { port } = await front.listen();
    return new ServedStore(broker, front, port);
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    await this.front.close();
    await this.broker.close();
  }
}

import type { TestContext } from 'node:test';
import { Broker } from '../../../src/broker/broker.js';
import { amqpSettings, brokerOptions } from '../../../src/broker-options.js';
import { optionsFrom } from '../../../src/config/values.js';
import type { NaruSettings } from '../../../src/embed.js';
import { systemClock } from '../../../src/lib/clock.js';
import { silentLogger } from '../../../src/lib/logger.js';
import { systemRandom } from '../../../src/lib/random.js';
import { AmqpFront } from '../../../src/protocols/amqp/front.js';
import { OutSlab } from '../../../src/protocols/amqp/wire-out.js';
import { createFaults, type Faults } from '../../../src/store/faults.js';
import { type CrashKind, MemoryDisk } from '../../../src/store/memory-disk.js';
import type { WireChannel } from '../wire-channel.js';
import { type Manners, WireClient } from '../wire-client.js';

/** A broker and its AMQP front over a disk on which a test lets things go wrong. */
export class FaultyHome {
  readonly faults: Faults;
  readonly broker: Broker;
  readonly front: AmqpFront;
  readonly disk: MemoryDisk;
  private readonly port: number;
  private readonly settings: NaruSettings;
  private readonly clients: WireClient[] = [];
  private over = false;

  private constructor(broker: Broker, front: AmqpFront, disk: MemoryDisk, port: number, settings: NaruSettings) {
    this.broker = broker;
    this.front = front;
    this.disk = disk;
    this.faults = disk.faults!;
    this.port = port;
    this.settings = settings;
  }

  static async open(
    context: TestContext,
    settings: NaruSettings = {},
    disk: MemoryDisk = new MemoryDisk(systemClock, systemRandom, createFaults()),
  ): Promise<FaultyHome> {
    const options = optionsFrom({ memory: true, closeGraceMs: 200, ...settings });
    const parts = { store: disk, clock: systemClock, random: systemRandom, logger: silentLogger, epoch: 1 };
    const broker = await Broker.open(parts, brokerOptions(options));
    const front = new AmqpFront(
      {
        broker,
        settings: amqpSettings(options, 'cluster'),
        clock: systemClock,
        random: systemRandom,
        logger: silentLogger,
        slab: new OutSlab(),
        sessions: new Set(),
      },
      {
        front: 'amqp',
        host: '127.0.0.1',
        port: 0,
        connectionsMax: 100,
        connectionIdleMs: 0,
        writeQueueBytesMax: 1024 * 1024,
        closeGraceMs: 200,
      },
    );
    const { port } = await front.listen();
    const home = new FaultyHome(broker, front, disk, port, settings);
    context.after(() => home.close());
    return home;
  }

  async channel(manners?: Manners): Promise<WireChannel> {
    const client = await WireClient.connect(`amqp://127.0.0.1:${this.port}`, manners);
    this.clients.push(client);
    return client.channel();
  }

  /** Ends at once, and goes on with what the disk has then. */
  async crash(context: TestContext, kind: CrashKind): Promise<FaultyHome> {
    const disk = this.disk.crash(kind);
    // Nothing that the broker had under way will ever end.
    await this.endFront();
    return FaultyHome.open(context, this.settings, disk);
  }

  async close(): Promise<void> {
    if (this.over) return;
    // The broker's own timers keep no process alive, and a slow disk is made of them.
    const alive = setInterval(() => {}, 1000);
    await this.endFront();
    await this.broker.close();
    clearInterval(alive);
  }

  private async endFront(): Promise<void> {
    this.over = true;
    for (const client of this.clients) client.cut();
    await this.front.close();
  }
}

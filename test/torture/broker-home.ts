import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { BrokerProcess } from './broker-process.js';

/** A data directory of a test's own, with the brokers that run on it: all gone with the test. */
export class BrokerHome {
  readonly data: string;
  private readonly brokers: BrokerProcess[] = [];

  private constructor(data: string) {
    this.data = data;
  }

  static async make(context: TestContext): Promise<BrokerHome> {
    const folder = await mkdtemp(join(tmpdir(), 'naru-home-'));
    const home = new BrokerHome(join(folder, 'data'));
    context.after(async () => {
      for (const broker of home.brokers) await broker.kill();
      await rm(folder, { recursive: true, force: true });
    });
    return home;
  }

  async start(options: readonly string[] = []): Promise<BrokerProcess> {
    const broker = new BrokerProcess(this.data, options);
    this.brokers.push(broker);
    if (await broker.ready()) return broker;
    throw new Error(`the broker does not start: ${JSON.stringify(broker.lines)}`);
  }
}

import type { TestContext } from 'node:test';
import { AdminFront } from '../../src/admin/front.js';
import { Broker } from '../../src/broker/broker.js';
import { brokerOptions } from '../../src/broker-options.js';
import { optionsFrom } from '../../src/config/values.js';
import { systemClock } from '../../src/lib/clock.js';
import { silentLogger } from '../../src/lib/logger.js';
import { systemRandom } from '../../src/lib/random.js';
import { MemoryDisk } from '../../src/store/memory-disk.js';

/** A port of metrics over a broker that the test fills itself. */
export async function metricsFront(
  context: TestContext,
  { metricsOpen = true, metricsObjectsMax = 10_000 }: { metricsOpen?: boolean; metricsObjectsMax?: number },
): Promise<{ readonly url: string; readonly broker: Broker }> {
  const store = new MemoryDisk(systemClock, systemRandom);
  const parts = { store, clock: systemClock, random: systemRandom, logger: silentLogger, epoch: 1 };
  const broker = await Broker.open(parts, brokerOptions(optionsFrom({ memory: true })));
  const source = {
    readiness: 'ready' as const,
    currentBroker: () => broker,
    connections: () => [],
    desk: () => null,
    facts: () => ({ clusterId: 'c', nodeId: 1, uptimeMs: 5, listening: [], traffic: null }),
    metrics: () => ({ uptimeMs: 5, fronts: [], amqp: null, kafka: { brokers: [], leaderOf: () => 1 } }),
  };
  const listening = { host: '127.0.0.1', port: 0, connectionsMax: 10, closeGraceMs: 100 };
  const front = new AdminFront({ ...listening, metricsOpen, metricsObjectsMax }, source, systemClock, 'metrics');
  context.after(async () => {
    await front.close();
    await broker.close();
  });
  const { port } = await front.listen();
  return { url: `http://127.0.0.1:${port}`, broker };
}

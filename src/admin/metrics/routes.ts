import type { Broker } from '../../broker/broker.js';
import type { LoopLag } from '../../lib/loop-lag.js';
import type { Api, Audience } from '../api.js';
import { contentTypes, Exposition, formatFor } from './exposition.js';
import { frontMetrics } from './fronts.js';
import { kafkaMetrics } from './kafka.js';
import { objectMetrics } from './objects.js';
import { processMetrics } from './process.js';
import { rabbitMetrics, rabbitPerObject } from './rabbitmq.js';
import { type MetricsFacts, type Scrape, scrapeOf } from './scrape.js';
import { storageMetrics } from './storage.js';

type Told = (out: Exposition, scrape: Scrape) => void;

const everything: readonly Told[] = [
  processMetrics,
  storageMetrics,
  frontMetrics,
  objectMetrics,
  rabbitMetrics,
  kafkaMetrics,
];

/** `/metrics` for everything, and `/metrics/per-object` for RabbitMQ's names with the names of queues. */
export function metricsRoutes(
  api: Api,
  audience: Audience | null,
  facts: () => MetricsFacts,
  lag: LoopLag,
  objectsMax: number,
): void {
  const route = (path: string, told: readonly Told[]): void =>
    api.page(path, audience, (broker, accept) => {
      const out = new Exposition(formatFor(accept));
      tell(out, told, broker, facts(), lag, objectsMax);
      return { type: contentTypes[out.format], text: out.text() };
    });
  route('/metrics', everything);
  route('/metrics/per-object', [rabbitPerObject]);
}

function tell(
  out: Exposition,
  told: readonly Told[],
  broker: Broker,
  facts: MetricsFacts,
  lag: LoopLag,
  objectsMax: number,
): void {
  const { clock } = broker.storage;
  const startedMs = clock.monotonic();
  const scrape = scrapeOf(broker, facts, lag, objectsMax);
  for (const each of told) each(out, scrape);
  out.gauge('naru_scrape_seconds', 'How long it took to gather this.', (clock.monotonic() - startedMs) / 1000);
}

import type { Api } from './api.js';
import type { AdminSource } from './front.js';
import { groupRoutes } from './groups/groups.js';
import { journalRoutes } from './journal.js';
import { openApiRoute } from './openapi/document.js';
import { peekingRoutes } from './queues/peeking.js';
import { workingAgainRoutes } from './queues/working-again.js';
import { browsingRoutes } from './topics/browsing.js';
import { producingRoutes } from './topics/producing.js';
import { tailRoutes } from './topics/tail.js';
import { topicRoutes } from './topics/topics.js';
import { traceRoutes } from './trace/trace.js';

/** What the management API has beyond RabbitMQ's. */
export function ownRoutes(api: Api, source: AdminSource): void {
  topicRoutes(api, () => source.metrics().kafka?.leaderOf ?? null);
  browsingRoutes(api);
  tailRoutes(api, source);
  producingRoutes(api);
  groupRoutes(api);
  peekingRoutes(api);
  workingAgainRoutes(api);
  traceRoutes(api);
  journalRoutes(api);
  openApiRoute(api);
}

import type { FastifyError, FastifyInstance } from 'fastify';
import type { Broker } from '../broker/broker.js';
import type { Clock } from '../lib/clock.js';
import { LoopLag } from '../lib/loop-lag.js';
import { SocketCounts } from '../protocols/connection-counts.js';
import type { Address, Front } from '../protocols/front.js';
import type { FrontFacts, MessageDesk, WatchedConnection } from '../protocols/watching.js';
import { accessKeyRoutes } from './access-keys.js';
import { alivenessRoutes } from './aliveness.js';
import { Api } from './api.js';
import { bindingRoutes } from './bindings.js';
import { connectionRoutes } from './connections.js';
import { definitionRoutes } from './definitions.js';
import { exchangeRoutes } from './exchanges.js';
import { healthRoutes } from './health.js';
import { messageRoutes } from './messages.js';
import { metricsRoutes } from './metrics/routes.js';
import type { MetricsFacts } from './metrics/scrape.js';
import { overviewRoutes, type ProcessFacts } from './overview.js';
import { ownRoutes } from './own-routes.js';
import { parameterRoutes } from './parameters.js';
import { permissionRoutes } from './permissions.js';
import { policyRoutes } from './policies.js';
import { queueRoutes } from './queues.js';
import { userRoutes } from './users.js';
import { vhostRoutes } from './vhosts.js';

export type Readiness = 'starting' | 'ready' | 'closing';

/** What the admin API tells of the process it is part of. */
export interface AdminSource {
  readonly readiness: Readiness;
  facts(): ProcessFacts;
  /** Null while the broker is not there. */
  currentBroker(): Broker | null;
  /** Those that clients have open. */
  connections(): Iterable<WatchedConnection>;
  /** Null while there is none. */
  desk(): MessageDesk | null;
  metrics(): MetricsFacts;
}

export interface AdminSettings {
  readonly host: string;
  readonly port: number;
  readonly connectionsMax: number;
  readonly closeGraceMs: number;
  /** Whether anybody who reaches the port may read metrics, and of how many objects they tell one by one. */
  readonly metricsOpen: boolean;
  readonly metricsObjectsMax: number;
}

/** Requests carry settings, not messages in bulk. */
const bodyBytesMax = 1_048_576;
const requestMs = 30_000;
/** The name of a connection, a queue of 255 bytes, each of them encoded: longer than what the router expects by itself. */
const partCharsMax = 4096;

/**
 * The HTTP front: health, metrics and the REST API. It opens before the broker recovers, so that health can say so.
 * Called `metrics` it has these alone, for a port of their own.
 */
export class AdminFront implements Front {
  readonly name: 'http' | 'metrics';
  private readonly counts: SocketCounts = new SocketCounts();
  private readonly lag: LoopLag;
  private readonly settings: AdminSettings;
  private readonly source: AdminSource;
  private readonly clock: Clock;
  private app: FastifyInstance | undefined;

  constructor(settings: AdminSettings, source: AdminSource, clock: Clock, name: 'http' | 'metrics' = 'http') {
    this.name = name;
    this.settings = settings;
    this.source = source;
    this.clock = clock;
    this.lag = new LoopLag(clock);
  }

  async listen(): Promise<Address> {
    const { fastify } = await import('fastify');
    const app = fastify({
      logger: false,
      bodyLimit: bodyBytesMax,
      requestTimeout: requestMs,
      // Clients ask for /api/connections/ too.
      routerOptions: { maxParamLength: partCharsMax, ignoreTrailingSlash: true },
      forceCloseConnections: 'idle',
      return503OnClosing: true,
    });
    app.server.maxConnections = this.settings.connectionsMax;
    app.server.on('connection', (socket) => this.counts.add(socket));
    app.setNotFoundHandler((request, reply) =>
      reply
        .code(404)
        .send({ error: 'Object Not Found', reason: `there is no ${request.method} ${pathOf(request.url)}` }),
    );
    app.setErrorHandler((error: FastifyError, _request, reply) => {
      const status = error.statusCode ?? 500;
      // What went wrong inside is for the log, not for whoever asks.
      const reason = status < 500 ? error.message : 'the request failed';
      return reply.code(status).send({ error: status < 500 ? 'bad_request' : 'internal', reason });
    });
    this.routes(app);
    const { host, port } = this.settings;
    await app.listen({ host, port });
    this.app = app;
    this.lag.start();
    const bound = app.server.address();
    return { host, port: bound !== null && typeof bound === 'object' ? bound.port : port };
  }

  get frontFacts(): FrontFacts {
    const none = { messagesIn: 0, messagesOut: 0, messagesOutAgain: 0, messagesDone: 0 };
    return { name: this.name, connections: this.counts, ...none };
  }

  private routes(app: FastifyInstance): void {
    const { source, settings } = this;
    const api = new Api(app, () => source.currentBroker(), this.clock);
    if (this.name === 'http') managementRoutes(api, source);
    const audience = settings.metricsOpen ? null : 'monitoring';
    metricsRoutes(api, audience, () => source.metrics(), this.lag, settings.metricsObjectsMax);
    app.get('/healthz', (_request, reply) => {
      const { readiness } = source;
      return reply.code(readiness === 'ready' ? 200 : 503).send({ status: readiness });
    });
  }

  async close(): Promise<void> {
    const app = this.app;
    if (app === undefined) return;
    this.app = undefined;
    this.lag.stop();
    const grace = this.clock.after(this.settings.closeGraceMs, () => app.server.closeAllConnections());
    await app.close();
    grace.cancel();
  }
}

function pathOf(url: string): string {
  const cut = url.indexOf('?');
  return cut < 0 ? url : url.slice(0, cut);
}

/** All of the management API: docs/management-api.md lists it. */
export function managementRoutes(api: Api, source: AdminSource): void {
  const facts = (): ProcessFacts => source.facts();
  const connections = (): Iterable<WatchedConnection> => source.connections();
  overviewRoutes(api, facts, connections);
  healthRoutes(api, facts);
  userRoutes(api);
  accessKeyRoutes(api);
  permissionRoutes(api);
  vhostRoutes(api);
  policyRoutes(api);
  parameterRoutes(api);
  definitionRoutes(api);
  exchangeRoutes(api);
  bindingRoutes(api);
  queueRoutes(api, connections);
  messageRoutes(api, () => source.desk());
  connectionRoutes(api, connections);
  alivenessRoutes(api);
  ownRoutes(api, source);
}

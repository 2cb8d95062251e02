import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyError, FastifyInstance } from 'fastify';
import type { Broker } from '../broker/broker.js';
import type { Clock } from '../lib/clock.js';
import { LoopLag } from '../lib/loop-lag.js';
import type { Address, Front } from '../protocols/front.js';
import { HttpListener, type HttpSettings } from '../protocols/http-listener.js';
import type { TlsSettings } from '../protocols/listener.js';
import type { FrontFacts, MessageDesk, WatchedConnection } from '../protocols/watching.js';
import { accessKeyRoutes } from './access-keys.js';
import { alivenessRoutes } from './aliveness.js';
import { Api } from './api.js';
import { bindingRoutes } from './bindings.js';
import { connectionRoutes } from './connections.js';
import type { LiveStreams } from './console/live.js';
import { consoleRoutes } from './console/routes.js';
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

export interface AdminSettings extends HttpSettings {
  /** Whether anybody who reaches the port may read metrics, and of how many objects they tell one by one. */
  readonly metricsOpen: boolean;
  readonly metricsObjectsMax: number;
}

/** Requests carry settings, not messages in bulk. */
const bodyBytesMax = 1_048_576;
const times = { keepAliveMs: 72_000, requestMs: 30_000 };
/** The name of a connection, a queue of 255 bytes, each of them encoded: longer than what the router expects by itself. */
const partCharsMax = 4096;

/**
 * The HTTP front: health, metrics and the REST API. It opens before the broker recovers, so that health can say so.
 * Called `metrics` it has these alone, for a port of their own. Whoever only asks for health, or for nothing, does not
 * pay for the API: fastify and the routes take 80 ms and 13 MB, and come with the first request for anything else.
 */
export class AdminFront implements Front {
  readonly name: 'http' | 'metrics';
  private readonly http: HttpListener;
  private readonly lag: LoopLag;
  private readonly settings: AdminSettings;
  private readonly source: AdminSource;
  private readonly clock: Clock;
  private loading: Promise<FastifyInstance> | undefined;
  private app: FastifyInstance | undefined;
  private live: LiveStreams | undefined;

  constructor(settings: AdminSettings, source: AdminSource, clock: Clock, name: 'http' | 'metrics' = 'http') {
    this.name = name;
    this.settings = settings;
    this.source = source;
    this.clock = clock;
    this.lag = new LoopLag(clock);
    this.http = new HttpListener(settings, times, clock, (request, response) => this.receive(request, response));
  }

  async listen(): Promise<Address> {
    const address = await this.http.listen();
    this.lag.start();
    return address;
  }

  /** Takes other certificates for the connections that come from now on. */
  renewTls(tls: TlsSettings): void {
    this.http.renewTls(tls);
  }

  private receive(request: IncomingMessage, response: ServerResponse): void {
    if (request.url === '/healthz' && request.method === 'GET') {
      this.tellHealth(response);
      return;
    }
    if (this.app !== undefined) {
      this.app.routing(request, response);
      return;
    }
    this.loading ??= this.load();
    this.loading.then(
      (app) => app.routing(request, response),
      (error: unknown) => {
        response.writeHead(500, { 'content-type': 'application/json; charset=utf-8' });
        response.end(JSON.stringify({ error: 'internal', reason: `the API cannot be loaded: ${String(error)}` }));
      },
    );
  }

  private tellHealth(response: ServerResponse): void {
    const { readiness } = this.source;
    response.writeHead(readiness === 'ready' ? 200 : 503, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify({ status: readiness }));
  }

  private async load(): Promise<FastifyInstance> {
    const { fastify } = await import('fastify');
    const app = fastify({
      logger: false,
      bodyLimit: bodyBytesMax,
      // Clients ask for /api/connections/ too.
      routerOptions: { maxParamLength: partCharsMax, ignoreTrailingSlash: true },
      // No route has a schema; what would compile them takes half of the time and memory that fastify takes.
      schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
      return503OnClosing: true,
    });
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
    await app.ready();
    this.app = app;
    return app;
  }

  get frontFacts(): FrontFacts {
    const none = { messagesIn: 0, messagesOut: 0, messagesOutAgain: 0, messagesDone: 0 };
    return { name: this.name, connections: this.http.counts, ...none };
  }

  private routes(app: FastifyInstance): void {
    const { source, settings } = this;
    const api = new Api(app, () => source.currentBroker(), this.clock);
    if (this.name === 'http') {
      managementRoutes(api, source);
      this.live = consoleRoutes(app, api, source, this.clock, this.lag);
    }
    const audience = settings.metricsOpen ? null : 'monitoring';
    metricsRoutes(api, audience, () => source.metrics(), this.lag, settings.metricsObjectsMax);
    // HEAD, or with a query: GET alone is answered before it comes here.
    app.get('/healthz', (_request, reply) => {
      const { readiness } = source;
      return reply.code(readiness === 'ready' ? 200 : 503).send({ status: readiness });
    });
  }

  async close(): Promise<void> {
    this.lag.stop();
    // These have no end of their own.
    this.live?.close();
    const closed = this.http.close();
    // Its hooks end what would be answered for ever, such as a stream of events.
    const app = await this.loading?.catch(() => undefined);
    await Promise.all([closed, app?.close()]);
  }
}

function noSchemas(): never {
  throw new Error('routes have no schemas here');
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

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { principalOf } from '../broker/access/access.js';
import { administratorTag } from '../broker/access/user.js';
import type { Broker } from '../broker/broker.js';
import { InvalidDefinition, JsonFields } from '../broker/definitions/json-fields.js';
import { BrokerError } from '../broker/errors.js';
import type { Vhost } from '../broker/vhost.js';
import { type Clock, sleep } from '../lib/clock.js';
import type { JsonObject, JsonValue } from '../lib/json.js';
import { Slices } from '../lib/slices.js';
import { HttpError, notAuthorized, notFound } from './http-error.js';
import { listed, listedEach, type Naming, type Query, shownAlone, type Tell } from './listing.js';

/** Whom a route is for. Each may do what those before it may, but policy makers and monitors do not include each other. */
export type Audience = 'management' | 'monitoring' | 'policymaker' | 'administrator';

const includedIn: Readonly<Record<Audience, readonly string[]>> = {
  management: ['management', 'policymaker', 'monitoring', administratorTag],
  monitoring: ['monitoring', administratorTag],
  policymaker: ['policymaker', administratorTag],
  administrator: [administratorTag],
};

const refusals: Readonly<Record<Audience, string>> = {
  management: 'this is for administrators and for users with a tag such as management',
  monitoring: 'this is for users with the tag monitoring, and for administrators',
  policymaker: 'this is for users with the tag policymaker, and for administrators',
  administrator: 'this is for administrators',
};

/** Who asks. */
export interface Caller {
  readonly name: string;
  readonly tags: readonly string[];
}

/** Who a request comes from by what it brings besides a password; null where it brings nothing that is known. */
export type Recognition = (request: FastifyRequest, broker: Broker) => Caller | HttpError | null;

/** Said by pages of ours: a browser is not to ask for the password in a window of its own. */
const ownPageHeader = 'x-naru-console';

/** Nobody is asked who they are while there are no users. */
const everybody = 'guest';
const failureDelayMs = 100;

/** One request that was let in. */
export class Call {
  readonly broker: Broker;
  readonly caller: Caller;
  private readonly request: FastifyRequest;
  private readonly reply: FastifyReply;

  constructor(broker: Broker, caller: Caller, request: FastifyRequest, reply: FastifyReply) {
    this.broker = broker;
    this.caller = caller;
    this.request = request;
    this.reply = reply;
  }

  /** A part of the path, decoded. */
  param(name: string): string {
    return (this.request.params as Record<string, string | undefined>)[name] ?? '';
  }

  get query(): Query {
    return this.request.query as Query;
  }

  /** What was sent, as it is. */
  get json(): JsonValue {
    return (this.request.body as JsonValue | undefined) ?? {};
  }

  /** What was sent, an object. */
  get body(): JsonFields {
    return new JsonFields(this.json, 'the request');
  }

  /** What follows the question mark, each name said once. */
  get asked(): JsonFields {
    return new JsonFields(this.query as JsonObject, 'the query');
  }

  /** The address of who asks. */
  get host(): string {
    return this.request.ip;
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  is(audience: Audience): boolean {
    return includedIn[audience].some((tag) => this.caller.tags.includes(tag));
  }

  demand(audience: Audience): void {
    if (!this.is(audience)) throw notAuthorized(refusals[audience]);
  }

  /** Whether the caller gets to see a virtual host. */
  sees(vhost: string): boolean {
    return this.is('monitoring') || this.broker.permissions.allowsVhost(this.caller.name, vhost);
  }

  /** The virtual host that the path names. */
  vhost(): Vhost {
    const name = this.param('vhost');
    const vhost = this.broker.vhosts.get(name);
    if (vhost === undefined) throw notFound(`there is no virtual host ${name}`);
    if (!this.sees(name)) throw notAuthorized('User not authorised to access virtual host');
    return vhost;
  }

  /** Those that the caller sees: all, or the one that the path names. */
  vhosts(): Vhost[] {
    if (this.param('vhost') !== '') return [this.vhost()];
    return [...this.broker.vhosts.all()].filter(({ name }) => this.sees(name));
  }

  /** What the caller may do with an exchange or queue; throws when it may not. */
  demandPermission(vhost: string, kind: 'configure' | 'write' | 'read', name: string): void {
    if (this.broker.permissions.allows(this.caller.name, vhost, kind, name)) return;
    throw notAuthorized(`${kind} access to '${name}' in vhost '${vhost}' refused for user '${this.caller.name}'`);
  }

  list(items: readonly JsonObject[], order: readonly string[] = ['vhost', 'name']): JsonValue {
    return listed(items, this.query, order);
  }

  /** As `list`, but tells only of those that are asked for, in stretches: for what there may be many of. */
  listEach<T>(things: readonly T[], naming: Naming<T>, tell: Tell<T>): Promise<JsonValue> {
    return listedEach(things, naming, tell, this.query, new Slices(this.broker.storage.clock));
  }

  shown(item: JsonObject): JsonObject {
    return shownAlone(item, this.query);
  }

  /** Says that something was made or only changed; nothing more is said. */
  put(isNew: boolean): undefined {
    this.reply.code(isNew ? 201 : 204);
    return undefined;
  }

  status(code: number): void {
    this.reply.code(code);
  }

  responseHeader(name: string, value: string): void {
    this.reply.header(name, value);
  }
}

/** A route as it was added, for who describes them. */
export interface RouteFacts {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly audience: Audience;
  /** It is answered by server-sent events. */
  readonly streams: boolean;
}

/** Answers JSON, or nothing for 204 unless another status was set. */
export type Handler = (call: Call) => JsonValue | undefined | Promise<JsonValue | undefined>;

/** `again` makes the call anew, for the broker there is then; throws when the caller may not come in any more. */
export type StreamHandler = (request: FastifyRequest, reply: FastifyReply, again: (broker: Broker) => Call) => unknown;

/** Answers text for whoever accepts what it says. */
export type PageHandler = (
  broker: Broker,
  accept: string | undefined,
) => { readonly type: string; readonly text: string };

/**
 * The routes of the management API: who may use them, in what form they answer, and that a change is durable before it
 * is answered for.
 */
export class Api {
  readonly routes: RouteFacts[] = [];
  private readonly app: FastifyInstance;
  private readonly broker: () => Broker | null;
  private readonly clock: Clock;
  private readonly callers = new WeakMap<FastifyRequest, Caller>();
  /** Paths at which nobody is asked who they are. */
  private readonly unguarded = new Set(['/healthz']);
  private readonly unguardedFolders: string[] = [];
  /** Asked before passwords are. */
  recognize: Recognition = () => null;

  constructor(app: FastifyInstance, broker: () => Broker | null, clock: Clock) {
    this.app = app;
    this.broker = broker;
    this.clock = clock;
    this.readBodies();
    app.addHook('onRequest', (request, reply) => this.letIn(request, reply));
  }

  get(path: string, audience: Audience, handler: Handler): void {
    this.route('GET', path, audience, handler);
  }

  /** `bodyBytesMax` where requests are larger than usual. */
  put(path: string, audience: Audience, handler: Handler, bodyBytesMax?: number): void {
    this.route('PUT', path, audience, handler, bodyBytesMax);
  }

  post(path: string, audience: Audience, handler: Handler, bodyBytesMax?: number): void {
    this.route('POST', path, audience, handler, bodyBytesMax);
  }

  delete(path: string, audience: Audience, handler: Handler): void {
    this.route('DELETE', path, audience, handler);
  }

  /** Lets everybody in at a path, or below one that ends with a slash; what is served there is for the caller to say. */
  openTo(path: string): void {
    if (path.length > 1 && path.endsWith('/')) this.unguardedFolders.push(path);
    else this.unguarded.add(path);
  }

  /** What goes on after it was answered: the handler gets the call, made anew for a broker, and ends the reply itself. */
  stream(path: string, audience: Audience, handler: StreamHandler): void {
    this.routes.push({ method: 'GET', path, audience, streams: true });
    this.app.get(path, (request, reply) => {
      const broker = this.broker();
      if (broker === null) return unavailable(reply);
      const caller = this.callers.get(request)!;
      try {
        new Call(broker, caller, request, reply).demand(audience);
        return handler(
          request,
          reply,
          (current) => new Call(current, this.recognizedAgain(request, current), request, reply),
        );
      } catch (error) {
        return refuse(reply, error);
      }
    });
  }

  /** Who was let in may have been sent away since. */
  private recognizedAgain(request: FastifyRequest, broker: Broker): Caller {
    const caller = this.callers.get(request)!;
    if (broker.access.open) return caller;
    if (basicCredentials(request.headers.authorization) !== null) {
      if (broker.access.user(caller.name) === undefined) throw notAuthorized('that user is not there any more');
      return caller;
    }
    const known = this.recognize(request, broker);
    if (known === null || known instanceof HttpError) throw known ?? notAuthorized('Login failed: the session is over');
    return known;
  }

  /** A page of text; without an audience it is for everybody who reaches the port. */
  page(path: string, audience: Audience | null, handler: PageHandler): void {
    if (audience === null) this.unguarded.add(path);
    this.app.get(path, (request, reply) => {
      const broker = this.broker();
      if (broker === null) return unavailable(reply);
      try {
        if (audience !== null) new Call(broker, this.callers.get(request)!, request, reply).demand(audience);
        const { type, text } = handler(broker, request.headers.accept);
        return reply.header('cache-control', 'no-cache').type(type).send(text);
      } catch (error) {
        return refuse(reply, error);
      }
    });
  }

  private route(
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    url: string,
    audience: Audience,
    handler: Handler,
    bodyLimit?: number,
  ): void {
    const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const broker = this.broker();
      if (broker === null) return unavailable(reply);
      try {
        const call = new Call(broker, this.callers.get(request)!, request, reply);
        call.demand(audience);
        const value = await handler(call);
        if (method !== 'GET') await broker.storage.durable();
        if (value !== undefined)
          return reply.header('cache-control', 'no-cache').type('application/json').send(JSON.stringify(value));
        return reply.statusCode === 200 ? reply.code(204).send() : reply.send();
      } catch (error) {
        return refuse(reply, error);
      }
    };
    this.routes.push({ method, path: url, audience, streams: false });
    this.app.route({ method, url, handler: answer, ...(bodyLimit === undefined ? {} : { bodyLimit }) });
  }

  /** Whatever the type says, what is sent is JSON, and nothing stands for an empty object. */
  private readBodies(): void {
    const { app } = this;
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
      const text = (body as string).replace(/^\uFEFF/, '').trim();
      if (text === '' || text === 'null' || text === 'undefined') {
        done(null, {});
        return;
      }
      try {
        done(null, JSON.parse(text));
      } catch {
        done(Object.assign(new Error('what was sent is not JSON'), { statusCode: 400 }));
      }
    });
  }

  /** Asks who it is as soon as there are users: HTTP basic authentication. */
  private async letIn(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const path = request.url.split('?', 1)[0]!;
    if (this.unguarded.has(path) || this.unguardedFolders.some((folder) => path.startsWith(folder))) return undefined;
    if (isFromElsewhere(request))
      return refuse(reply, notAuthorized('pages of other sites may not change anything here'));
    const broker = this.broker();
    if (broker === null) return unavailable(reply);
    const { access } = broker;
    const credentials = basicCredentials(request.headers.authorization);
    if (access.open) {
      this.callers.set(request, { name: credentials?.name ?? everybody, tags: [administratorTag] });
      return undefined;
    }
    const known = credentials === null ? this.recognize(request, broker) : null;
    if (known instanceof HttpError) return refuse(reply, known);
    if (known !== null) return this.admit(request, reply, known);
    const right = credentials !== null && (await access.passwordIsRight(credentials.name, credentials.password));
    if (!right) {
      if (credentials !== null) await sleep(this.clock, failureDelayMs);
      return refuse(reply, notAuthorized('Login failed: a user name and its password are needed'));
    }
    return this.admit(request, reply, callerOf(broker, credentials.name));
  }

  private admit(request: FastifyRequest, reply: FastifyReply, caller: Caller): undefined | FastifyReply {
    this.callers.set(request, caller);
    // Routes that are not there as well, so that nothing is told of which there are.
    if (!caller.tags.some((tag) => includedIn.management.includes(tag)))
      return refuse(reply, notAuthorized(refusals.management));
    return undefined;
  }
}

/** A user whose password was right. */
export function callerOf({ access }: Broker, name: string): Caller {
  const superuser = access.isSuperuser(principalOf(name));
  return { name, tags: superuser ? [administratorTag] : (access.user(name)?.tags ?? []) };
}

/**
 * Whether a page of another site has a browser ask for a change. A browser sends simple POSTs without asking first, and this
 * machine's own API is open while there are no users.
 */
export function isFromElsewhere({ method, headers }: FastifyRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  const { origin, host } = headers;
  if (origin !== undefined) return !URL.canParse(origin) || new URL(origin).host !== host;
  return headers['sec-fetch-site'] === 'cross-site';
}

function unavailable(reply: FastifyReply): FastifyReply {
  return reply.code(503).send({ error: 'unavailable', reason: 'the broker is not ready' });
}

/** What went wrong, told to whoever asked; what is nobody's to know is thrown on. */
function refuse(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof HttpError) {
    if (error.status === 401 && reply.request.headers[ownPageHeader] === undefined)
      reply.header('www-authenticate', 'Basic realm="naru", charset="UTF-8"');
    return reply.code(error.status).send({ error: error.error, reason: error.message });
  }
  if (error instanceof InvalidDefinition) return reply.code(400).send({ error: 'bad_request', reason: error.message });
  if (!(error instanceof BrokerError)) throw error;
  const unable = /^(storage-|closing|damaged)/.test(error.code);
  return reply.code(unable ? 503 : 400).send({ error: unable ? error.code : 'bad_request', reason: error.message });
}

function basicCredentials(header: string | undefined): { readonly name: string; readonly password: string } | null {
  const match = /^basic +([a-z0-9+/=]+) *$/i.exec(header ?? '');
  if (match === null) return null;
  const text = Buffer.from(match[1]!, 'base64').toString('utf8');
  const at = text.indexOf(':');
  return at < 0 ? null : { name: text.slice(0, at), password: text.slice(at + 1) };
}

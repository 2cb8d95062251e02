import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Access, principalOf } from '../broker/access/access.js';
import type { User } from '../broker/access/user.js';
import { BrokerError } from '../broker/errors.js';
import { type Clock, sleep } from '../lib/clock.js';

/** What the routes below need of the broker. */
export interface AccessSource {
  readonly access: Access;
  /** Answers when all changes so far are durable. */
  durable(): Promise<void>;
}

/** What RabbitMQ calls whoever may do everything. */
const adminTag = 'administrator';
const failureDelayMs = 100;
const codes = { conflict: 409, unavailable: 503 } as const;

interface Named {
  readonly Params: { readonly name: string };
}

/**
 * Lets in who says who they are (HTTP basic authentication) as soon as there are users. What changes anything is for
 * administrators. `source` answers null while the broker is not there yet.
 */
export function guard(app: FastifyInstance, source: () => AccessSource | null, clock: Clock): void {
  const names = new WeakMap<FastifyRequest, string>();
  app.addHook('onRequest', async (request, reply) => {
    if (!isGuarded(request.url)) return;
    const found = source();
    if (found === null) return unavailable(reply);
    const { access } = found;
    if (access.open) return;
    const credentials = basicCredentials(request.headers.authorization);
    const right = credentials !== null && (await access.passwordIsRight(credentials.name, credentials.password));
    if (!right) {
      if (credentials !== null) await sleep(clock, failureDelayMs);
      reply.header('www-authenticate', 'Basic realm="naru", charset="UTF-8"');
      return reply.code(401).send({ error: 'not-authorised', reason: 'a user name and its password are needed' });
    }
    names.set(request, credentials.name);
    if (!isFor(access, credentials.name, request)) {
      return reply.code(403).send({ error: 'not-allowed', reason: 'this is for administrators' });
    }
    return undefined;
  });
  app.get('/api/whoami', (request) => {
    const name = names.get(request) ?? '';
    const user = source()?.access.user(name);
    return user === undefined ? { name: '', tags: [adminTag] } : told(user);
  });
}

/** Everything but health: routes that are not there as well, so that nothing is told of which there are. */
function isGuarded(url: string): boolean {
  return !/^\/healthz(\?|$)/.test(url);
}

function isFor(access: Access, name: string, request: FastifyRequest): boolean {
  if (access.isSuperuser(principalOf(name))) return true;
  return request.method === 'GET' && /^\/api\/(whoami|overview)(\?|$)/.test(request.url);
}

/** Users, in the shapes of RabbitMQ's management API. What is kept of a password is never told. */
export function userRoutes(app: FastifyInstance, source: () => AccessSource | null): void {
  const withAccess = async (
    reply: FastifyReply,
    act: (access: Access) => Promise<FastifyReply>,
  ): Promise<FastifyReply> => {
    const found = source();
    if (found === null) return unavailable(reply);
    try {
      return await act(found.access);
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      return reply.code(codes.unavailable).send({ error: error.code, reason: error.message });
    }
  };

  app.get('/api/users', (_request, reply) =>
    withAccess(reply, async (access) => reply.send(Array.from(access.users(), told))),
  );

  app.get<Named>('/api/users/:name', (request, reply) =>
    withAccess(reply, async (access) => {
      const user = access.user(request.params.name);
      return user === undefined ? notThere(reply, request.params.name) : reply.send(told(user));
    }),
  );

  app.put<Named>('/api/users/:name', (request, reply) =>
    withAccess(reply, async (access) => {
      const { name } = request.params;
      const asked = readBody(request.body);
      if (typeof asked === 'string') return badRequest(reply, asked);
      const fault =
        access.nameFault(name) ?? (asked.password === undefined ? null : access.passwordFault(asked.password));
      if (fault !== null) return badRequest(reply, fault);
      const credentials = asked.password === undefined ? [] : await access.credentialsFor(asked.password);
      const before = access.user(name);
      if (before !== undefined && request.headers['if-none-match'] === '*') {
        return reply.code(412).send({ error: 'exists', reason: `the user ${name} is there already` });
      }
      if (before === undefined && asked.password === undefined) return badRequest(reply, 'a user needs a password');
      const demotion = before !== undefined && asked.admin === false ? access.demotionFault(before) : null;
      if (demotion !== null) return reply.code(codes.conflict).send({ error: 'conflict', reason: demotion });
      access.putUser(name, credentials, asked.admin);
      await source()?.durable();
      return reply.code(before === undefined ? 201 : 204).send();
    }),
  );

  app.delete<Named>('/api/users/:name', (request, reply) =>
    withAccess(reply, async (access) => {
      const user = access.user(request.params.name);
      if (user === undefined) return notThere(reply, request.params.name);
      const fault = access.removalFault(user);
      if (fault !== null) return reply.code(codes.conflict).send({ error: 'conflict', reason: fault });
      access.removeUser(user);
      await source()?.durable();
      return reply.code(204).send();
    }),
  );
}

interface Asked {
  readonly password: string | undefined;
  readonly admin: boolean | undefined;
}

/** What is asked for, or what is wrong with it. Tags are a list, or a text with commas. */
function readBody(body: unknown): Asked | string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'an object in JSON is expected';
  const { password, tags, ...others } = body as Record<string, unknown>;
  const [other] = Object.keys(others);
  if (other !== undefined) return `${other}: there is no such field; a user has a password and tags`;
  if (password !== undefined && typeof password !== 'string') return 'the password is a text';
  if (tags === undefined) return { password, admin: undefined };
  const list = typeof tags === 'string' ? tags.split(',').map((tag) => tag.trim()) : tags;
  if (!Array.isArray(list)) return 'tags are a list of texts';
  const unknown = list.find((tag) => tag !== '' && tag !== adminTag);
  if (unknown !== undefined) return `the only tag is ${adminTag}`;
  return { password, admin: list.includes(adminTag) };
}

function told(user: User): { name: string; tags: string[] } {
  return { name: user.name, tags: user.admin ? [adminTag] : [] };
}

function notThere(reply: FastifyReply, name: string): FastifyReply {
  return reply.code(404).send({ error: 'not-found', reason: `there is no user ${name}` });
}

function badRequest(reply: FastifyReply, reason: string): FastifyReply {
  return reply.code(400).send({ error: 'bad-request', reason });
}

function unavailable(reply: FastifyReply): FastifyReply {
  return reply.code(503).send({ error: 'unavailable', reason: 'the broker is not ready' });
}

function basicCredentials(header: string | undefined): { readonly name: string; readonly password: string } | null {
  const match = /^basic +([a-z0-9+/=]+) *$/i.exec(header ?? '');
  if (match === null) return null;
  const text = Buffer.from(match[1]!, 'base64').toString('utf8');
  const at = text.indexOf(':');
  return at < 0 ? null : { name: text.slice(0, at), password: text.slice(at + 1) };
}

import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { administratorTag, type User } from '../../broker/access/user.js';
import type { Broker } from '../../broker/broker.js';
import { type Clock, sleep } from '../../lib/clock.js';
import type { JsonObject } from '../../lib/json.js';
import type { Random } from '../../lib/random.js';
import { type Api, type Caller, callerOf, isFromElsewhere } from '../api.js';
import { HttpError } from '../http-error.js';

export const sessionCookie = 'naru_session';
const tokenBytes = 32;
/** Nobody was here for so long. */
const idleMs = 12 * 3_600_000;
const sessionsMax = 1000;
const failureDelayMs = 100;
/** Each costs some tens of milliseconds of a worker thread. */
const attemptsAtOnceMax = 8;

/** Who may change something; a monitor only looks. */
const changers: readonly string[] = ['management', 'policymaker', administratorTag];

interface Session {
  /** As it was: another password, or other rights, ask for another login. */
  readonly user: User;
  usedMs: number;
}

export function onlyLooks({ tags }: Caller): boolean {
  return !tags.some((tag) => changers.includes(tag));
}

/**
 * Who is logged in to the console. A browser keeps a token that no script can read and that goes to this port alone; here is
 * only what it hashes to. Sessions are in memory: they end with the process, and with whatever changes about their user.
 */
export class Sessions {
  private readonly byHash = new Map<string, Session>();
  private readonly clock: Clock;
  private readonly random: Random;
  private attempts = 0;

  constructor(clock: Clock, random: Random) {
    this.clock = clock;
    this.random = random;
  }

  /** Monitors may look, over a session, and change nothing. */
  readonly recognize = (request: FastifyRequest, broker: Broker): Caller | HttpError | null => {
    const user = this.find(request, broker);
    if (user === null) return null;
    const caller = callerOf(broker, user.name);
    const changes = request.method !== 'GET' && request.method !== 'HEAD';
    if (changes && onlyLooks(caller))
      return new HttpError(403, 'read_only', `${user.name} may look and not change: that needs the tag management`);
    return caller;
  };

  mount(app: FastifyInstance, api: Api, currentBroker: () => Broker | null): void {
    const path = '/api/console/session';
    api.openTo(path);
    const guarded = (request: FastifyRequest, reply: FastifyReply): Broker | null => {
      reply.header('cache-control', 'no-store');
      const broker = currentBroker();
      if (broker === null) reply.code(503).send({ error: 'unavailable', reason: 'the broker is not ready' });
      else if (isFromElsewhere(request))
        reply.code(401).send({ error: 'not_authorized', reason: 'pages of other sites may not log in here' });
      else return broker;
      return null;
    };
    app.get(path, (request, reply) => {
      const broker = guarded(request, reply);
      return broker === null ? reply : reply.send(this.told(request, broker));
    });
    app.post(path, async (request, reply) => {
      const broker = guarded(request, reply);
      return broker === null ? reply : await this.logIn(request, reply, broker);
    });
    app.delete(path, (request, reply) => {
      if (guarded(request, reply) === null) return reply;
      const token = tokenIn(request);
      if (token !== null) this.byHash.delete(hashOf(token));
      return reply
        .header('set-cookie', cookie(request, '', 0))
        .code(204)
        .send();
    });
  }

  private told(request: FastifyRequest, broker: Broker): JsonObject {
    if (broker.access.open) return { open: true, user: { name: 'guest', tags: [administratorTag] }, readOnly: false };
    const user = this.find(request, broker);
    if (user === null) return { open: false, user: null, readOnly: true };
    const caller = callerOf(broker, user.name);
    return { open: false, user: { name: caller.name, tags: [...caller.tags] }, readOnly: onlyLooks(caller) };
  }

  private async logIn(request: FastifyRequest, reply: FastifyReply, broker: Broker): Promise<FastifyReply> {
    const { name, password } = (request.body ?? {}) as { readonly name?: unknown; readonly password?: unknown };
    if (typeof name !== 'string' || typeof password !== 'string')
      return reply.code(400).send({ error: 'bad_request', reason: 'a login has a name and a password' });
    if (this.attempts >= attemptsAtOnceMax)
      return reply.code(429).send({ error: 'too_many', reason: 'too many are logging in at once: try again' });
    this.attempts++;
    const right = await broker.access.passwordIsRight(name, password).finally(() => this.attempts--);
    const user = broker.access.user(name);
    if (!right || user === undefined) {
      await sleep(this.clock, failureDelayMs);
      return reply.code(403).send({ error: 'login_failed', reason: 'that is not the name and password of a user' });
    }
    const { tags } = callerOf(broker, name);
    if (!tags.some((tag) => tag === 'monitoring' || changers.includes(tag))) {
      const reason = `${name} has none of the tags monitoring, management, policymaker and administrator`;
      return reply.code(403).send({ error: 'not_authorized', reason });
    }
    const token = this.random.bytes(tokenBytes).toString('base64url');
    this.makeRoom();
    this.byHash.set(hashOf(token), { user, usedMs: this.clock.monotonic() });
    reply.header('set-cookie', cookie(request, token, null));
    return reply.send({ open: false, user: { name, tags: [...tags] }, readOnly: onlyLooks({ name, tags }) });
  }

  private find(request: FastifyRequest, { access }: Broker): User | null {
    const token = tokenIn(request);
    if (token === null) return null;
    const hash = hashOf(token);
    const session = this.byHash.get(hash);
    if (session === undefined) return null;
    const nowMs = this.clock.monotonic();
    if (nowMs - session.usedMs > idleMs || access.user(session.user.name) !== session.user) {
      this.byHash.delete(hash);
      return null;
    }
    session.usedMs = nowMs;
    return session.user;
  }

  private makeRoom(): void {
    const nowMs = this.clock.monotonic();
    for (const [hash, { usedMs }] of this.byHash) if (nowMs - usedMs > idleMs) this.byHash.delete(hash);
    // The first is the one that began longest ago.
    while (this.byHash.size >= sessionsMax) this.byHash.delete(this.byHash.keys().next().value!);
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function tokenIn({ headers }: FastifyRequest): string | null {
  for (const part of (headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2);
    if (name === sessionCookie && value !== undefined && value !== '') return value;
  }
  return null;
}

/** Over TLS, also where something before this port speaks it, it is not to be sent without. */
function cookie(request: FastifyRequest, token: string, maxAgeS: number | null): string {
  const secure = request.protocol === 'https' || request.headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
  const age = maxAgeS === null ? '' : `; Max-Age=${maxAgeS}`;
  return `${sessionCookie}=${token}; Path=/; HttpOnly; SameSite=Strict${age}${secure}`;
}

import { type Access, anonymous } from '../../broker/access/access.js';
import { type Exchange, type Identity, refused, type Step } from '../../broker/access/exchange.js';
import type { Mechanisms } from '../../broker/access/mechanisms.js';
import type { Subject } from '../../broker/access/rules.js';
import type { Clock } from '../../lib/clock.js';
import type { Ends } from '../connection.js';

/** How a handshake ended. */
export type Handshake = 'ok' | 'unsupported-mechanism' | 'illegal-state';

const unlimited = Number.POSITIVE_INFINITY;

/**
 * Who is at the other end of a connection, and how it came to be known:
 *
 *   anonymous, or the subject of a certificate → handshake → tokens → authenticated
 *                                                   ↑                     │ before its lifetime is over (KIP-368)
 *                                                   └─────────────────────┘
 *
 * Any failure is the end of the connection.
 */
export class Authentication {
  private readonly access: Access;
  private readonly mechanisms: Mechanisms;
  private readonly clock: Clock;
  private readonly lifetimeMs: number;
  private readonly host: string;
  private exchange: Exchange | null = null;
  private stepping = false;
  /** That of the last handshake, and the one that the session was begun with. */
  private mechanism = '';
  private mechanismHeld = '';
  private expiresMs = unlimited;
  private principalHeld: string | null = null;
  subject: Subject;
  /** The next frame is a token without a header, as the first version of the handshake has it. */
  takesToken = false;

  /** `lifetimeMs`: how long an authentication holds at most, 0 for ever. */
  constructor(access: Access, mechanisms: Mechanisms, ends: Ends, clock: Clock, lifetimeMs: number) {
    this.access = access;
    this.mechanisms = mechanisms;
    this.clock = clock;
    this.lifetimeMs = lifetimeMs;
    this.host = hostOf(ends.remote);
    const name = ends.certificateName;
    if (name !== undefined) this.principalHeld = `User:${name}`;
    this.subject = { principal: this.principalHeld ?? anonymous, host: this.host };
  }

  /** Whether anything but authentication is served now. */
  get admitted(): boolean {
    if (this.expiresMs !== unlimited && this.clock.now() >= this.expiresMs) return false;
    return this.principalHeld !== null || !this.access.authenticationRequired;
  }

  get mechanismNames(): string[] {
    return this.mechanisms.names;
  }

  handshake(mechanism: string, withoutHeaders: boolean): Handshake {
    // Once, and again only where what was said expires.
    const again = this.mechanismHeld !== '';
    if (this.exchange !== null || (again && this.expiresMs === unlimited)) return 'illegal-state';
    if (again && mechanism !== this.mechanismHeld) return 'illegal-state';
    const exchange = this.mechanisms.begin(mechanism);
    if (exchange === null) return 'unsupported-mechanism';
    this.exchange = exchange;
    this.mechanism = mechanism;
    this.takesToken = withoutHeaders;
    return 'ok';
  }

  /** Whether a token makes sense now. */
  get expectsToken(): boolean {
    return this.exchange !== null && !this.stepping;
  }

  async step(token: Buffer): Promise<Step> {
    const { exchange } = this;
    if (exchange === null || this.stepping) return refused('a token out of place');
    this.stepping = true;
    const step = await exchange.step(token);
    this.stepping = false;
    if (step.kind === 'challenge') return step;
    this.exchange = null;
    this.takesToken = false;
    return step.kind === 'done' ? this.known(step, step.identity) : step;
  }

  private known(step: Step, { principal, expiresMs }: Identity): Step {
    const nowMs = this.clock.now();
    if (this.mechanismHeld !== '' && principal !== this.subject.principal) {
      return refused('another user than the one the connection began with');
    }
    const limitMs = this.lifetimeMs === 0 ? unlimited : nowMs + this.lifetimeMs;
    this.expiresMs = Math.min(limitMs, expiresMs);
    if (this.expiresMs <= nowMs) return refused('what was shown is not valid any more');
    this.principalHeld = principal;
    this.mechanismHeld = this.mechanism;
    this.subject = { principal, host: this.host };
    return step;
  }

  /** What the client is told of how long it may go on; 0 for ever. */
  get sessionLifetimeMs(): number {
    return this.expiresMs === unlimited ? 0 : Math.max(1, Math.floor(this.expiresMs - this.clock.now()));
  }

  /** For the log: who or what, never a secret. */
  get mechanismTried(): string {
    return this.mechanism;
  }
}

/** The address without its port; an IPv4 address reached over an IPv6 socket is the address it is. */
function hostOf(remote: string): string {
  return remote
    .slice(0, remote.lastIndexOf(':'))
    .replace(/^\[|\]$/g, '')
    .replace(/^::ffff:(?=\d+\.)/i, '');
}

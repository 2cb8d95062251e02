import type { Timer } from '../../lib/clock.js';
import { writeConnectionBlocked, writeConnectionUnblocked } from './codec/connection.js';
import type { AmqpSession } from './session.js';

const pauseReason = 'the broker has no room';
/** A wait that is over by then is the everyday kind, of which RabbitMQ tells nobody either. */
const toldAfterMs = 100;
const retryMs = 100;

/**
 * Makes a publisher wait while the broker has no room: what it sends stays in its socket, and if that lasts it is told
 * by connection.blocked. Who does not publish goes on, for acks make room. While nothing at all can be recorded everybody
 * waits, for there is nothing that could be done for them.
 */
export class Throttle {
  /** Why publishers wait, in RabbitMQ's words; '' while this one does not, or was not told. */
  blockedFor = '';
  /** Whether anything was published in this turn: nobody else is made to wait for room. */
  private publishes = false;
  /** Whether anything was published at all: nobody else is told. */
  private published = false;
  private waiting: 'no' | 'for room' | 'to record' = 'no';
  private telling: Timer | null = null;
  private readonly session: AmqpSession;

  constructor(session: AmqpSession) {
    this.session = session;
  }

  /** Whether this connection is made to wait. */
  get blocked(): boolean {
    return this.waiting !== 'no';
  }

  /** A message has come in. */
  publishing(): void {
    this.publishes = true;
    this.published = true;
  }

  /** What could not be recorded is not even looked at: it is kept until it can. */
  chunkCame(): void {
    const { session } = this;
    if (session.context.broker.storage.refusal === null || session.state !== 'running') return;
    session.hold('no room');
    this.wait('to record');
  }

  turnEnded(): void {
    if (this.publishes && this.reason !== '') this.wait('for room');
    this.publishes = false;
  }

  private get reason(): string {
    const { storage, diskSpace } = this.session.context.broker;
    const disk = storage.refusal !== null || diskSpace.low;
    if (storage.congested) return disk ? 'low on memory & disk' : 'low on memory';
    return disk ? 'low on disk' : '';
  }

  /** Whether it has to wait on, once it does. */
  private get mustWait(): boolean {
    if (this.waiting === 'to record') return this.session.context.broker.storage.refusal !== null;
    return this.reason !== '';
  }

  private wait(what: 'for room' | 'to record'): void {
    if (this.waiting !== 'no') return;
    this.waiting = what;
    const { session } = this;
    const { clock, broker } = session.context;
    session.connection.pause(pauseReason);
    this.telling = clock.after(toldAfterMs, () => this.tell());
    broker.storage.whenRoom(() => this.goOn());
  }

  private tell(): void {
    const { session, reason } = this;
    this.telling = null;
    if (session.state !== 'running' || reason === '' || !this.published) return;
    this.blockedFor = reason;
    if (session.capabilities.blocked) session.sendMethod(0, (into) => writeConnectionBlocked(into, reason));
  }

  private goOn(): void {
    const { session } = this;
    if (this.waiting === 'no' || session.state !== 'running') return;
    if (this.mustWait) {
      session.context.clock.after(retryMs, () => this.goOn());
      return;
    }
    const told = this.blockedFor !== '';
    this.end();
    if (told && session.capabilities.blocked) session.sendMethod(0, writeConnectionUnblocked);
    session.release('no room');
  }

  /** It waits no more, because there is room or because the connection ends. */
  end(): void {
    this.telling?.cancel();
    this.telling = null;
    this.waiting = 'no';
    this.blockedFor = '';
    this.session.connection.resume(pauseReason);
  }
}

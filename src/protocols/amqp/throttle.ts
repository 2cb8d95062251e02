import type { Timer } from '../../lib/clock.js';
import { writeConnectionBlocked, writeConnectionUnblocked } from './codec/connection.js';
import type { AmqpSession } from './session.js';

const pauseReason = 'the broker has no room';
/** A wait that is over by then is the everyday kind, of which RabbitMQ tells nobody either. */
const toldAfterMs = 100;
const retryMs = 100;

/**
 * Makes a publisher wait while the broker has no room: what it sends stays in its socket, and if that lasts it is told
 * by connection.blocked. Who only consumes goes on, for acks make room.
 */
export class Throttle {
  /** Why publishers wait, in RabbitMQ's words; '' while this one does not, or was not told. */
  blockedFor = '';
  /** Whether anything was published: nobody else is made to wait. */
  private publishes = false;
  private waiting = false;
  private telling: Timer | null = null;
  private readonly session: AmqpSession;

  constructor(session: AmqpSession) {
    this.session = session;
  }

  /** Whether this connection is made to wait. */
  get blocked(): boolean {
    return this.waiting;
  }

  /** A publish begins. */
  publishing(): void {
    if (this.publishes) return;
    this.publishes = true;
    this.chunkCame();
  }

  /** What could not be recorded is not even looked at: the rest of the chunk is kept until it can. */
  chunkCame(): void {
    if (this.publishes && this.session.context.broker.storage.refusal !== null) {
      this.session.frames.hold();
      this.wait();
    }
  }

  turnEnded(): void {
    if (this.publishes && !this.waiting && this.reason !== '') this.wait();
  }

  private get reason(): string {
    const { storage, diskSpace } = this.session.context.broker;
    const disk = storage.refusal !== null || diskSpace.low;
    if (storage.congested) return disk ? 'low on memory & disk' : 'low on memory';
    return disk ? 'low on disk' : '';
  }

  private wait(): void {
    if (this.waiting) return;
    this.waiting = true;
    const { session } = this;
    const { clock, broker } = session.context;
    session.connection.pause(pauseReason);
    this.telling = clock.after(toldAfterMs, () => this.tell());
    broker.storage.whenRoom(() => this.goOn());
  }

  private tell(): void {
    const { session, reason } = this;
    this.telling = null;
    if (session.state !== 'running' || reason === '') return;
    this.blockedFor = reason;
    if (session.capabilities.blocked) session.sendMethod(0, (into) => writeConnectionBlocked(into, reason));
  }

  private goOn(): void {
    const { session } = this;
    if (!this.waiting || session.state !== 'running') return;
    if (this.reason !== '') {
      session.context.clock.after(retryMs, () => this.goOn());
      return;
    }
    const told = this.blockedFor !== '';
    this.end();
    if (told && session.capabilities.blocked) session.sendMethod(0, writeConnectionUnblocked);
    session.release();
  }

  /** It waits no more, because there is room or because the connection ends. */
  end(): void {
    this.telling?.cancel();
    this.telling = null;
    this.waiting = false;
    this.blockedFor = '';
    this.session.connection.resume(pauseReason);
  }
}

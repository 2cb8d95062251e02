import type { Duplex } from 'node:stream';
import { AssertionError } from '../lib/assert.js';
import { DecodeError } from '../lib/byte-reader.js';
import type { Clock, Timer } from '../lib/clock.js';
import type { Logger } from '../lib/logger.js';
import { ConnectionCounts } from './connection-counts.js';
import type { Address } from './front.js';

/** What a front does with one connection. */
export interface Session {
  /**
   * Bytes came in: `chunk` from `start` to `end`. The buffer is used again for the next read, of any connection, unless it is
   * the session's own (`room`), so what is to be kept must be copied before this returns. What it throws closes this
   * connection and no other.
   */
  data(chunk: Buffer, start: number, end: number): void;
  /** Where the next bytes had best be read to; `data` is then called with that buffer, if they are. Null for anywhere. */
  room?(): Buffer | null;
  /** The connection is gone; called once, whoever ended it. Nothing more can be sent. */
  closed(): void;
  /** The write queue, full before, is empty again: `writable` is true. */
  drained?(): void;
  /** The turn ends: what was written but not sent yet is to be handed to `send` now. Called after `wake`. */
  gather?(): void;
  /** The front is closing: finish what is in flight, then call `connection.close`. Without it the queue is flushed. */
  finish?(): void;
}

/** The two ends of a connection. */
export interface Ends {
  /** `10.0.0.7:51234` */
  readonly remote: string;
  /** The address of this machine that the client reached. */
  readonly local: Address;
  /** The subject of the certificate that the client showed, when it is one that is trusted (RFC 2253). */
  readonly certificateName?: string;
}

export interface ConnectionSettings {
  /** Where log lines say the connection belongs: `kafka`. */
  readonly front: string;
  readonly writeQueueBytesMax: number;
  /** How long a peer may take to read what is left when the connection is closed. */
  readonly closeGraceMs: number;
}

/** Pieces up to this size together are copied into one buffer: a copy of 16 KB is cheaper than a long writev. */
const joinBytesMax = 16_384;

/**
 * One connection over any duplex stream. What is sent during a turn of the loop goes out in one write at its end.
 * A peer that does not read makes `writable` false; the session then stops producing until `drained`.
 */
export class Connection {
  readonly ends: Ends;
  private readonly stream: Duplex;
  private readonly round: FlushRound;
  private readonly settings: ConnectionSettings;
  private readonly clock: Clock;
  private readonly log: Logger;
  private session: Session | undefined;
  private pieces: Buffer[] = [];
  private pendingBytes = 0;
  /** Called when the pieces are written, or never will be. */
  private whenSent: ((sent: boolean) => void)[] = [];
  private inRound = false;
  private full = false;
  /** `open` → `closing` (what is queued still goes out) → `gone`. */
  private state: 'open' | 'closing' | 'gone' = 'open';
  private graceTimer: Timer | undefined;
  private readonly pausedFor = new Set<string>();
  private quietSweeps = 0;

  constructor(stream: Duplex, ends: Ends, round: FlushRound, settings: ConnectionSettings, clock: Clock, log: Logger) {
    this.stream = stream;
    this.ends = ends;
    this.round = round;
    this.settings = settings;
    this.clock = clock;
    this.log = log;
    stream.on('error', (error) => this.fail(error));
    stream.on('end', () => this.peerEnded());
    stream.on('close', () => this.streamClosed());
    stream.on('drain', () => this.settleQueue());
  }

  /**
   * Hands the bytes that come in to `session`, from now on. A socket with a read buffer of its own makes no data
   * events; its owner calls `received`.
   */
  attach(session: Session): void {
    this.session = session;
    this.stream.on('data', (chunk: Buffer) => this.received(chunk, chunk.length));
  }

  /** Bytes came in, in a buffer that may be shared. */
  received(chunk: Buffer, length: number): void {
    if (this.state !== 'open') return;
    this.quietSweeps = 0;
    this.round.counts.receivedBytes += length;
    try {
      this.session?.data(chunk, 0, length);
    } catch (error) {
      this.threw(error);
    }
  }

  /** Where the next bytes are to be read to; null for anywhere. */
  room(): Buffer | null {
    return this.state === 'open' ? (this.session?.room?.() ?? null) : null;
  }

  /** Bytes that wait for the peer to read. */
  get queuedBytes(): number {
    return this.pendingBytes + this.stream.writableLength;
  }

  /** False while more than the limit waits: what is sent nevertheless is queued, but a session should hold back. */
  get writable(): boolean {
    return !this.full && this.state === 'open';
  }

  /** Twice the limit waits: what was still let through is not read either. `drained` will say when it is. */
  get overfull(): boolean {
    return this.full && this.queuedBytes >= this.settings.writeQueueBytesMax * 2;
  }

  get open(): boolean {
    return this.state === 'open';
  }

  /** Queues a piece for the end of this turn. The bytes must not change before `whenSent` is called: see `sendAll`. */
  send(piece: Buffer, whenSent: ((sent: boolean) => void) | null = null): void {
    if (this.state !== 'open') {
      whenSent?.(false);
      return;
    }
    this.pieces.push(piece);
    if (whenSent !== null) this.whenSent.push(whenSent);
    this.queued(piece.length);
  }

  /**
   * Queues pieces that follow one another. `whenSent` is called once: with true when the system has taken all of their
   * bytes, so that their memory may be used for something else; with false when they are lost with the connection.
   */
  sendAll(pieces: readonly Buffer[], whenSent: ((sent: boolean) => void) | null = null): void {
    if (this.state !== 'open') {
      whenSent?.(false);
      return;
    }
    let bytes = 0;
    for (const piece of pieces) {
      this.pieces.push(piece);
      bytes += piece.length;
    }
    if (whenSent !== null) this.whenSent.push(whenSent);
    this.queued(bytes);
  }

  /** There will be something to send when the turn ends: the session's `gather` brings it. */
  wake(): void {
    if (this.inRound || this.state !== 'open') return;
    this.inRound = true;
    this.round.add(this);
  }

  private queued(bytes: number): void {
    this.pendingBytes += bytes;
    this.wake();
    if (!this.full && this.queuedBytes >= this.settings.writeQueueBytesMax) this.full = true;
  }

  /** Called by the round at the end of a turn. */
  flush(): void {
    this.session?.gather?.();
    this.inRound = false;
    this.write();
  }

  /** Sends what there is before the turn ends: its peer can begin with it while others have their turn. */
  sendNow(): void {
    this.session?.gather?.();
    this.write();
  }

  private write(): void {
    const pieces = this.pieces;
    if (pieces.length === 0 || this.state === 'gone' || !this.stream.writable) return;
    const bytes = this.pendingBytes;
    this.pieces = [];
    this.pendingBytes = 0;
    this.quietSweeps = 0;
    this.round.counts.sentBytes += bytes;
    const written = this.whenSent.length === 0 ? undefined : this.takeWhenSent();
    if (pieces.length === 1) {
      this.stream.write(pieces[0]!, written);
    } else if (bytes <= joinBytesMax) {
      this.stream.write(Buffer.concat(pieces, bytes), written);
    } else {
      this.stream.cork();
      const last = pieces.length - 1;
      for (let index = 0; index < last; index++) this.stream.write(pieces[index]!);
      this.stream.write(pieces[last]!, written);
      this.stream.uncork();
    }
    if (this.full) this.settleQueue();
  }

  private takeWhenSent(): (error?: Error | null) => void {
    const calls = this.whenSent;
    this.whenSent = [];
    return (error) => {
      for (const call of calls) call(error === null || error === undefined);
    };
  }

  private settleQueue(): void {
    if (!this.full || this.state === 'gone' || this.queuedBytes > 0) return;
    this.full = false;
    if (this.state !== 'open' || this.session?.drained === undefined) return;
    try {
      this.session.drained();
    } catch (error) {
      this.threw(error);
    }
  }

  /** Stops reading until every reason given is taken back. Bytes already read are still handed over. */
  pause(reason: string): void {
    this.pausedFor.add(reason);
    if (this.pausedFor.size === 1) this.stream.pause();
  }

  resume(reason: string): void {
    if (this.pausedFor.delete(reason) && this.pausedFor.size === 0 && this.state === 'open') this.stream.resume();
  }

  get paused(): boolean {
    return this.pausedFor.size > 0;
  }

  /** The front is closing. */
  finish(): void {
    if (this.state !== 'open') return;
    if (this.session?.finish === undefined) this.close('the server is closing');
    else this.session.finish();
  }

  /** Sends what is queued, then ends. Nothing more is read or sent. */
  close(reason: string): void {
    if (this.state !== 'open') return;
    this.flush();
    this.state = 'closing';
    this.log.debug({ front: this.settings.front, remote: this.ends.remote, reason }, 'connection closed');
    this.stream.end();
    // The peer's own end is only seen while reading; nothing it still says matters.
    this.stream.resume();
    this.graceTimer = this.clock.after(this.settings.closeGraceMs, () => this.stream.destroy());
  }

  /** Ends at once; what is queued is lost. */
  destroy(reason: string): void {
    if (this.state === 'gone') return;
    this.log.debug({ front: this.settings.front, remote: this.ends.remote, reason }, 'connection cut');
    this.cut();
  }

  /**
   * Counts a sweep during which nothing moved, and answers how many there were in a row. Who is made to wait is not
   * idle, unless it is the one that does not read.
   */
  countQuietSweep(): number {
    if (this.pausedFor.size > 0 && this.queuedBytes === 0) this.quietSweeps = 0;
    else this.quietSweeps++;
    return this.quietSweeps;
  }

  private peerEnded(): void {
    if (this.state === 'open') this.close('the client ended it');
  }

  /** The session threw. What a broken invariant left behind is nobody's to go on with; all else is this peer's alone. */
  threw(error: unknown): void {
    if (error instanceof AssertionError) throw error;
    this.fail(error);
  }

  private fail(error: unknown): void {
    if (this.state === 'gone') return;
    const fields = { front: this.settings.front, remote: this.ends.remote };
    if (isPeerGone(error)) {
      this.log.debug({ ...fields, reason: String(error) }, 'connection lost');
    } else if (error instanceof DecodeError) {
      this.log.warn({ ...fields, reason: error.message }, 'connection cut: what it sent does not follow the protocol');
    } else {
      this.log.error({ ...fields, err: error }, 'connection cut: handling it failed');
    }
    this.cut();
  }

  private cut(): void {
    this.state = 'gone';
    this.dropQueue();
    this.stream.destroy();
  }

  private dropQueue(): void {
    this.pieces = [];
    this.pendingBytes = 0;
    if (this.whenSent.length > 0) this.takeWhenSent()(new Error('the connection is gone'));
  }

  /** Every way to the end comes by here: a destroyed stream closes, a turn later at most. */
  private streamClosed(): void {
    this.state = 'gone';
    this.dropQueue();
    this.graceTimer?.cancel();
    const session = this.session;
    if (session === undefined) return;
    this.session = undefined;
    try {
      session.closed();
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      this.log.error(
        { front: this.settings.front, remote: this.ends.remote, err: error },
        'leaving a connection failed',
      );
    }
  }
}

/** A peer that went away without a word is an everyday thing, not worth a line above debug. */
function isPeerGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'ETIMEDOUT' || code === 'ECONNABORTED';
}

/** Gathers the connections that have something to send and flushes them all once, at the end of the turn. */
export class FlushRound {
  readonly counts: ConnectionCounts = new ConnectionCounts();
  private readonly clock: Clock;
  private waiting: Connection[] = [];
  private readonly run: () => void;

  constructor(clock: Clock) {
    this.clock = clock;
    this.run = () => {
      const waiting = this.waiting;
      this.waiting = [];
      for (const connection of waiting) connection.flush();
    };
  }

  add(connection: Connection): void {
    this.waiting.push(connection);
    if (this.waiting.length === 1) this.clock.soon(this.run);
  }
}

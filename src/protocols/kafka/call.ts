import type { ByteReader } from '../../lib/byte-reader.js';
import { PieceWriter } from '../../lib/piece-writer.js';
import type { RequestHeader } from './codec/headers.js';
import type { KafkaContext } from './context.js';
import { beginResponse } from './frame.js';
import type { KafkaSession } from './session.js';

export type Encode<T> = (writer: PieceWriter, version: number, value: T) => void;

/** Answers are encoded one at a time, so one writer serves all connections. */
const writer = new PieceWriter();

/**
 * One request on its way to its answer. Answers leave a connection in the order of the requests, whatever order they
 * become ready in; nothing is sent for a call that `finish`es without one.
 */
export class Call {
  readonly session: KafkaSession;
  readonly header: RequestHeader;
  readonly reader: ByteReader;
  done = false;
  /** How long the client has to wait before it is served again. */
  private throttleMs = 0;
  /** Since when it is being worked on in this turn, or -1; and how long it was before, where a quota asks. */
  private sinceMs = -1;
  private workedMs = 0;
  /** The answer's bytes, once there are any. */
  readonly pieces: Buffer[] = [];
  /** Called once when the answer is on its way or never will be: see Connection.sendAll. */
  whenSent: ((sent: boolean) => void) | null = null;

  constructor(session: KafkaSession, header: RequestHeader, reader: ByteReader) {
    this.session = session;
    this.header = header;
    this.reader = reader;
  }

  get version(): number {
    return this.header.requestApiVersion;
  }

  get context(): KafkaContext {
    return this.session.context;
  }

  get clientId(): string {
    return this.header.clientId ?? '';
  }

  respond<T>(encode: Encode<T>, value: T, version: number = this.version): void {
    if (this.done) return;
    this.chargeWork();
    if (this.throttleMs > 0) (value as { throttleTimeMs?: number }).throttleTimeMs = this.throttleMs;
    beginResponse(writer, this.header.requestApiKey, this.version, this.header.correlationId);
    try {
      encode(writer, version, value);
      writer.endFrame();
      writer.takeInto(this.pieces);
    } catch (error) {
      writer.clear();
      throw error;
    }
    this.finish();
  }

  /** Bytes that the client sent to be kept, for its quota. */
  produced(bytes: number): void {
    const waitMs = this.session.limitsOf(this.clientId).produced(bytes, this.context.clock.monotonic());
    this.throttleMs = Math.max(this.throttleMs, waitMs);
  }

  /** Bytes that the client gets, for its quota. */
  consumed(bytes: number): void {
    if (!this.context.broker.access.quotas.any) return;
    const waitMs = this.session.limitsOf(this.clientId).consumed(bytes, this.context.clock.monotonic());
    this.throttleMs = Math.max(this.throttleMs, waitMs);
  }

  /** Its handler begins, with work that is the client's. */
  worksFrom(nowMs: number): void {
    this.sinceMs = nowMs;
  }

  /** Its handler has done what it could in this turn: waiting is not work. */
  worksUntil(nowMs: number): void {
    this.workedMs += nowMs - this.sinceMs;
    this.sinceMs = -1;
    // What came after the answer was made counts for the next request.
    if (this.done) this.session.owedMs += this.workedMs;
  }

  /** The work so far, for the client's quota. What follows a wait is seen only as far as it is here. */
  private chargeWork(): void {
    const { session, context } = this;
    if (!context.broker.access.quotas.any) return;
    const nowMs = context.clock.monotonic();
    if (this.sinceMs >= 0) this.workedMs += nowMs - this.sinceMs;
    this.sinceMs = this.sinceMs >= 0 ? nowMs : -1;
    const waitMs = session.limitsOf(this.clientId).worked(this.workedMs + session.owedMs, nowMs);
    this.throttleMs = Math.max(this.throttleMs, waitMs);
    this.workedMs = 0;
    session.owedMs = 0;
  }

  /** Nothing is answered, as acks=0 asks for. */
  finish(): void {
    if (this.done) return;
    this.done = true;
    if (this.throttleMs > 0) this.session.mute(this.throttleMs);
    this.session.answered();
  }

  /** Nothing is answered, and what was asked for was refused: the connection ends instead. */
  refuseUnanswered(reason: string): void {
    if (!this.done) this.session.refused(this, reason);
  }

  /** The client cannot be answered in any way it would understand. */
  fail(error: unknown): void {
    if (!this.done) this.session.failed(this, error);
  }
}

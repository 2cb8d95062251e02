import { ClientLimits } from '../../broker/access/quotas.js';
import type { Subject } from '../../broker/access/rules.js';
import { AssertionError } from '../../lib/assert.js';
import { ByteReader, DecodeError } from '../../lib/byte-reader.js';
import { sleep, type Timer } from '../../lib/clock.js';
import type { Connection, Session } from '../connection.js';
import { handlerFor } from './apis.js';
import type { AssemblyPool } from './assembly-pool.js';
import { Authentication } from './authentication.js';
import { Call } from './call.js';
import { ApiKey } from './codec/apis.js';
import type { KafkaContext } from './context.js';
import { apiRange, type FeedResult, type FrameHandler, FrameReader, readRequestHeader } from './frame.js';
import type { Handler } from './handler.js';
import { respondUnsupportedVersion } from './handlers/18-api-versions.js';
import { admits } from './handlers/authorize.js';
import { Landing } from './landing.js';

/** Requests of one connection that may wait for their answers. */
const callsMax = 256;
/** A client that may not do anything yet sends no more than this (Kafka's sasl.server.max.receive.size)… */
const strangerBytesMax = 524_288;
/** …and has to have said who it is by then. */
const strangerMs = 30_000;
/** Bytes of requests not begun yet that are still read, so that the end of a connection is noticed behind them. */
const keptBytesMax = 65_536;

/**
 * One Kafka connection: frames become calls, answers go out in the order of the requests.
 *
 * A request is begun only when there is room for its answer: not while many others wait, not while the client does not
 * read, and not behind a fetch whose answer is not on its way yet (Kafka itself takes one request of a connection at a
 * time). So a client that asks on and on and never reads costs one large answer and a full write queue.
 */
export class KafkaSession implements Session, FrameHandler {
  readonly context: KafkaContext;
  readonly connection: Connection;
  private readonly frames: FrameReader;
  private readonly calls: Call[] = [];
  private readonly atEnd = new Set<() => void>();
  /** Why it ends as soon as what was asked before is answered. */
  private endsFor: string | null = null;
  /** The last call begun has an answer that may be large. */
  private large = false;
  private held = false;
  private refusing = false;
  /** A quota is used up, or it is not known yet who this is: what comes in waits. */
  private mutes = 0;
  private limits: ClientLimits | null = null;
  /** Work for this client that its quota has not been charged with yet. */
  owedMs = 0;
  readonly authentication: Authentication;
  private strangerTimer: Timer | null = null;
  ended = false;
  readonly landing: Landing = new Landing();

  constructor(context: KafkaContext, connection: Connection, pool: AssemblyPool) {
    this.context = context;
    this.connection = connection;
    const { broker, settings, clock } = context;
    const { access, mechanisms } = broker;
    const { reauthenticationMs } = settings;
    this.authentication = new Authentication(access, mechanisms, connection.ends, clock, reauthenticationMs);
    this.frames = new FrameReader(this, settings.requestBytesMax, pool);
    if (this.authentication.admitted) return;
    this.frames.limitTo(Math.min(strangerBytesMax, settings.requestBytesMax));
    this.strangerTimer = clock.after(strangerMs, () => connection.close('it did not say who it is'));
  }

  data(chunk: Buffer, start: number, end: number): void {
    this.fed(this.frames.feed(chunk, start, end));
    if (this.frames.keptBytes > keptBytesMax) this.connection.pause('requests wait');
  }

  room(): Buffer | null {
    return this.frames.room();
  }

  beginsAt(): number {
    return this.landing.at;
  }

  private fed(result: FeedResult): void {
    if (result === 'ok') return;
    throw new DecodeError(`a request of ${this.frames.claimedBytes} bytes is announced (${result})`);
  }

  frame(buffer: Buffer, start: number, end: number): void {
    if (this.authentication.takesToken) {
      this.token(Buffer.from(buffer.subarray(start, end))).catch((error: unknown) => this.connection.threw(error));
      return;
    }
    const inPlace = new ByteReader(buffer, start, end);
    const header = readRequestHeader(inPlace);
    const { requestApiKey: key, requestApiVersion: version } = header;
    const handler = handlerFor(key);
    const range = apiRange(key);
    if (handler === undefined || range === undefined) throw new DecodeError(`unknown API ${key}`);
    if (!admits(this, key)) throw new DecodeError(`${range.name} was asked for by a client that may not ask`);
    const call = new Call(this, header, handler.readsInPlace ? inPlace : own(inPlace));
    this.calls.push(call);
    this.large = handler.largeAnswer === true;
    if (version < range.minVersion || version > range.maxVersion) {
      if (key !== ApiKey.ApiVersions) throw new DecodeError(`${range.name} has no version ${version} here`);
      respondUnsupportedVersion(call);
    } else {
      const handled = this.context.broker.access.quotas.any
        ? this.handleMeasured(handler, call, end - start)
        : handler.handle(call);
      if (handled !== undefined) handled.catch((error: unknown) => call.fail(error));
    }
    this.holdWhenFull();
  }

  private handleMeasured(handler: Handler, call: Call, bytes: number): void | Promise<void> {
    const { clock } = this.context;
    if (handler.key === ApiKey.Produce) call.produced(bytes);
    call.worksFrom(clock.monotonic());
    const handled = handler.handle(call);
    call.worksUntil(clock.monotonic());
    return handled;
  }

  private get full(): boolean {
    if (this.calls.length >= (this.large ? 1 : callsMax) || this.mutes > 0 || this.refusing) return true;
    return !this.connection.writable;
  }

  private holdWhenFull(): void {
    if (this.held || !this.full) return;
    this.held = true;
    this.frames.hold();
  }

  private goOn(): void {
    if (!this.held || this.full) return;
    this.held = false;
    try {
      this.fed(this.frames.release());
    } catch (error) {
      this.connection.threw(error);
    }
    if (this.frames.keptBytes <= keptBytesMax) this.connection.resume('requests wait');
  }

  /** Takes nothing more from the client for so long: it has used its quota up (KIP-219). */
  mute(durationMs: number): void {
    this.setMuted(true);
    this.context.clock.after(durationMs, () => this.setMuted(false));
  }

  private setMuted(muted: boolean): void {
    this.mutes += muted ? 1 : -1;
    if (muted) this.holdWhenFull();
    else if (!this.ended) this.goOn();
  }

  get subject(): Subject {
    return this.authentication.subject;
  }

  /** The quotas of the client behind the connection. */
  limitsOf(clientId: string): ClientLimits {
    const user = this.subject.principal.slice('User:'.length);
    if (this.limits === null || this.limits.clientId !== clientId || this.limits.user !== user) {
      this.limits = new ClientLimits(this.context.broker.access.quotas, user, clientId);
    }
    return this.limits;
  }

  /** A token without a header, and an answer of the same form. Who is refused hears nothing. */
  private async token(token: Buffer): Promise<void> {
    this.setMuted(true);
    const step = await this.authentication.step(token);
    if (step.kind === 'refused') {
      await this.authenticationFailed(step.reason);
      this.connection.close('authentication failed');
      return;
    }
    if (step.kind === 'done') this.admitted();
    const length = Buffer.alloc(4);
    length.writeInt32BE(step.message.length);
    this.connection.sendAll([length, step.message]);
    this.setMuted(false);
  }

  /** It is known who this is. */
  admitted(): void {
    this.frames.limitTo(this.context.settings.requestBytesMax);
    this.strangerTimer?.cancel();
    this.strangerTimer = null;
  }

  /** Whoever guesses has to wait before it hears that it was wrong. */
  async authenticationFailed(reason: string): Promise<void> {
    const { clock, logger, settings } = this.context;
    const { remote } = this.connection.ends;
    logger.info({ remote, mechanism: this.authentication.mechanismTried, reason }, 'authentication failed');
    await sleep(clock, settings.authenticationFailureDelayMs);
  }

  /** A call is done: send what can be sent, in order. */
  answered(): void {
    const { calls } = this;
    let sent = 0;
    while (sent < calls.length && calls[sent]!.done) {
      const { pieces, whenSent } = calls[sent]!;
      if (whenSent !== null || pieces.length > 1) this.connection.sendAll(pieces, whenSent);
      else if (pieces.length === 1) this.connection.send(pieces[0]!);
      sent++;
    }
    if (sent === 0) return;
    calls.splice(0, sent);
    this.goOn();
    if (this.endsFor !== null && calls.length === 0) this.connection.close(this.endsFor);
  }

  failed(call: Call, error: unknown): void {
    call.done = true;
    this.connection.threw(error);
  }

  /**
   * A call that wants no answer is refused: the end of the connection is the only way to say so. What was asked before
   * is answered first, and nothing behind it is begun, as where requests are taken one at a time.
   */
  refused(call: Call, reason: string): void {
    const { remote } = this.connection.ends;
    this.context.logger.warn({ front: 'kafka', remote, client: call.clientId, reason }, 'connection closed: refused');
    this.refusing = true;
    this.endsFor ??= reason;
    call.finish();
    this.holdWhenFull();
  }

  /** The client has read its answers. */
  drained(): void {
    this.goOn();
  }

  /** Publishers wait while the broker is at one of its limits. */
  waitForRoom(): void {
    const { storage } = this.context.broker;
    if (!storage.congested) return;
    this.connection.pause('no room');
    storage.whenRoom(() => {
      if (storage.congested && storage.refusal === null) this.waitForRoom();
      else this.connection.resume('no room');
    });
  }

  /** Runs `task` when the connection is gone, unless taken back: whoever waits for this client need not. */
  onEnd(task: () => void): () => void {
    this.atEnd.add(task);
    return () => this.atEnd.delete(task);
  }

  finish(): void {
    this.endsFor ??= 'the server is closing';
    this.runAtEnd();
    if (this.calls.length === 0) this.connection.close(this.endsFor);
  }

  closed(): void {
    this.ended = true;
    this.strangerTimer?.cancel();
    this.frames.stop();
    this.runAtEnd();
    for (const { whenSent } of this.calls.splice(0)) whenSent?.(false);
  }

  private runAtEnd(): void {
    for (const task of [...this.atEnd]) {
      this.atEnd.delete(task);
      try {
        task();
      } catch (error) {
        if (error instanceof AssertionError) throw error;
        this.context.logger.error({ err: error }, 'ending a request failed');
      }
    }
  }
}

/** The rest of a request in memory of its own: it may be kept as long as the answer takes. */
function own(reader: ByteReader): ByteReader {
  return new ByteReader(Buffer.from(reader.buffer.subarray(reader.position, reader.end)));
}

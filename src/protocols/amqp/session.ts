import { BrokerError } from '../../broker/errors.js';
import type { Queue } from '../../broker/queue/queue.js';
import type { Exchange } from '../../broker/routing/exchange.js';
import type { Vhost } from '../../broker/vhost.js';
import { AssertionError } from '../../lib/assert.js';
import { ByteReader, DecodeError } from '../../lib/byte-reader.js';
import { ByteWriter } from '../../lib/byte-writer.js';
import type { Timer } from '../../lib/clock.js';
import { LastView } from '../../lib/short-copy.js';
import type { Connection, Session } from '../connection.js';
import { ackedTag, ackFrameBytes, acksMultiple, isAckFrame } from './ack-frame.js';
import { AmqpChannel } from './channel/channel.js';
import { Publishing } from './channel/publishing.js';
import { Settling } from './channel/settling.js';
import { writeChannelClose } from './codec/channel.js';
import { writeConnectionClose } from './codec/connection.js';
import type { FieldTable } from './codec/field-table.js';
import { MethodId } from './codec/methods.js';
import { shortTextOf } from './codec/primitives.js';
import type { AmqpContext } from './context.js';
import { AmqpError, methodName, replyCodes, told } from './errors.js';
import { type FrameHandler, FrameReader, frameHeaderBytes, frameType } from './frame.js';
import { channelMethods, closingMethods, refuseTooManyChannels } from './handlers/channel.js';
import { connectionMethods } from './handlers/connection.js';
import { Handshake } from './handlers/handshake.js';
import { methods } from './handlers/methods.js';
import { Pulse } from './pulse.js';
import { whenItRecords } from './recorded.js';
import { Throttle } from './throttle.js';
import { Traffic } from './traffic.js';
import { WireOut } from './wire-out.js';

/** What may still come on a channel that is closed: acks of threads that have not heard of it, and the answer to a close
 * that crossed the client's own. */
const late: ReadonlySet<number> = new Set([
  MethodId.basicAck,
  MethodId.basicNack,
  MethodId.basicReject,
  MethodId.channelCloseOk,
]);

/** What a client may send before it has tuned the connection. */
const strangerFrameBytesMax = 8192;
/** Of a client whose frames are held so much is still read, so that the end of its connection is noticed behind it. */
const heldBytesMax = 65_536;
const heldReason = 'its frames are held';
/** Gathered this much, answers are handed to the socket, whose queue then shows whether the client keeps up. */
const handedOnBytes = 128 * 1024;
/** So much for the peer that was just heard does not wait for others' turns: with a prefetch of 100 it gets 14 % more. */
const sentAtOnceBytes = 4096;

/** Why frames wait: a login is looked at, nothing can be recorded, a message is fetched, answers are not read. */
export type HoldReason = 'login' | 'no room' | 'get' | 'unread' | 'shutdown';

const writer = new ByteWriter(512);
/** Nearly all that comes in lies in the one buffer that sockets are read into. */
const views = new LastView();

/** What the client has said it understands. */
export interface Capabilities {
  readonly cancelNotify: boolean;
  readonly blocked: boolean;
  readonly authenticationFailureClose: boolean;
}

const noCapabilities: Capabilities = { cancelNotify: false, blocked: false, authenticationFailureClose: false };

/**
 * One AMQP connection.
 *
 *   header → start → secure* → tune → open → running → closing → closed
 *
 * Frames are handled where they lie in the chunk that was read; only what a chunk's end cuts is copied. What a chunk
 * published becomes runs, what it acknowledged becomes ranges, and both take effect at its end at the latest.
 */
export class AmqpSession implements Session, FrameHandler {
  readonly context: AmqpContext;
  readonly connection: Connection;
  readonly out: WireOut;
  readonly publishing: Publishing;
  readonly handshake: Handshake;
  readonly channels: Map<number, AmqpChannel> = new Map();
  readonly connectedMs: number;
  /** Queues that go with this connection. */
  readonly exclusiveQueues: Set<Queue> = new Set();

  state: 'header' | 'start' | 'secure' | 'tune' | 'open' | 'running' | 'closing' | 'closed' = 'header';
  userName = '';
  /** Until when the client is who it said it is, by the wall clock. */
  identityExpiresMs: number = Number.POSITIVE_INFINITY;
  clientProperties: FieldTable = new Map();
  capabilities: Capabilities = noCapabilities;
  impersonates = false;
  channelsMax = 0;
  frameBytesMax: number = strangerFrameBytesMax;
  heartbeatMs = 0;
  /** The time of the chunk being handled. */
  nowMs = 0;
  private vhostOpened: Vhost | null = null;

  readonly frames: FrameReader;
  private readonly heldFor = new Set<HoldReason>();
  private turning = false;

  private lastNumber = -1;
  private lastChannel: AmqpChannel | null = null;
  /** Channels that were closed in this connection: what still comes for them from before is passed over. */
  private readonly closedNumbers = new Set<number>();
  private withHeader: AmqpChannel | null = null;
  private readonly confirming: AmqpChannel[] = [];

  readonly settling: Settling = new Settling();
  readonly throttle: Throttle = new Throttle(this);
  /** Of the channels that are gone; see `traffic`. */
  private readonly past: Traffic = new Traffic();
  receivedBytes = 0;
  private closeTimer: Timer | null = null;
  readonly pulse: Pulse;

  constructor(context: AmqpContext, connection: Connection) {
    this.context = context;
    this.connection = connection;
    this.out = new WireOut(context.slab, connection);
    this.publishing = new Publishing(this);
    this.frames = new FrameReader(this, strangerFrameBytesMax);
    this.handshake = new Handshake(this);
    this.connectedMs = context.clock.now();
    this.pulse = new Pulse(this);
    context.sessions.add(this);
    const { handshakeMs } = context.settings;
    this.closeTimer = context.clock.after(handshakeMs, () => {
      if (this.state !== 'running') connection.destroy('it did not open a virtual host');
    });
  }

  get vhost(): Vhost {
    return this.vhostOpened!;
  }

  get vhostName(): string | null {
    return this.vhostOpened?.name ?? null;
  }

  // --- bytes ---

  data(chunk: Buffer, start: number, end: number): void {
    this.pulse.heard();
    if (this.state === 'closed') return;
    this.nowMs = this.context.clock.now();
    this.receivedBytes += end - start;
    this.throttle.chunkCame();
    try {
      let at = start;
      if (this.state === 'header') at = this.handshake.header(chunk, at, end);
      if (at < end) this.frames.feed(chunk, at, end);
      if (this.frames.keptBytes > heldBytesMax && this.waitsToGoOn) this.connection.pause(heldReason);
      this.endTurn();
      if (this.out.pendingBytes >= sentAtOnceBytes) this.connection.sendNow();
    } catch (error) {
      this.failed(null, error);
    }
  }

  scanned(): void {
    if (this.withHeader === null) return;
    this.withHeader.keepHeader();
    this.withHeader = null;
  }

  usual(bytes: Buffer, at: number, end: number): number {
    const channel = this.lastChannel;
    if (channel === null || channel.state !== 'open' || this.state !== 'running' || !channel.expectsMethod) return at;
    const view = views.of(bytes);
    const isAck = end - at >= ackFrameBytes && isAckFrame(view, at, channel.number);
    const after = isAck ? at + ackFrameBytes : channel.endOfLike(bytes, view, at, end);
    if (after === at) return at;
    try {
      if (isAck) this.settling.acked(channel, ackedTag(view, at), acksMultiple(view, at));
      else channel.publishLike(bytes, at, after);
    } catch (error) {
      this.failed(channel, error);
    }
    return after;
  }

  frame(bytes: Buffer, type: number, number: number, at: number, size: number): void {
    if (number !== this.lastNumber) {
      this.lastNumber = number;
      this.lastChannel = this.channels.get(number) ?? null;
    }
    const channel = this.lastChannel;
    if (this.state === 'running' && channel !== null && channel.state === 'open') {
      try {
        if (type === frameType.body) channel.body(bytes, at, size);
        else if (type === frameType.header) channel.header(bytes, at, size);
        else if (type === frameType.method) this.channelMethod(channel, bytes, at, size);
        else this.strange(type, number);
      } catch (error) {
        this.failed(channel, error);
      }
      return;
    }
    this.rareFrame(bytes, type, number, at, size);
  }

  private channelMethod(channel: AmqpChannel, bytes: Buffer, at: number, size: number): void {
    if (size < 4) throw new AmqpError(replyCodes.frameError, 'a method frame that is too short');
    const method = ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
    if (!channel.expectsMethod) {
      throw new AmqpError(
        replyCodes.unexpectedFrame,
        `expected content header for class 60, got ${methodName(method)} method instead`,
        method,
      );
    }
    if (method === MethodId.basicPublish) {
      channel.publish(bytes, at + 4, at + size);
      return;
    }
    if (method === MethodId.basicAck && size === 13) {
      const view = views.of(bytes);
      const frameAt = at - frameHeaderBytes;
      this.settling.acked(channel, ackedTag(view, frameAt), acksMultiple(view, frameAt));
      return;
    }
    this.publishing.flush();
    this.settling.flush();
    const handler = methods.get(method) ?? channelMethods.get(method);
    if (handler === undefined) throw unknownMethod(method);
    this.handle(method, () => handler(channel, new ByteReader(bytes, at + 4, at + size)));
    this.holdWhileUnread();
  }

  /** What goes wrong in a method is that method's. */
  private handle(method: number, act: () => void): void {
    try {
      act();
    } catch (error) {
      if (error instanceof DecodeError) {
        throw new AmqpError(replyCodes.frameError, `cannot decode ${methodName(method)}: ${error.message}`, method);
      }
      const telling = told(error);
      throw telling === null ? error : telling.of(method);
    }
  }

  /** Anything but a frame of an open channel of a running connection. */
  private rareFrame(bytes: Buffer, type: number, number: number, at: number, size: number): void {
    if (type === frameType.heartbeat) {
      if (number !== 0) throw new AmqpError(replyCodes.unexpectedFrame, 'a heartbeat on a channel other than 0');
      return;
    }
    if (type !== frameType.method) {
      if (this.state === 'closing') return;
      const known = type === frameType.header || type === frameType.body;
      // Sent before the client knew of the close.
      if (known && this.channels.get(number)?.state === 'closing') return;
      this.strange(type, number);
    }
    if (size < 4) throw new AmqpError(replyCodes.frameError, 'a method frame that is too short');
    const method = bytes.readUInt32BE(at);
    const from = new ByteReader(bytes, at + 4, at + size);
    if (this.state === 'closing') {
      closingMethods(this, number, method);
      return;
    }
    if (number === 0) {
      const handler = connectionMethods.get(method);
      if (handler === undefined) throw unknownMethod(method);
      this.handle(method, () => handler(this, from));
      return;
    }
    this.methodOfNoChannel(number, method, from);
  }

  private strange(type: number, number: number): never {
    if (type === frameType.heartbeat) {
      throw new AmqpError(replyCodes.unexpectedFrame, 'a heartbeat on a channel other than 0');
    }
    const known = type === frameType.header || type === frameType.body;
    if (known && number !== 0) throw notOpen(number, 0);
    throw new AmqpError(
      known ? replyCodes.unexpectedFrame : replyCodes.frameError,
      `a frame of type ${type} on channel ${number}`,
    );
  }

  private methodOfNoChannel(number: number, method: number, from: ByteReader): void {
    if (this.state !== 'running') throw new AmqpError(replyCodes.channelError, 'the connection is not open', method);
    const channel = this.channels.get(number);
    if (channel?.state === 'closing') {
      const handler = method === MethodId.channelClose || method === MethodId.channelCloseOk;
      if (handler) this.handle(method, () => channelMethods.get(method)!(channel, from));
      return;
    }
    if (method === MethodId.channelOpen) {
      if (number > this.channelsMax) {
        throw new AmqpError(
          replyCodes.notAllowed,
          `number of channels opened (${number}) has reached the negotiated channel_max (${this.channelsMax})`,
          method,
          true,
        );
      }
      this.openChannel(number, from);
      return;
    }
    if (late.has(method) && this.closedNumbers.has(number)) return;
    throw notOpen(number, method);
  }

  private openChannel(number: number, from: ByteReader): void {
    refuseTooManyChannels(this);
    this.closedNumbers.delete(number);
    const channel = new AmqpChannel(this, number, this.context.broker.queues.nextHolder());
    this.channels.set(number, channel);
    this.context.opened.channels++;
    this.lastNumber = -1;
    this.handle(MethodId.channelOpen, () => channelMethods.get(MethodId.channelOpen)!(channel, from));
  }

  /** The channel is of the past; its number may be used again. */
  forgetChannel(channel: AmqpChannel): void {
    this.channels.delete(channel.number);
    this.closedNumbers.add(channel.number);
    this.lastNumber = -1;
  }

  headerCame(channel: AmqpChannel): void {
    if (this.withHeader !== null && this.withHeader !== channel) this.withHeader.keepHeader();
    this.withHeader = channel;
  }

  /** Frames are held for a reason that will be taken back: not for the connection's end, which its client still has to say. */
  private get waitsToGoOn(): boolean {
    return this.heldFor.size > 0 && !this.heldFor.has('shutdown');
  }

  /** Nothing more is handled until every reason that was given is taken back. */
  hold(reason: HoldReason): void {
    this.heldFor.add(reason);
    this.frames.hold();
  }

  release(reason: HoldReason): void {
    if (!this.heldFor.delete(reason) || this.heldFor.size > 0) return;
    this.connection.resume(heldReason);
    this.nowMs = this.context.clock.now();
    try {
      this.frames.release();
      this.endTurn();
    } catch (error) {
      this.failed(null, error);
    }
  }

  /**
   * A client that asks on and on and does not read gets no further answers before it has read those it has. Deliveries
   * stop earlier, so a consumer that is slow to read can still say what it settles.
   */
  holdWhileUnread(): void {
    if (this.out.pendingBytes >= handedOnBytes) this.out.close();
    if (this.state !== 'running' || !this.connection.overfull) return;
    this.hold('unread');
    this.connection.pause(heldReason);
  }

  // --- the end of a turn ---

  toConfirm(channel: AmqpChannel): void {
    this.confirming.push(channel);
  }

  private endTurn(): void {
    if (this.state !== 'running' || this.turning) return;
    this.turning = true;
    this.publishing.flush();
    this.settling.flush();
    for (let index = 0; index < this.confirming.length; index++) this.confirming[index]!.confirmTurn();
    this.confirming.length = 0;
    this.context.broker.queues.dispatch();
    this.turning = false;
    this.throttle.turnEnded();
  }

  // --- what handlers ask for ---

  get takesDeliveries(): boolean {
    return this.state === 'running' && this.connection.writable;
  }

  sendMethod(channel: number, write: (into: ByteWriter) => void): void {
    writer.clear();
    write(writer);
    this.out.frame(frameType.method, channel, writer);
  }

  gather(): void {
    this.out.close();
    this.pulse.sent();
  }

  drained(): void {
    this.release('unread');
    for (const channel of this.channels.values()) {
      for (const consumer of channel.consumers.values()) consumer.queue.wanted();
    }
  }

  get permissionsVersion(): number {
    return this.context.broker.permissions.generation;
  }

  mayWrite(exchange: string): void {
    this.may('write', exchange, 'exchange', exchange === '' ? 'amq.default' : exchange);
  }

  mayWriteTopic(exchange: Exchange, key: string): void {
    if (exchange.routesAs !== 'topic') return;
    this.mayTopic('write', exchange.name, key);
  }

  mayTopic(kind: 'write' | 'read', exchange: string, key: string): void {
    const { permissions } = this.context.broker;
    if (!permissions.limitsTopics(this.userName, this.vhost.name, exchange)) return;
    if (permissions.allowsTopic(this.userName, this.vhost.name, kind, exchange, key, this.clientId)) return;
    throw new AmqpError(
      replyCodes.accessRefused,
      `${kind} access to topic '${key}' in exchange '${exchange}' in vhost '${this.vhost.name}' refused for user '${this.userName}'`,
    );
  }

  private get clientId(): string {
    const field = this.clientProperties.get('client_id');
    return field?.tag === 'S' && typeof field.value === 'string' ? field.value : '';
  }

  may(kind: 'configure' | 'write' | 'read', name: string, what: 'queue' | 'exchange', shown: string = name): void {
    if (this.context.broker.permissions.allows(this.userName, this.vhost.name, kind, name)) return;
    throw new AmqpError(
      replyCodes.accessRefused,
      `${kind} access to ${what} '${shown}' in vhost '${this.vhost.name}' refused for user '${this.userName}'`,
    );
  }

  opened(vhost: Vhost): void {
    this.vhostOpened = vhost;
    vhost.connectionCount++;
    this.state = 'running';
    this.closeTimer?.cancel();
    this.closeTimer = null;
  }

  consumerLeft(queue: Queue): void {
    if (queue.gone || !queue.options.autoDelete || queue.consumers.count > 0) return;
    this.exclusiveQueues.delete(queue);
    whenItRecords(this.context, () => {
      if (queue.consumers.count === 0) this.context.broker.queues.delete(queue);
    });
  }

  /** What went over the connection up to now. */
  get traffic(): Traffic {
    const sum = new Traffic();
    sum.add(this.past);
    for (const channel of this.channels.values()) if (channel.state === 'open') sum.add(channel.traffic);
    return sum;
  }

  /** A channel ends, and with it its count. */
  counted(traffic: Traffic): void {
    this.past.add(traffic);
  }

  // --- the end ---

  /** Something went wrong: on this channel, or on the connection as a whole. */
  failed(channel: AmqpChannel | null, error: unknown): void {
    if (error instanceof AssertionError) throw error;
    if (this.state === 'closed') return;
    const telling = told(error) ?? unforeseen(error);
    if (telling === null) {
      this.connection.threw(error);
      return;
    }
    if (!(error instanceof AmqpError) && !(error instanceof BrokerError)) {
      const { remote } = this.connection.ends;
      this.context.logger.error({ front: 'amqp', remote, err: error }, 'handling a frame failed');
    }
    if (channel === null || channel.number === 0 || telling.endsConnection) this.closeFor(telling);
    else this.closeChannelFor(channel, telling);
  }

  private closeChannelFor(channel: AmqpChannel, error: AmqpError): void {
    if (channel.state !== 'open') return;
    const { remote } = this.connection.ends;
    this.context.logger.info(
      { front: 'amqp', remote, channel: channel.number, reason: error.message },
      'channel closed',
    );
    channel.end();
    channel.state = 'closing';
    this.lastNumber = -1;
    const { code, method } = error;
    const text = shortTextOf(error.message);
    this.sendMethod(channel.number, (into) => writeChannelClose(into, code, text, method >>> 16, method & 0xffff));
  }

  /** Tells the client why the connection ends, and waits a little for it to agree. */
  closeFor(error: AmqpError): void {
    if (this.state === 'closing' || this.state === 'closed') return;
    const { remote } = this.connection.ends;
    this.context.logger.info({ front: 'amqp', remote, reason: error.message }, 'connection closed');
    if (this.state === 'header') {
      this.connection.close(error.message);
      return;
    }
    this.endChannels();
    this.state = 'closing';
    this.throttle.end();
    this.heldFor.clear();
    this.connection.resume(heldReason);
    try {
      this.frames.release();
    } catch {
      // What was held back is wrong in itself; the connection ends anyway.
    }
    const { code, method } = error;
    const text = shortTextOf(error.message);
    this.sendMethod(0, (into) => writeConnectionClose(into, code, text, method >>> 16, method & 0xffff));
    this.closeTimer?.cancel();
    this.closeTimer = this.context.clock.after(this.context.settings.closeMs, () =>
      this.connection.close('the client did not answer the close'),
    );
  }

  private endChannels(): void {
    if (this.state !== 'running') return;
    try {
      this.publishing.flush();
    } catch {
      // Nobody is left to be told.
    }
    for (const channel of this.channels.values()) channel.end();
    this.context.past.add(this.past);
    this.channels.clear();
    this.lastNumber = -1;
    const queues = [...this.exclusiveQueues];
    this.exclusiveQueues.clear();
    whenItRecords(this.context, () => {
      for (const queue of queues) this.context.broker.queues.delete(queue);
    });
    if (this.vhostOpened !== null) this.vhostOpened.connectionCount--;
  }

  closed(): void {
    if (this.state === 'closed') return;
    this.endChannels();
    this.state = 'closed';
    this.throttle.end();
    this.closeTimer?.cancel();
    this.frames.forget();
    this.context.sessions.delete(this);
  }

  /** The front closes: what came in is still answered, and what comes now is not looked at any more. */
  finish(): void {
    if (this.state === 'running') {
      this.hold('shutdown');
      const shutdown = "broker forced connection closure with reason 'shutdown'";
      this.context.broker.storage.whenDurable({
        settled: () => this.closeFor(new AmqpError(replyCodes.connectionForced, shutdown)),
      });
    } else if (this.state !== 'closing') this.connection.close('the server is closing');
  }
}

function unknownMethod(method: number): AmqpError {
  return new AmqpError(replyCodes.commandInvalid, `unknown method ${methodName(method)}`, method);
}

function notOpen(number: number, method: number): AmqpError {
  return new AmqpError(replyCodes.channelError, `expected 'channel.open' on channel ${number}`, method);
}

function unforeseen(error: unknown): AmqpError | null {
  if (error instanceof DecodeError) return new AmqpError(replyCodes.syntaxError, error.message);
  return new AmqpError(replyCodes.internalError, 'the broker failed to handle it');
}

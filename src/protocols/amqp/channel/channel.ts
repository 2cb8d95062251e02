import { Queue } from '../../../broker/queue/queue.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import type { LogError } from '../../../log/errors.js';
import { writeBasicCancel, writeBasicReturn } from '../codec/basic.js';
import { MethodId } from '../codec/methods.js';
import { AmqpError, replyCodes, told } from '../errors.js';
import { frameEnd, frameHeaderBytes, frameType } from '../frame.js';
import { whenItRecords } from '../recorded.js';
import type { AmqpSession } from '../session.js';
import { Traffic } from '../traffic.js';
import type { AmqpConsumer } from './consumer.js';
import { Content } from './content.js';
import { body } from './delivery.js';
import { DeliveryAges } from './delivery-ages.js';
import { Preface } from './preface.js';
import type { Target } from './publishing.js';
import type { Transaction } from './transaction.js';
import { type Settle, Unacked } from './unacked.js';

/** A body is not believed to be as long as its header says before it is there. */
const firstBodyBytesMax = 256 * 1024;

/** An answer that waits for those before it, or for what it promises to be durable. */
interface Reply {
  ready: boolean;
  readonly write: () => void;
}

/** What comes next on the channel. */
const awaits = { method: 0, header: 1, body: 2 } as const;

/**
 * One channel: the message that is coming in, what was handed out and is not settled, and what is to be confirmed.
 */
export class AmqpChannel {
  readonly session: AmqpSession;
  readonly number: number;
  /** For whom the ledgers lock what this channel is handed. */
  readonly holder: number;
  readonly unacked: Unacked = new Unacked();
  readonly consumers: Map<string, AmqpConsumer> = new Map();
  /** The delivery tag given last. */
  lastTag = 0;
  /** Of the channel as a whole, and for consumers that begin from now on; 0 for no limit. */
  prefetch = 0;
  consumerPrefetch = 0;
  /** The queue that an empty name means. */
  lastQueue = '';
  transaction: Transaction | null = null;
  /** The consumer that is handed direct answers, and what its requests name as reply-to. */
  directReply: { readonly tag: string; readonly tagBytes: Buffer; readonly address: string } | null = null;
  readonly traffic: Traffic = new Traffic();
  readonly ages: DeliveryAges = new DeliveryAges();

  /** `open` → `closing` (we have said why, and wait for the answer) → `closed`. */
  state: 'open' | 'closing' | 'closed' = 'open';

  confirms = false;
  /** Messages published since confirms were asked for: the number of the last one. */
  publishCount = 0;
  /** The last number that somebody waits to confirm. */
  private confirmAsked = 0;
  private confirmsUnderWay = 0;
  /** Refused since the turn began. */
  private readonly refusedNumbers = new Set<number>();
  /** The last number that was answered for. */
  private confirmedTo = 0;
  private sawPersistent = false;
  private inConfirmList = false;

  private replies: Reply[] = [];

  // The message that is coming in.
  private next: number = awaits.method;
  private target: Target | null = null;
  private mandatory = false;
  private readonly content: Content = new Content();
  private size = 0;
  private received = 0;
  private gathered: Buffer | null = null;
  /** What is in front of the bodies of messages like the one before. */
  private readonly preface: Preface = new Preface();
  /**
   * Where the frames of the message that is coming in began, and where the next one begins if they lie in one piece: what
   * came in another begins before that, for it begins with the rest of a frame at most.
   */
  private beganAt = -1;
  private goesOnAt = -1;
  private sizeAt = 0;
  /** It goes where the one before went, with the same properties. */
  private isLike = false;

  constructor(session: AmqpSession, number: number, holder: number) {
    this.session = session;
    this.number = number;
    this.holder = holder;
  }

  // --- what comes in ---

  /** Nothing but a method may come now. */
  get expectsMethod(): boolean {
    return this.next === awaits.method;
  }

  /** basic.publish: the payload of its frame, behind class and method, lies in [at, end). */
  publish(bytes: Buffer, at: number, end: number): void {
    const exchangeEnd = at + 3 + bytes[at + 2]!;
    const keyEnd = exchangeEnd + 1 + bytes[exchangeEnd]!;
    if (exchangeEnd >= end || keyEnd + 1 !== end) {
      throw new AmqpError(replyCodes.syntaxError, 'malformed basic.publish', MethodId.basicPublish);
    }
    const bits = bytes[keyEnd]!;
    if ((bits & 2) !== 0) throw new AmqpError(replyCodes.notImplemented, 'immediate=true', MethodId.basicPublish);
    const target = this.session.publishing.targetOf(bytes, at + 2, keyEnd);
    const mandatory = (bits & 1) !== 0;
    this.isLike = target === this.target && mandatory === this.mandatory;
    this.target = target;
    this.mandatory = mandatory;
    this.next = awaits.header;
    this.beganAt = at - 4 - frameHeaderBytes;
    this.goesOnAt = end + 1;
  }

  header(bytes: Buffer, at: number, size: number): void {
    if (this.next !== awaits.header) throw unexpected('header', this.next);
    if (size < 14) throw new AmqpError(replyCodes.frameError, 'a header frame that is too short');
    const classId = (bytes[at]! << 8) | bytes[at + 1]!;
    if (classId !== 60) throw new AmqpError(replyCodes.unexpectedFrame, `a header of class ${classId}`);
    this.size = bytes.readUInt32BE(at + 4) * 4294967296 + bytes.readUInt32BE(at + 8);
    const limit = this.session.context.settings.messageBytesMax;
    if (this.size > limit) {
      throw new AmqpError(
        replyCodes.preconditionFailed,
        `message size ${this.size} is larger than configured max size ${limit}`,
        MethodId.basicPublish,
      );
    }
    const sameContent = this.content.read(bytes, at + 12, at + size);
    if (!sameContent || !this.isLike) {
      this.isLike = false;
      this.preface.forget();
    }
    this.sizeAt = at + 4;
    this.goesOnAt = at - frameHeaderBytes === this.goesOnAt ? at + size + 1 : -1;
    this.received = 0;
    if (this.size === 0) this.complete(bytes, at, 0);
    else {
      this.next = awaits.body;
      this.session.headerCame(this);
    }
  }

  /** The chunk that the header came in is about to be used again. */
  keepHeader(): void {
    if (this.next === awaits.body) this.content.keep();
  }

  body(bytes: Buffer, at: number, size: number): void {
    if (this.next !== awaits.body) throw unexpected('body', this.next);
    if (this.received === 0 && size === this.size) {
      const inOnePiece = at - frameHeaderBytes === this.goesOnAt;
      if (this.isLike && inOnePiece && this.preface.length === 0) {
        this.preface.learn(bytes, this.beganAt, this.goesOnAt, this.sizeAt, this.content.at);
      }
      this.complete(bytes, at, size);
      return;
    }
    if (this.received + size > this.size) {
      throw new AmqpError(replyCodes.unexpectedFrame, 'more body than the header says', MethodId.basicPublish);
    }
    this.gather(bytes, at, size);
    if (this.received < this.size) return;
    const { gathered } = this;
    this.gathered = null;
    this.complete(gathered!, 0, this.size);
  }

  /**
   * Where a whole message ends that begins at `at` and is like the one before in all but its body; `at` where there is
   * none. Such a message costs a comparison, and none of its frames is read: a fifth of what taking it in costs otherwise.
   */
  endOfLike(bytes: Buffer, view: DataView, at: number, end: number): number {
    const { preface } = this;
    const bodyAt = at + preface.length + frameHeaderBytes;
    if (preface.length === 0 || bodyAt >= end) return at;
    const size = preface.sizeIn(view, at);
    const mark = bodyAt + size;
    if (size <= 0 || mark >= end || bytes[mark] !== frameEnd) return at;
    const { settings } = this.session.context;
    if (size > this.session.frames.bytesMax || size > settings.messageBytesMax) return at;
    const frameAt = bodyAt - frameHeaderBytes;
    if (view.getUint8(frameAt) !== frameType.body || view.getUint16(frameAt + 1) !== this.number) return at;
    return view.getUint32(frameAt + 3) === size ? mark + 1 : at;
  }

  /** The message that `endOfLike` found. */
  publishLike(bytes: Buffer, at: number, end: number): void {
    const { preface, content } = this;
    const bodyAt = at + preface.length + frameHeaderBytes;
    content.moved(bytes, at + preface.contentAt);
    this.size = end - 1 - bodyAt;
    this.complete(bytes, bodyAt, this.size);
  }

  private gather(bytes: Buffer, at: number, size: number): void {
    let { gathered } = this;
    const needed = this.received + size;
    if (gathered === null || gathered.length < needed) {
      const room = Math.min(
        this.size,
        Math.max(needed, Math.min(this.size, firstBodyBytesMax), (gathered?.length ?? 0) * 2),
      );
      const grown = Buffer.allocUnsafe(room);
      gathered?.copy(grown, 0, 0, this.received);
      gathered = grown;
      this.gathered = gathered;
    }
    bytes.copy(gathered, this.received, at, at + size);
    this.received = needed;
  }

  private complete(bytes: Buffer, at: number, length: number): void {
    const target = this.target!;
    this.next = awaits.method;
    this.session.throttle.publishing();
    try {
      if (this.transaction !== null) {
        this.transaction.publish(target, this.mandatory, this.content, bytes, at, length);
        return;
      }
      // Numbered first: a run remembers the number of its first message.
      if (this.confirms) this.count();
      this.session.publishing.take(this, target, this.mandatory, this.content, bytes, at, length);
    } catch (error) {
      throw told(error)?.of(MethodId.basicPublish) ?? error;
    }
  }

  private count(): void {
    this.publishCount++;
    if (this.content.persistent) this.sawPersistent = true;
    if (this.inConfirmList) return;
    this.inConfirmList = true;
    this.session.toConfirm(this);
  }

  // --- confirms ---

  /** The turn ends: what came in by now is confirmed when it is durable, or at once where that was not asked for. */
  confirmTurn(): void {
    this.inConfirmList = false;
    if (this.state !== 'open' || this.publishCount === this.confirmAsked) return;
    const before = this.confirmAsked;
    const upTo = this.lastTaken(before);
    const { storage } = this.session.context.broker;
    const wait = this.sawPersistent || this.confirmsUnderWay > 0;
    const single = upTo - before === 1;
    this.sawPersistent = false;
    this.confirmAsked = this.publishCount;
    if (upTo === before) return;
    if (!wait) {
      this.writeConfirm(upTo, !single);
      return;
    }
    this.confirmsUnderWay++;
    storage.whenDurable({ settled: (error) => this.confirmed(upTo, single, error) });
  }

  /** The last number behind `before` that is not refused already: what was refused is not confirmed as well. */
  private lastTaken(before: number): number {
    let upTo = this.publishCount;
    if (this.refusedNumbers.size > 0) {
      while (upTo > before && this.refusedNumbers.has(upTo)) upTo--;
      this.refusedNumbers.clear();
    }
    return upTo;
  }

  /**
   * What could not be written yet is in memory, and is written as soon as that works: a nack would have the publisher
   * send it twice. It waits, and as `blocked` it knows why.
   */
  private confirmed(upTo: number, single: boolean, error: LogError | null): void {
    if (error !== null && error.code !== 'closed' && this.state === 'open') {
      this.session.context.broker.storage.whenDurable({ settled: (again) => this.confirmed(upTo, single, again) });
      return;
    }
    this.confirmsUnderWay--;
    if (this.state === 'open' && error === null) this.writeConfirm(upTo, !single);
  }

  private writeConfirm(upTo: number, multiple: boolean): void {
    this.traffic.confirmed += upTo - this.confirmedTo;
    this.confirmedTo = upTo;
    this.session.out.ack(this.number, upTo, multiple);
  }

  /** A queue turned away so many messages from this number on. */
  refused(firstNumber: number, count: number): void {
    if (!this.confirms) return;
    this.traffic.refused += count;
    for (let number = firstNumber; number < firstNumber + count; number++) {
      this.refusedNumbers.add(number);
      this.session.out.nack(this.number, number, false);
    }
  }

  returnMessage(target: Target, content: Content, bytes: Buffer, at: number, length: number): void {
    const { session } = this;
    this.send((into) => writeBasicReturn(into, replyCodes.noRoute, 'NO_ROUTE', target.exchange, target.key));
    body(session.out, this.number, session.frameBytesMax, content.bytes, content.at, content.length, bytes, at, length);
    session.holdWhileUnread();
  }

  // --- what goes out ---

  /** Writes one method at once. */
  send(write: (into: ByteWriter) => void): void {
    this.session.sendMethod(this.number, write);
  }

  /** Answers a request, behind the answers to those before it. */
  reply(write: (into: ByteWriter) => void, then?: () => void): void {
    const act = (): void => {
      this.send(write);
      then?.();
    };
    if (this.replies.length === 0) act();
    else this.replies.push({ ready: true, write: act });
  }

  /** Answers when what was recorded so far is durable. */
  replyDurable(write: (into: ByteWriter) => void, then?: () => void): void {
    const reply: Reply = {
      ready: false,
      write: () => {
        this.send(write);
        then?.();
      },
    };
    this.replies.push(reply);
    this.awaitDurable(reply);
  }

  private awaitDurable(reply: Reply): void {
    this.session.context.broker.storage.whenDurable({
      settled: (error) => {
        if (this.state !== 'open' || error?.code === 'closed') return;
        if (error !== null) {
          this.awaitDurable(reply);
          return;
        }
        reply.ready = true;
        this.sendReplies();
      },
    });
  }

  /** A place in the order of answers, for one that is not known yet. */
  laterReply(): (write: () => void) => void {
    let act = (): void => {};
    const reply: Reply = { ready: false, write: () => act() };
    this.replies.push(reply);
    return (write) => {
      act = write;
      reply.ready = true;
      this.sendReplies();
    };
  }

  private sendReplies(): void {
    while (this.state === 'open' && this.replies.length > 0 && this.replies[0]!.ready) {
      // Taken out first: an answer that finds it has to wait takes a place of its own.
      const reply = this.replies.shift()!;
      try {
        reply.write();
      } catch (error) {
        this.session.failed(this, error);
      }
    }
  }

  // --- deliveries ---

  /** Deliveries that count against the channel's prefetch; those of a transaction still do. */
  get unsettled(): number {
    const { count, got } = this.unacked;
    return count - got + (this.transaction === null ? 0 : this.transaction.heldCount);
  }

  /** Whether a consumer may be handed anything now. */
  get takesDeliveries(): boolean {
    return this.state === 'open' && this.session.takesDeliveries;
  }

  /**
   * The time-out that the oldest delivery without an ack has exceeded; 0 where none has. Called about once a second, which
   * is why deliveries themselves cost nothing for it.
   */
  lateAck(nowMs: number): number {
    const { unacked, ages, session } = this;
    if (unacked.count === 0 || this.state !== 'open') {
      ages.clear();
      return 0;
    }
    let shortestMs = session.context.settings.consumerTimeoutMs;
    let lateMs = 0;
    unacked.each((tag, queue, consumer) => {
      const timeoutMs =
        consumer?.timeoutMs || queue.settings.consumerTimeoutMs || session.context.settings.consumerTimeoutMs;
      if (timeoutMs === 0 || lateMs > 0) return;
      if (shortestMs === 0 || timeoutMs < shortestMs) shortestMs = timeoutMs;
      if (tag <= ages.lastBy(nowMs - timeoutMs)) lateMs = timeoutMs;
    });
    if (shortestMs > 0) ages.note(this.lastTag, nowMs, shortestMs / 16);
    return lateMs;
  }

  /** The queue is gone from under the consumer. */
  consumerCancelled(consumer: AmqpConsumer): void {
    if (this.consumers.get(consumer.tag) !== consumer) return;
    this.consumers.delete(consumer.tag);
    if (this.state !== 'open' || !this.session.capabilities.cancelNotify) return;
    // Whoever deletes a queue that it consumes from is answered before it is told of the end, as in RabbitMQ.
    this.session.context.clock.soon(() => {
      if (this.state === 'open') this.reply((into) => writeBasicCancel(into, consumer.tag, true));
    });
  }

  /** Takes a consumer out, with what follows for its queue. */
  removeConsumer(consumer: AmqpConsumer): void {
    this.consumers.delete(consumer.tag);
    const { queue } = consumer;
    queue.unconsume(consumer);
    if (queue instanceof Queue) this.session.consumerLeft(queue);
  }

  /** Direct answers are not waited for any more. */
  endDirectReply(): void {
    if (this.directReply === null) return;
    this.session.context.replies.close(this.directReply.address);
    this.directReply = null;
  }

  /** All that is not settled goes back to its queues. */
  private requeueAll(): void {
    const release: Settle = (queue, _consumer, from, to) => {
      if (!queue.gone) queue.release(this.holder, from, to);
    };
    whenItRecords(this.session.context, () => this.unacked.settleAll(release));
  }

  /** Lets go of everything; whoever closes it has said so to the client. */
  end(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.endDirectReply();
    this.replies = [];
    this.gathered = null;
    this.transaction?.rollback();
    this.transaction = null;
    for (const consumer of [...this.consumers.values()]) this.removeConsumer(consumer);
    this.session.settling.flush();
    this.requeueAll();
    this.session.counted(this.traffic);
  }
}

function unexpected(frame: string, next: number): AmqpError {
  const expected = next === awaits.method ? 'method' : next === awaits.header ? 'content header' : 'content body';
  return new AmqpError(replyCodes.unexpectedFrame, `expected ${expected}, got ${frame} instead`);
}

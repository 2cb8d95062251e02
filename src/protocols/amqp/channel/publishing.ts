import { contentKind, ExtraHeaders, messageHeader } from '../../../broker/queue/message.js';
import { MessageRun } from '../../../broker/queue/message-run.js';
import { published } from '../../../broker/queue/queues.js';
import { nowhere, type RouteResult } from '../../../broker/routing/route-cache.js';
import { isReplyAddress } from '../direct-replies.js';
import { AmqpError, replyCodes } from '../errors.js';
import type { AmqpSession } from '../session.js';
import type { AmqpChannel } from './channel.js';
import type { Content } from './content.js';
import { answer } from './direct-reply.js';

const targetsMax = 1024;

/** Where publishes with one exchange and routing key go, worked out once. */
class Target {
  readonly exchange: string;
  readonly key: string;
  readonly exchangeBytes: Buffer;
  readonly keyBytes: Buffer;
  /** What the method frame has: both names with their lengths. */
  readonly names: Buffer;
  /** Null where each message has a way of its own, by its headers. */
  route: RouteResult | null = null;
  version = -1;
  delayed = false;
  /** Whether it is somebody's direct answers, and no queue. */
  readonly isReply: boolean;

  constructor(names: Buffer) {
    this.names = names;
    const exchangeEnd = 1 + names[0]!;
    this.exchangeBytes = names.subarray(1, exchangeEnd);
    this.keyBytes = names.subarray(exchangeEnd + 1);
    this.exchange = this.exchangeBytes.toString();
    this.key = this.keyBytes.toString();
    this.isReply = this.exchange === '' && isReplyAddress(this.key);
  }
}

export type { Target };

/**
 * The publishes of one connection: those that follow one another with the same exchange and routing key become one run,
 * which is routed once and becomes one batch. A run ends with the chunk that its messages came in.
 */
export class Publishing {
  private readonly session: AmqpSession;
  private readonly targets = new Map<string, Target>();
  private last: Target | null = null;
  private readonly run = new MessageRun();
  private readonly extra = new ExtraHeaders();
  /** Whose messages the run has, and how many it had published with the first of them. */
  private channel: AmqpChannel | null = null;
  private firstNumber = 0;
  private target: Target | null = null;
  private priority = 0;
  private timed = false;

  constructor(session: AmqpSession) {
    this.session = session;
  }

  /** The target that a basic.publish names, whose exchange and routing key lie in [at, end). */
  targetOf(bytes: Buffer, at: number, end: number): Target {
    const { last } = this;
    if (last !== null && isAt(last.names, bytes, at, end)) return last;
    const name = bytes.toString('latin1', at, end);
    let target = this.targets.get(name);
    if (target === undefined) {
      if (this.targets.size >= targetsMax) this.targets.clear();
      target = new Target(Buffer.from(bytes.subarray(at, end)));
      this.targets.set(name, target);
    }
    this.last = target;
    return target;
  }

  /** Makes sure that what is known of the target still holds. Throws what the client did wrong. */
  check(target: Target): void {
    const { session } = this;
    const version = session.vhost.router.version + session.permissionsVersion;
    if (target.version === version) return;
    const { exchange } = target;
    session.mayWrite(exchange);
    const { router } = session.vhost;
    target.delayed = false;
    if (exchange === '') {
      target.route = target.isReply ? null : router.route('', target.key, null);
    } else {
      const found = router.find(exchange);
      if (found === undefined) {
        throw new AmqpError(replyCodes.notFound, `no exchange '${exchange}' in vhost '${session.vhost.name}'`);
      }
      if (found.internal) {
        throw new AmqpError(
          replyCodes.accessRefused,
          `cannot publish to internal exchange '${exchange}' in vhost '${session.vhost.name}'`,
        );
      }
      session.mayWriteTopic(found, target.key);
      target.delayed = found.delayed;
      target.route = router.readsContent(exchange) ? null : router.route(exchange, target.key, null);
    }
    target.version = version;
  }

  /** A message is complete: [at, at + length) of `body`. */
  take(
    channel: AmqpChannel,
    target: Target,
    mandatory: boolean,
    content: Content,
    body: Buffer,
    at: number,
    length: number,
  ): void {
    this.check(target);
    if (content.plain && target.route !== null && !target.delayed) {
      if (target.route.destinations.length === 0) {
        this.unrouted(channel, target, mandatory, content, body, at, length);
        return;
      }
      if (!this.goesOn(channel, target, 0, false)) this.begin(channel, target, 0, false);
      this.run.add(content.bytes, content.at, content.length, body, at, length);
      return;
    }
    this.takeSpecial(channel, target, mandatory, content, body, at, length);
  }

  /** Whether a message may follow those of the run that is gathered. */
  private goesOn(channel: AmqpChannel, target: Target, priority: number, timed: boolean): boolean {
    if (target !== this.target || channel !== this.channel) return false;
    return this.priority === priority && this.timed === timed && !this.run.full;
  }

  /** Publishes what was gathered, and gathers anew. */
  private begin(channel: AmqpChannel, target: Target, priority: number, timed: boolean): void {
    this.flush();
    this.channel = channel;
    this.firstNumber = channel.publishCount;
    this.target = target;
    this.priority = priority;
    this.timed = timed;
    this.run.begin(target.exchangeBytes, target.keyBytes, contentKind.amqp, this.session.nowMs);
  }

  /** A message of which more is to be known than where its run goes: a run of its own, unless it is only timed. */
  private takeSpecial(
    channel: AmqpChannel,
    target: Target,
    mandatory: boolean,
    content: Content,
    body: Buffer,
    at: number,
    length: number,
  ): void {
    this.refuseBad(channel, content);
    if (target.isReply) {
      if (answer(channel, target, content, body, at, length)) channel.traffic.published++;
      else this.unrouted(channel, target, mandatory, content, body, at, length);
      return;
    }
    const route = this.routeOf(target, content);
    if (route.destinations.length === 0 && !(target.delayed && content.delayMs > 0)) {
      this.unrouted(channel, target, mandatory, content, body, at, length);
      return;
    }
    const timed = content.expirationMs >= 0;
    const { extra } = this;
    extra.clear();
    // The time of a delayed message begins when it is routed.
    const beginsMs = this.session.nowMs + (target.delayed ? content.delayMs : 0);
    if (timed) extra.addTime(messageHeader.expires, beginsMs + content.expirationMs);
    if (content.copies.length > 0) extra.addTexts(messageHeader.copies, content.copies);
    if (content.priority > 0) extra.addByte(messageHeader.priority, content.priority);
    const own = route !== target.route;
    if (own || !this.goesOn(channel, target, content.priority, timed)) {
      this.begin(channel, target, content.priority, timed);
    }
    let { bytes, at: contentAt, length: contentLength } = content;
    if (content.changes) {
      bytes = content.changed(channel.directReply?.address ?? '');
      contentAt = 0;
      contentLength = bytes.length;
    }
    this.run.add(bytes, contentAt, contentLength, body, at, length, extra.bytes(), extra.count);
    if (own || target.delayed) this.put(route, target.delayed ? content.delayMs : 0);
  }

  /** Throws what is wrong with a publish that is to be taken later: `take` then throws nothing. */
  refuse(channel: AmqpChannel, target: Target, content: Content): void {
    this.check(target);
    this.refuseBad(channel, content);
    const { copies, blindCopies } = content;
    if (copies.length > 0 || blindCopies.length > 0) this.mayCopy(target, [...copies, ...blindCopies]);
  }

  private mayCopy(target: Target, keys: readonly string[]): void {
    const exchange = this.session.vhost.router.find(target.exchange);
    if (exchange !== undefined) for (const key of keys) this.session.mayWriteTopic(exchange, key);
  }

  private refuseBad(channel: AmqpChannel, content: Content): void {
    const { session } = this;
    if (content.asksDirectReply && channel.directReply === null) {
      throw new AmqpError(replyCodes.preconditionFailed, 'fast reply consumer does not exist');
    }
    if (content.badExpiration !== null) {
      throw new AmqpError(replyCodes.preconditionFailed, `invalid expiration '${content.badExpiration}': no_integer`);
    }
    if (content.userId !== null && content.userId !== session.userName && !session.impersonates) {
      throw new AmqpError(
        replyCodes.preconditionFailed,
        `user_id property set to '${content.userId}' but authenticated user was '${session.userName}'`,
      );
    }
  }

  private routeOf(target: Target, content: Content): RouteResult {
    const { copies, blindCopies } = content;
    if (copies.length === 0 && blindCopies.length === 0 && target.route !== null) return target.route;
    const keys = [target.key, ...copies, ...blindCopies];
    this.mayCopy(target, keys);
    const { router } = this.session.vhost;
    return router.routeKeys(target.exchange, keys, content.headers(), content.properties()) ?? nowhere;
  }

  private unrouted(
    channel: AmqpChannel,
    target: Target,
    mandatory: boolean,
    content: Content,
    body: Buffer,
    at: number,
    length: number,
  ): void {
    // What was gathered before it has numbers before it.
    if (this.channel === channel) this.flush();
    const { traffic } = channel;
    traffic.published++;
    if (mandatory) traffic.returned++;
    else traffic.dropped++;
    this.session.context.sizes.observe(length);
    if (mandatory) channel.returnMessage(target, content, body, at, length);
  }

  /** Publishes what was gathered. */
  flush(): void {
    const { target } = this;
    if (target === null) return;
    this.put(target.route ?? nowhere, 0);
  }

  private put(route: RouteResult, delayMs: number): void {
    const { run, session } = this;
    const channel = this.channel!;
    const target = this.target!;
    this.target = null;
    this.channel = null;
    if (run.count === 0) return;
    channel.traffic.published += run.count;
    session.context.sizes.observe(run.bodyBytes / run.count, run.count);
    const { queues } = session.context.broker;
    if (target.delayed && delayMs > 0) {
      queues.publishLater(session.vhost, run, delayMs);
      return;
    }
    const outcome = queues.publish(route.destinations, run, this.priority, this.timed);
    if (outcome !== published.refused) return;
    const { accepted } = run;
    channel.refused(this.firstNumber + accepted, run.count - accepted);
  }
}

function isAt(names: Buffer, bytes: Buffer, at: number, end: number): boolean {
  const length = end - at;
  if (names.length !== length) return false;
  for (let index = 0; index < length; index++) if (names[index] !== bytes[at + index]) return false;
  return true;
}

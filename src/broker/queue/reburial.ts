import { DecodeError } from '../../lib/byte-reader.js';
import { queueKey, queuePlace } from '../queue-key.js';
import type { Headers } from '../routing/headers.js';
import { defaultExchangeName, type Router } from '../routing/router.js';
import type { DeadBatch } from './dead-batch.js';
import type { DeadLetterTarget } from './dead-letters.js';
import { type Deaths, died, encodeDeaths, goesRound } from './deaths.js';
import { contentKind, ExtraHeaders, encodeReceived, messageHeader, receivedOf } from './message.js';
import { MessageCursor } from './message-cursor.js';
import { MessageRun } from './message-run.js';
import type { Queues } from './queues.js';
import type { DeathReason } from './runs.js';
import type { DeadLetterRoute } from './settings.js';
import { encodeTakenRecord } from './taken-record.js';

/** What routing by headers needs to know of a message, which only the front that took it in can read. */
export type HeadersOf = (message: MessageCursor) => Headers | null;

const neverReceived = { count: 0, firstMs: 0 };
const keyBytesMax = 255;

/** Keys of records may be longer than routing keys can be. */
function shortKey(key: Buffer): Buffer {
  if (key.length <= keyBytesMax) return key;
  let end = keyBytesMax;
  while (end > 0 && (key[end]! & 0xc0) === 0x80) end--;
  return key.subarray(0, end);
}

/** Where messages died. */
export interface DeathPlace {
  readonly settings: { readonly deadLetter: DeadLetterRoute | null };
  readonly log: { readonly id: number };
}

/**
 * Sends a queue's dead letters on: to the exchange its settings name, as a publish of its own with the story of the
 * deaths. Where that exchange is not there, or leads nowhere, they are dropped, and so is what would go round for ever.
 */
export class Reburial implements DeadLetterTarget<DeadBatch> {
  private readonly name: string;
  private readonly queues: Queues;
  private readonly place: () => DeathPlace | undefined;
  /** Whether only the broker writes there: elsewhere a header may have any name. */
  private readonly isOwn: boolean;
  private readonly message = new MessageCursor(null);
  private readonly run = new MessageRun();
  private readonly extra = new ExtraHeaders();

  /** `place`: for what dies in logs that others write to; otherwise it is the queue of that name. */
  constructor(name: string, queues: Queues, place?: () => DeathPlace | undefined) {
    this.name = name;
    this.queues = queues;
    this.isOwn = place === undefined;
    this.place = place ?? ((): DeathPlace | undefined => queues.get(name));
  }

  /** What befell the message before. */
  private get deathsBefore(): Deaths | null {
    const { message } = this;
    if (this.isOwn) return message.deaths;
    if (message.kind === contentKind.none) return null;
    try {
      return message.deaths;
    } catch (error) {
      if (error instanceof DecodeError) return null;
      throw error;
    }
  }

  take(records: DeadBatch, from: number, to: number, reason: DeathReason, deliveries: number): boolean {
    const { queues } = this;
    const { storage } = queues;
    if (storage.refusal !== null || storage.congested) return false;
    if (records.batch === null) return true;
    this.message.open(records.batch, 0);
    const route = this.place()?.settings.deadLetter ?? null;
    if (route?.straight !== true) {
      this.sendOn(from, to, reason);
      return true;
    }
    return reason === 'expired' || this.sendStraight(route, from, to, reason, deliveries);
  }

  /** False while the queue they are to go to is not there. */
  private sendStraight(
    route: DeadLetterRoute,
    from: number,
    to: number,
    reason: DeathReason,
    deliveries: number,
  ): boolean {
    const { queues, message, run, extra } = this;
    const { vhost, name } = queuePlace(this.name);
    const origin = this.place();
    const target = queues.get(queueKey(vhost, route.key!));
    const destination = target?.log.id ?? queues.logs?.destinationNamed(route.key!);
    if (destination === undefined || origin === undefined || destination === origin.log.id) return false;
    const nowMs = queues.storage.clock.now();
    while (message.next()) {
      if (message.offset < from) continue;
      if (message.offset >= to) break;
      const { exchange, key } = message;
      const before = this.isOwn ? receivedOf(message) : neverReceived;
      const firstMs = before.firstMs || (queues.firstReceives.of(origin.log.id, message.offset) ?? nowMs);
      extra.clear();
      extra.add(
        messageHeader.deaths,
        encodeDeaths(died(this.deathsBefore, { queue: name, reason, exchange, keys: [key], firstMs: nowMs })),
      );
      extra.add(messageHeader.received, encodeReceived(before.count + deliveries, firstMs));
      // Messages in order start anew, others grow as old as if they had stayed: as SQS has it.
      const sentMs = target?.options.admission === 'explicit' ? nowMs : message.timestampMs;
      const { bytes, keyAt, keyLength } = message;
      const keyBytes = bytes.subarray(keyAt, keyAt + Math.max(0, keyLength));
      this.copy(exchange, target === undefined ? keyBytes : shortKey(keyBytes), sentMs);
      queues.publish([destination], run, 0, false);
    }
    return true;
  }

  /** A run that there was no room for from message `from` on: each of those is dead before it came in. */
  takeRefused(refused: MessageRun, from: number): void {
    // Not from where it was placed: other queues may have that place, and dead letters take theirs meanwhile.
    this.message.open(refused.sealed(), 0);
    this.sendOn(from, Number.POSITIVE_INFINITY, 'max-length');
  }

  private sendOn(from: number, to: number, reason: DeathReason): void {
    const { queues, message } = this;
    const route = this.place()?.settings.deadLetter ?? null;
    const router = queues.vhosts.get(queuePlace(this.name).vhost)?.router;
    if (route === null || router === undefined) return;
    if (route.exchange !== defaultExchangeName && router.find(route.exchange) === undefined) return;
    while (message.next()) {
      if (message.offset < from) continue;
      if (message.offset >= to) break;
      this.send(router, route, reason);
    }
  }

  private send(router: Router, route: DeadLetterRoute, reason: DeathReason): void {
    const { queues, message, run, extra } = this;
    const nowMs = queues.storage.clock.now();
    const place = queuePlace(this.name);
    const copies = this.isOwn ? message.copies : [];
    const deaths = died(this.deathsBefore, {
      queue: place.name,
      reason,
      exchange: message.exchange,
      keys: [message.key, ...copies],
      firstMs: nowMs,
    });
    const keys = route.key === null ? [message.key, ...copies] : [route.key];
    const delayMs = this.delayOf(router, route.exchange);
    let destinations: readonly number[] = [];
    if (delayMs === 0) {
      const result = router.routeKeys(route.exchange, keys, queues.headersOf(message));
      if (result === null) return;
      destinations = result.destinations.filter((destination) => !this.roundTrip(deaths, destination, place.vhost));
      if (destinations.length === 0) return;
    }
    const priority = this.isOwn ? message.priority : 0;
    extra.clear();
    extra.add(messageHeader.deaths, encodeDeaths(deaths));
    if (keys.length > 1) extra.addTexts(messageHeader.copies, keys.slice(1));
    if (priority > 0) extra.addByte(messageHeader.priority, priority);
    this.copy(route.exchange, shortKey(Buffer.from(keys[0]!)), nowMs);
    if (delayMs > 0) queues.publishLater(queues.vhosts.get(place.vhost)!, run, delayMs);
    else queues.publish(destinations, run, priority, false);
  }

  /** The message under the cursor as a run of its own, with `extra`. */
  private copy(exchange: string, key: Buffer, timestampMs: number): void {
    const { message, run, extra } = this;
    const { bytes, contentAt, contentLength, bodyAt } = message;
    const bodyLength = Math.max(0, message.bodyLength);
    if (message.kind === contentKind.none) {
      // What it says of itself would be lost among what is told of it here.
      const content = encodeTakenRecord(message);
      run.begin(Buffer.from(exchange), key, contentKind.record, timestampMs);
      run.add(content, 0, content.length, bytes, bodyAt, bodyLength, extra.bytes(), extra.count);
      return;
    }
    run.begin(Buffer.from(exchange), key, message.kind, timestampMs);
    run.add(bytes, contentAt, contentLength, bytes, bodyAt, bodyLength, extra.bytes(), extra.count);
  }

  /** How long an exchange of delayed messages keeps the message, unless it came by one and has waited already. */
  private delayOf(router: Router, exchange: string): number {
    const { queues, message } = this;
    if (router.find(exchange)?.delayed !== true || router.find(message.exchange)?.delayed === true) return 0;
    const delay = queues.headersOf(message)?.get('x-delay');
    return typeof delay === 'number' && delay > 0 ? Math.floor(delay) : 0;
  }

  private roundTrip(deaths: Deaths, destination: number, vhost: string): boolean {
    const queue = this.queues.of(destination);
    if (queue === undefined) return false;
    for (const death of deaths.list) {
      if (queueKey(vhost, death.queue) === queue.name) return goesRound(deaths, death.queue);
    }
    return false;
  }
}

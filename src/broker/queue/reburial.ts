import { queueKey, queuePlace } from '../queue-key.js';
import type { Headers } from '../routing/headers.js';
import { defaultExchangeName, type Router } from '../routing/router.js';
import type { DeadBatch } from './dead-batch.js';
import type { DeadLetterTarget } from './dead-letters.js';
import { type Deaths, died, encodeDeaths, goesRound } from './deaths.js';
import { ExtraHeaders, encodeReceived, messageHeader, receivedOf } from './message.js';
import { MessageCursor } from './message-cursor.js';
import { MessageRun } from './message-run.js';
import type { Queues } from './queues.js';
import type { DeathReason } from './runs.js';
import type { DeadLetterRoute } from './settings.js';

/** What routing by headers needs to know of a message, which only the front that took it in can read. */
export type HeadersOf = (message: MessageCursor) => Headers | null;

/**
 * Sends a queue's dead letters on: to the exchange its settings name, as a publish of its own with the story of the
 * deaths. Where that exchange is not there, or leads nowhere, they are dropped, and so is what would go round for ever.
 */
export class Reburial implements DeadLetterTarget<DeadBatch> {
  private readonly name: string;
  private readonly queues: Queues;
  private readonly message = new MessageCursor(null);
  private readonly run = new MessageRun();
  private readonly extra = new ExtraHeaders();

  constructor(name: string, queues: Queues) {
    this.name = name;
    this.queues = queues;
  }

  take(records: DeadBatch, from: number, to: number, reason: DeathReason, deliveries: number): boolean {
    const { queues } = this;
    const { storage } = queues;
    if (storage.refusal !== null || storage.congested) return false;
    this.message.open(records.batch, 0);
    const route = queues.get(this.name)?.settings.deadLetter ?? null;
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
    const origin = queues.get(this.name);
    const target = queues.get(queueKey(vhost, route.key!));
    if (target === undefined || target === origin || origin === undefined) return false;
    const nowMs = queues.storage.clock.now();
    while (message.next()) {
      if (message.offset < from) continue;
      if (message.offset >= to) break;
      const { exchange, key } = message;
      const before = receivedOf(message);
      const firstMs = before.firstMs || (queues.firstReceives.of(origin.log.id, message.offset) ?? nowMs);
      extra.clear();
      extra.add(
        messageHeader.deaths,
        encodeDeaths(died(message.deaths, { queue: name, reason, exchange, keys: [key], firstMs: nowMs })),
      );
      extra.add(messageHeader.received, encodeReceived(before.count + deliveries, firstMs));
      // Messages in order start anew, others grow as old as if they had stayed: as SQS has it.
      const sentMs = target.options.admission === 'explicit' ? nowMs : message.timestampMs;
      run.begin(Buffer.from(exchange), Buffer.from(key), message.kind, sentMs);
      const { bytes, contentAt, contentLength, bodyAt, bodyLength } = message;
      run.add(bytes, contentAt, contentLength, bytes, bodyAt, bodyLength, extra.bytes(), extra.count);
      queues.publish([target.log.id], run, 0, false);
    }
    return true;
  }

  /** A run that there was no room for from message `from` on: each of those is dead before it came in. */
  takeRefused(refused: MessageRun, from: number): void {
    refused.place(this.queues.storage.slabs);
    this.message.open(refused.buffer, refused.at);
    this.sendOn(from, Number.POSITIVE_INFINITY, 'max-length');
  }

  private sendOn(from: number, to: number, reason: DeathReason): void {
    const { queues, message } = this;
    const route = queues.get(this.name)?.settings.deadLetter ?? null;
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
    const copies = message.copies;
    const deaths = died(message.deaths, {
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
    const { priority } = message;
    extra.clear();
    extra.add(messageHeader.deaths, encodeDeaths(deaths));
    if (keys.length > 1) extra.addTexts(messageHeader.copies, keys.slice(1));
    if (priority > 0) extra.addByte(messageHeader.priority, priority);
    run.begin(Buffer.from(route.exchange), Buffer.from(keys[0]!), message.kind, nowMs);
    const { bytes, contentAt, contentLength, bodyAt, bodyLength } = message;
    run.add(bytes, contentAt, contentLength, bytes, bodyAt, bodyLength, extra.bytes(), extra.count);
    if (delayMs > 0) queues.publishLater(queues.vhosts.get(place.vhost)!, run, delayMs);
    else queues.publish(destinations, run, priority, false);
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

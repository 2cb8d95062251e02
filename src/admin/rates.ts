import type { JsonObject } from '../lib/json.js';

/** What a queue had come to when it was looked at. */
interface Sample {
  readonly atMs: number;
  readonly published: number;
  readonly messages: number;
  readonly ready: number;
  readonly publishRate: number;
  readonly messagesRate: number;
  readonly readyRate: number;
}

/** Two looks that are closer together have one answer: two tools that ask must not spoil each other's. */
const windowMs = 5000;
/** Looked at anew from nothing when there are more. */
const samplesMax = 100_000;

/**
 * How fast queues change, for the tools that scale consumers by it: since they were last asked for, and not measured while
 * nobody asks.
 */
export class QueueRates {
  private readonly samples = new Map<number, Sample>();

  /** `published`: everything that ever came to the queue with that log. */
  of(logId: number, nowMs: number, published: number, ready: number, unacked: number): JsonObject {
    const messages = ready + unacked;
    const last = this.samples.get(logId);
    let now = last;
    if (last === undefined || nowMs - last.atMs >= windowMs) {
      const seconds = last === undefined ? Number.POSITIVE_INFINITY : (nowMs - last.atMs) / 1000;
      const perSecond = (value: number, before: number | undefined): number =>
        Math.round(((value - (before ?? value)) / seconds) * 100) / 100;
      now = {
        atMs: nowMs,
        published,
        messages,
        ready,
        publishRate: perSecond(published, last?.published),
        messagesRate: perSecond(messages, last?.messages),
        readyRate: perSecond(ready, last?.ready),
      };
      if (this.samples.size >= samplesMax) this.samples.clear();
      this.samples.set(logId, now);
    }
    return {
      messages_details: { rate: now!.messagesRate },
      messages_ready_details: { rate: now!.readyRate },
      messages_unacknowledged_details: { rate: Math.round((now!.messagesRate - now!.readyRate) * 100) / 100 },
      message_stats: { publish: published, publish_details: { rate: now!.publishRate } },
    };
  }
}

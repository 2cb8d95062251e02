import type { Deaths } from '../../../broker/queue/deaths.js';
import { contentKind } from '../../../broker/queue/message.js';
import type { MessageCursor } from '../../../broker/queue/message-cursor.js';
import type { Queue } from '../../../broker/queue/queue.js';
import { Runs } from '../../../broker/queue/runs.js';
import type { QueuedPartition } from '../../../broker/share/queued-partition.js';
import type { TopicQueue } from '../../../broker/share/topic-queue.js';
import { stateNumbers } from '../../../broker/state-numbers.js';
import { DecodeError } from '../../../lib/byte-reader.js';
import type { Call } from '../call.js';
import type { MessageContent } from '../message.js';
import type { Receipt } from '../receipt.js';
import { type Ask, contentOf, type Received, received, type Told, unseenMs, written } from './receive.js';
import { anybody } from './settle.js';
import { holdsInGroup } from './settle-group.js';

/** One record that was locked for a receive. */
interface Taken {
  readonly partition: QueuedPartition;
  readonly receipt: Receipt;
}

const neverReceived = { count: 0, firstMs: 0 };

/** ReceiveMessage of a queue that shows a topic as a group works it off. */
export async function receiveFromGroup(
  call: Call,
  queue: Queue,
  window: TopicQueue,
  ask: Ask,
  waitMs: number,
): Promise<{ Messages?: Received[] }> {
  const { traffic, broker } = call.context;
  await new Promise<void>((resolve) => window.withHead(resolve));
  let taken = take(call, window, ask);
  if (taken === null && waitMs > 0) taken = await longPoll(call, window, ask, waitMs);
  if (queue.gone) throw call.noQueue();
  if (taken === null) {
    traffic.receivedNone++;
    return {};
  }
  const messages: Received[] = [];
  for (const { partition, receipt } of taken) {
    while (!window.gone && !partition.seek(receipt.offset)) await partition.bring(receipt.offset);
    if (window.gone) throw call.noQueue();
    messages.push(received(call, queue, toldOf(call, partition, receipt), receipt, ask));
  }
  if (ask.visibilityMs === 0) giveBack(taken, true);
  // A lock that a kill of the process undoes would be no lock: who was answered has the message.
  await written(broker.storage);
  if (call.gone) giveBack(taken, false);
  traffic.received += messages.length;
  for (const { receipt } of taken) if (receipt.deliveries > 1) traffic.receivedAgain++;
  return { Messages: messages };
}

/** Locks what is ready, of as many partitions as it takes. Nobody who has gone gets any. */
function take(call: Call, window: TopicQueue, { count, visibilityMs }: Ask): Taken[] | null {
  if (window.gone || call.gone) return null;
  const { clock, holder, broker } = call.context;
  const nowMs = clock.now();
  const deadlineMs = nowMs + (visibilityMs || unseenMs);
  const runs = new Runs();
  const taken: Taken[] = [];
  while (taken.length < count) {
    const partition = window.acquire(holder, count - taken.length, deadlineMs, runs);
    if (partition === null) break;
    const { share } = partition;
    broker.queues.firstReceives.received(stateNumbers.shareLedger(share.number), runs, nowMs);
    const logId = share.partition.log.id;
    for (let index = 0; index < runs.count; index++) {
      const deliveries = runs.deliveries[index]!;
      for (let offset = runs.from[index]!; offset < runs.to[index]!; offset++) {
        taken.push({ partition, receipt: { logId, offset, deliveries, receivedMs: nowMs } });
      }
    }
  }
  return taken.length === 0 ? null : taken;
}

function longPoll(call: Call, window: TopicQueue, ask: Ask, forMs: number): Promise<Taken[] | null> {
  const { receivers } = call.context;
  return new Promise((resolve, reject) => {
    const receiver = {
      take: (): boolean => {
        try {
          const taken = take(call, window, ask);
          if (taken === null && !window.gone) return false;
          receivers.leave(window, receiver);
          resolve(taken);
        } catch (error) {
          receivers.leave(window, receiver);
          reject(error as Error);
        }
        return true;
      },
      giveUp: (): void => resolve(null),
    };
    if (call.gone) {
      resolve(null);
      return;
    }
    // Before it is looked again: what comes in between would be told to nobody.
    receivers.wait(window, receiver, forMs);
    if (receiver.take()) return;
    call.whenGone(() => {
      receivers.leave(window, receiver);
      resolve(null);
    });
  });
}

/** Those that nobody saw are as if they had not been received. */
function giveBack(taken: readonly Taken[], seen: boolean): void {
  for (const { partition, receipt } of taken) {
    const { share } = partition;
    if (share.isGone || !holdsInGroup(share, receipt)) continue;
    share.release(anybody, receipt.offset, receipt.offset + 1, seen);
  }
}

/** The record under the partition's cursor. Anybody can write a topic: what cannot be read as it says is not told. */
function toldOf(call: Call, partition: QueuedPartition, { offset, logId }: Receipt): Told {
  const { cursor, share } = partition;
  const { firstReceives } = call.context.broker.queues;
  return {
    cursor,
    content: readable(() => contentOf(call, cursor.keyLength > 0, logId, cursor)) ?? bareContent(cursor, logId),
    deaths: readable(() => deathsOf(cursor)),
    receivedBefore: neverReceived,
    firstMs: firstReceives.of(stateNumbers.shareLedger(share.number), offset),
  };
}

function deathsOf(cursor: MessageCursor): Deaths | null {
  return cursor.kind === contentKind.none ? null : cursor.deaths;
}

function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError || error instanceof RangeError) return null;
    throw error;
  }
}

function bareContent({ offset, timestampMs }: MessageCursor, logId: number): MessageContent {
  const log = logId.toString(16).padStart(8, '0');
  return {
    id: `${log}-0000-4000-8000-${offset.toString(16).padStart(12, '0')}`,
    sentMs: timestampMs,
    sender: 'anonymous',
    group: null,
    deduplication: null,
    trace: null,
    attributes: [],
  };
}

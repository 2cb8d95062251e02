import type { Partition, PartitionWatcher } from '../../../broker/partition.js';
import type { Timer } from '../../../lib/clock.js';
import { batchBytes, compression } from '../../../log/batch.js';
import { zstd } from '../../../log/compression.js';
import { LogError } from '../../../log/errors.js';
import type { LogRead } from '../../../log/log.js';
import type { Call } from '../call.js';
import {
  decodeFetchRequest,
  encodeFetchResponse,
  type FetchRequest,
  type FetchRequestPartition,
  type FetchRequestTopic,
  type FetchResponse,
  type FetchResponsePartition,
  newFetchResponse,
  newFetchResponsePartition,
} from '../codec/01-fetch.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { FetchScope } from '../fetch-sessions.js';
import type { Handler } from '../handler.js';
import { refusesTopic } from './authorize.js';

/**
 * Fetch. Batches are sent as they lie in memory or in the segment, up to the high watermark. Who reads committed records
 * only gets them up to the last stable offset, with a list of the aborted transactions among them to pass over. A
 * request that finds less than it asks for waits until a partition of it moves on, its time is over or its connection
 * ends.
 *
 * Versions: below 10 what is compressed with zstd is refused. From 7 on a client may ask for a fetch session, and then names and is told only what changes. 13 names
 * topics by id.
 */
export const fetch: Handler = {
  key: ApiKey.Fetch,
  largeAnswer: true,
  handle(call) {
    const request = decodeFetchRequest(call.reader, call.version);
    const scope = call.context.fetchSessions.scope(request, call.version);
    if (scope.errorCode !== ErrorCode.NONE) {
      const response = newFetchResponse();
      response.errorCode = scope.errorCode;
      call.respond(encodeFetchResponse, response);
      return;
    }
    const run = new FetchRun(call, request, scope);
    return run.run().catch((error: unknown) => run.failedWith(error));
  },
};

const readCommitted = 1;
const knowsZstdFrom = 10;
const unreadable = ErrorCode.UNSUPPORTED_COMPRESSION_TYPE;

/** One fetch from its first look at the partitions to its answer. */
class FetchRun implements PartitionWatcher {
  private readonly call: Call;
  private readonly request: FetchRequest;
  private readonly scope: FetchScope;
  private readonly bytesMax: number;
  private readonly committed: boolean;
  private readonly watched = new Set<Partition>();
  private timer: Timer | null = null;
  private forgetEnd: (() => void) | null = null;
  private wakened = false;
  private timeIsUp: boolean;
  private bytes = 0;
  private records = 0;
  private failed = false;
  /** Slabs that the answer's records lie in, until it has left. */
  private readonly held: Buffer[] = [];

  constructor(call: Call, request: FetchRequest, scope: FetchScope) {
    this.call = call;
    this.request = request;
    this.scope = scope;
    const { maxBytes } = request;
    this.committed = request.isolationLevel === readCommitted;
    this.bytesMax = Math.min(maxBytes <= 0 ? Number.POSITIVE_INFINITY : maxBytes, call.context.settings.fetchBytesMax);
    this.timeIsUp = request.maxWaitMs <= 0;
  }

  /** For zstd, which its client may not be able to read. */
  private get isTooOld(): boolean {
    return this.call.version < knowsZstdFrom;
  }

  async run(): Promise<void> {
    for (;;) {
      this.wakened = false;
      if (!this.timeIsUp && this.timer === null) this.wait();
      const response = await this.gather();
      const enough = this.bytes >= this.request.minBytes || this.failed;
      if (enough || this.timeIsUp || this.call.session.ended) {
        this.stopWaiting();
        this.call.consumed(this.bytes);
        const { traffic } = this.call.context;
        traffic.fetched += this.records;
        traffic.fetchedBytes += this.bytes;
        const { session, incremental } = this.scope;
        response.sessionId = session?.id ?? 0;
        session?.told(response, incremental);
        this.answer(response);
        return;
      }
      if (!this.wakened) await this.toBeWakened();
    }
  }

  failedWith(error: unknown): never {
    this.call.context.broker.storage.letGo(this.held);
    throw error;
  }

  private answer(response: FetchResponse): void {
    const { held, call } = this;
    const { storage } = call.context.broker;
    if (held.length > 0 && call.session.ended) storage.letGo(held);
    else if (held.length > 0) call.whenSent = (sent) => storage.letGo(held, !sent);
    call.respond(encodeFetchResponse, response);
  }

  private resume: (() => void) | null = null;

  private toBeWakened(): Promise<void> {
    return new Promise((resolve) => {
      this.resume = resolve;
    });
  }

  private wake(): void {
    this.wakened = true;
    const { resume } = this;
    this.resume = null;
    resume?.();
  }

  advanced(): void {
    this.wake();
  }

  /** Watches before it looks: what comes in between is not missed. */
  private wait(): void {
    const { call } = this;
    for (const wanted of this.scope.topics) {
      const topic = this.topicOf(wanted);
      for (const { partition: index } of wanted.partitions) {
        const partition = topic?.partitions[index];
        if (partition === undefined || this.watched.has(partition)) continue;
        partition.watch(this);
        this.watched.add(partition);
      }
    }
    const stop = (): void => {
      this.timeIsUp = true;
      this.wake();
    };
    this.timer = call.context.clock.after(this.request.maxWaitMs, stop);
    this.forgetEnd = call.session.onEnd(stop);
  }

  private stopWaiting(): void {
    for (const partition of this.watched) partition.unwatch(this);
    this.watched.clear();
    this.timer?.cancel();
    this.forgetEnd?.();
  }

  private topicOf(wanted: FetchRequestTopic) {
    const { readableTopics: topics } = this.call.context.broker;
    return this.call.version >= 13 ? topics.topicById(wanted.topicId) : topics.topic(wanted.topic);
  }

  private async gather(): Promise<FetchResponse> {
    const response = newFetchResponse();
    this.call.context.broker.storage.letGo(this.held);
    this.bytes = 0;
    this.records = 0;
    this.failed = false;
    for (const wanted of this.scope.topics) {
      const topic = this.topicOf(wanted);
      const denied = refusesTopic(this.call, 'read', wanted.topic, topic);
      const partitions: FetchResponsePartition[] = [];
      for (const each of wanted.partitions) {
        const result = newFetchResponsePartition();
        result.partitionIndex = each.partition;
        result.records = [];
        const partition = topic?.partitions[each.partition];
        if (denied) {
          result.errorCode = ErrorCode.TOPIC_AUTHORIZATION_FAILED;
          result.highWatermark = -1;
          this.failed = true;
        } else if (partition === undefined) {
          result.errorCode = this.unknown(topic === undefined);
          result.highWatermark = -1;
          this.failed = true;
        } else {
          const reading = this.read(partition, each, result);
          if (reading !== null) await reading;
        }
        partitions.push(result);
      }
      response.responses.push({ topic: topic?.name ?? wanted.topic, topicId: wanted.topicId, partitions });
    }
    return response;
  }

  private unknown(wholeTopic: boolean): number {
    return wholeTopic && this.call.version >= 13 ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  }

  /** Fills in one partition's part of the answer; a promise when it has to be read from a segment. */
  private read(
    partition: Partition,
    wanted: FetchRequestPartition,
    into: FetchResponsePartition,
  ): Promise<void> | null {
    into.highWatermark = partition.highWatermark;
    into.lastStableOffset = partition.lastStableOffset;
    into.logStartOffset = partition.startOffset;
    into.errorCode = this.isTooOld && partition.config.codec === zstd ? unreadable : refusal(partition, wanted);
    if (into.errorCode !== ErrorCode.NONE) {
      this.failed = true;
      return null;
    }
    const left = this.bytesMax - this.bytes;
    const limit = this.committed ? into.lastStableOffset : into.highWatermark;
    if (this.committed) into.abortedTransactions = [];
    if (wanted.fetchOffset >= limit || (this.bytes > 0 && left <= 0)) return null;
    const bytesMax = Math.min(wanted.partitionMaxBytes, left);
    const pieces: Buffer[] = [];
    const read = partition.readTail(wanted.fetchOffset, bytesMax, pieces, limit, this.held);
    if (read === null) return this.readSegment(partition, wanted.fetchOffset, bytesMax, limit, into);
    this.take(partition, wanted.fetchOffset, pieces, read, bytesMax, into);
    return null;
  }

  /** The first batch of an answer is given whatever its size; behind others, one that is too large waits its turn. */
  private take(
    partition: Partition,
    offset: number,
    pieces: Buffer[],
    read: LogRead,
    bytesMax: number,
    into: FetchResponsePartition,
  ): void {
    if (read.bytes > bytesMax && this.bytes > 0) return;
    if (this.isTooOld && hasZstd(pieces)) {
      into.errorCode = unreadable;
      this.failed = true;
      return;
    }
    into.records = pieces;
    this.bytes += read.bytes;
    this.records += Math.max(0, read.nextOffset - offset);
    this.call.context.broker.storage.observer?.received(partition.log, offset, read.nextOffset);
    if (this.committed) into.abortedTransactions = partition.abortedWithin(offset, read.nextOffset);
  }

  private async readSegment(
    partition: Partition,
    offset: number,
    bytesMax: number,
    limit: number,
    into: FetchResponsePartition,
  ): Promise<void> {
    const pieces: Buffer[] = [];
    try {
      const read = await partition.read(offset, bytesMax, pieces, limit, this.held);
      this.take(partition, offset, pieces, read, bytesMax, into);
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      this.failed = true;
      const damaged = error.code === 'damaged';
      into.errorCode = damaged ? ErrorCode.CORRUPT_MESSAGE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
      if (damaged) {
        const fields = { topic: partition.topicName, partition: partition.index, offset, damage: error.message };
        this.call.context.logger.error(fields, 'damaged data was asked for');
      }
    }
  }
}

/** A batch may begin anywhere in a piece, and its offset lie in the one before: only what no new client asks for. */
function hasZstd(pieces: readonly Buffer[]): boolean {
  const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  for (let at = 0; at < bytes.length; at += batchBytes(bytes, at)) if (compression(bytes, at) === zstd) return true;
  return false;
}

function refusal(partition: Partition, wanted: FetchRequestPartition): number {
  const epoch = wanted.currentLeaderEpoch;
  if (epoch >= 0 && epoch < partition.log.leaderEpoch) return ErrorCode.FENCED_LEADER_EPOCH;
  if (epoch > partition.log.leaderEpoch) return ErrorCode.UNKNOWN_LEADER_EPOCH;
  const offset = wanted.fetchOffset;
  // Between the high watermark and the end there is something, though not yet for this reader.
  return offset < partition.startOffset || offset > partition.log.endOffset
    ? ErrorCode.OFFSET_OUT_OF_RANGE
    : ErrorCode.NONE;
}

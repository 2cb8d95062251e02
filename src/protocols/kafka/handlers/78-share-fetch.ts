import { Runs } from '../../../broker/queue/runs.js';
import type { ShareFollower, SharePartition } from '../../../broker/share/share-partition.js';
import type { Timer } from '../../../lib/clock.js';
import { baseOffset, batchBytes, nextOffset } from '../../../log/batch.js';
import { LogError } from '../../../log/errors.js';
import type { Call } from '../call.js';
import {
  decodeShareFetchRequest,
  encodeShareFetchResponse,
  newPartitionData,
  newShareFetchResponse,
  type PartitionData,
  type ShareFetchRequest,
  type ShareFetchResponse,
} from '../codec/78-share-fetch.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { kafkaCodeOf } from '../errors.js';
import type { Handler } from '../handler.js';
import { closingEpoch, keyOf, openingEpoch, type ShareSession, shareSession } from '../share-sessions.js';
import { allowsGroup, allowsTopic } from './authorize.js';
import { durably } from './outcome.js';
import { acknowledge } from './share-acknowledgements.js';

/**
 * ShareFetch: hands records to one member of a share group alone, for a time, and takes what it says of those it had
 * (KIP-932). Batches are sent whole; which of their records are the member's is told beside them. What it says is
 * answered when it is durable.
 *
 * Versions: 2 adds the time of a lock to the answer, exact limits on the number of records, and the renewing of locks;
 * a request that renews fetches nothing.
 */
export const shareFetch: Handler = {
  key: ApiKey.ShareFetch,
  largeAnswer: true,
  async handle(call) {
    const request = decodeShareFetchRequest(call.reader, call.version);
    const group = request.groupId ?? '';
    const member = request.memberId ?? '';
    const refused = refusalOf(call, request, group, member);
    const session = refused === ErrorCode.NONE ? shareSession(call, group, member, request.shareSessionEpoch) : refused;
    if (typeof session === 'number') {
      const response = newShareFetchResponse();
      response.errorCode = session;
      call.respond(encodeShareFetchResponse, response);
      return;
    }
    await new ShareFetchRun(call, request, group, session).run();
  },
};

function refusalOf(call: Call, request: ShareFetchRequest, group: string, member: string): number {
  if (group === '' || member === '') return ErrorCode.INVALID_REQUEST;
  if (!allowsGroup(call, 'read', group)) return ErrorCode.GROUP_AUTHORIZATION_FAILED;
  const isOpening = request.shareSessionEpoch === openingEpoch;
  const acknowledges = request.topics.some(({ partitions }) =>
    partitions.some(({ acknowledgementBatches }) => acknowledgementBatches.length > 0),
  );
  return isOpening && acknowledges ? ErrorCode.INVALID_REQUEST : ErrorCode.NONE;
}

const exactly = 1;
/** Others may take what was just read before it is there: after so many times they may have it. */
const triesMax = 4;

/** One fetch from what it acknowledges to its answer. */
class ShareFetchRun implements ShareFollower {
  private readonly call: Call;
  private readonly request: ShareFetchRequest;
  private readonly group: string;
  private readonly session: ShareSession;
  private readonly results = new Map<string, PartitionData>();
  private readonly followed = new Set<SharePartition>();
  private readonly runs = new Runs();
  private bytesLeft: number;
  private recordsLeft: number;
  private found = false;
  private timeIsUp = false;
  private wakened = false;
  private resume: (() => void) | null = null;

  constructor(call: Call, request: ShareFetchRequest, group: string, session: ShareSession) {
    this.call = call;
    this.request = request;
    this.group = group;
    this.session = session;
    this.bytesLeft = Math.min(request.maxBytes, call.context.settings.fetchBytesMax);
    this.recordsLeft = request.maxRecords > 0 ? request.maxRecords : Number.POSITIVE_INFINITY;
  }

  async run(): Promise<void> {
    const { call, request, session } = this;
    const acknowledged = this.acknowledge();
    const closes = request.shareSessionEpoch === closingEpoch;
    if (closes) session.end();
    else {
      this.renewSession();
      if (!request.isRenewAck) await this.fetch();
    }
    if (acknowledged || closes) await this.makeDurable();
    call.consumed(this.bytesFound);
    call.respond(encodeShareFetchResponse, this.response());
  }

  private bytesFound = 0;

  private resultOf(topicId: string, index: number): PartitionData {
    const key = keyOf(topicId, index);
    let result = this.results.get(key);
    if (result === undefined) {
      result = newPartitionData();
      result.partitionIndex = index;
      this.results.set(key, result);
    }
    return result;
  }

  private acknowledge(): boolean {
    const { call, request, session } = this;
    let any = false;
    for (const { topicId, partitions } of request.topics) {
      for (const { partitionIndex, acknowledgementBatches } of partitions) {
        if (acknowledgementBatches.length === 0) continue;
        const share = call.context.broker.shares.get(this.group)?.partitions.get(topicId)?.get(partitionIndex);
        const result = this.resultOf(topicId, partitionIndex);
        if (share === undefined) result.acknowledgeErrorCode = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        else if (!allowsTopic(call, 'read', share.partition.topicName)) {
          result.acknowledgeErrorCode = ErrorCode.TOPIC_AUTHORIZATION_FAILED;
        } else {
          const { holder } = session;
          result.acknowledgeErrorCode = acknowledge(share, holder, acknowledgementBatches, request.isRenewAck);
          any = true;
        }
      }
    }
    return any;
  }

  private async makeDurable(): Promise<void> {
    const { errorCode } = await durably(this.call.context.broker);
    if (errorCode === ErrorCode.NONE) return;
    for (const result of this.results.values()) {
      if (result.acknowledgeErrorCode === ErrorCode.NONE) result.acknowledgeErrorCode = errorCode;
    }
  }

  /** What the session fetches from, now. In the first request each partition gets its part of the answer. */
  private renewSession(): void {
    const { request, session } = this;
    for (const { topicId, partitions } of request.topics) {
      for (const { partitionIndex } of partitions) {
        session.add(topicId, partitionIndex);
        if (request.shareSessionEpoch === openingEpoch) this.resultOf(topicId, partitionIndex);
      }
    }
    for (const { topicId, partitions } of request.forgottenTopicsData) {
      for (const index of partitions) session.remove(topicId, index);
    }
  }

  private async fetch(): Promise<void> {
    let timer: Timer | null = null;
    let forgetEnd: (() => void) | null = null;
    this.timeIsUp = this.request.maxWaitMs <= 0;
    try {
      for (;;) {
        this.wakened = false;
        await this.gather();
        if (this.found || this.timeIsUp || this.call.session.ended || this.session.over) return;
        if (timer === null) {
          const stop = (): void => {
            this.timeIsUp = true;
            this.ready();
          };
          timer = this.call.context.clock.after(this.request.maxWaitMs, stop);
          forgetEnd = this.call.session.onEnd(stop);
        }
        if (!this.wakened) await this.toBeWakened();
      }
    } finally {
      timer?.cancel();
      forgetEnd?.();
      for (const share of this.followed) share.unfollow(this);
    }
  }

  private toBeWakened(): Promise<void> {
    return new Promise((resolve) => {
      this.resume = resolve;
    });
  }

  ready(): void {
    this.wakened = true;
    const { resume } = this;
    this.resume = null;
    resume?.();
  }

  private async gather(): Promise<void> {
    const partitions = [...this.session.partitions.values()];
    const turn = this.session.turn++;
    for (let at = 0; at < partitions.length; at++) {
      const { topicId, index } = partitions[(turn + at) % partitions.length]!;
      const share = this.shareOf(topicId, index);
      if (share === null) continue;
      if (!this.followed.has(share)) {
        share.follow(this);
        this.followed.add(share);
      }
      if (this.recordsLeft > 0 && (this.bytesLeft > 0 || !this.found)) await this.take(share);
    }
  }

  private shareOf(topicId: string, index: number): SharePartition | null {
    const { broker } = this.call.context;
    const topic = broker.catalog.topicById(topicId);
    const fail = (code: number): null => {
      this.resultOf(topicId, index).errorCode = code;
      this.found = true;
      return null;
    };
    if (topic === undefined) return fail(ErrorCode.UNKNOWN_TOPIC_ID);
    if (!allowsTopic(this.call, 'read', topic.name)) return fail(ErrorCode.TOPIC_AUTHORIZATION_FAILED);
    try {
      return broker.shares.partition(this.group, topic, index) ?? fail(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    } catch (error) {
      return fail(kafkaCodeOf(error));
    }
  }

  private async take(share: SharePartition): Promise<void> {
    const { session, runs, request } = this;
    const { partition } = share;
    try {
      for (let tries = 0; tries < triesMax; tries++) {
        const from = share.head();
        if (from < 0) return;
        const pieces: Buffer[] = [];
        const bytesMax = Math.max(this.bytesLeft, 1);
        const limit = share.readLimit;
        const tail = partition.readTail(from, bytesMax, pieces, limit);
        if (tail === null) await partition.read(from, bytesMax, pieces, limit);
        if (session.over || this.call.session.ended) return;
        const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
        const whole = request.shareAcquireMode !== exactly;
        if (share.acquire(session.holder, from, bytes, this.recordsLeft, whole, runs) === 0) continue;
        session.touched.add(share);
        this.add(share, bytes);
        return;
      }
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      this.resultOf(share.topicId, share.index).errorCode = kafkaCodeOf(error);
      this.found = true;
    }
  }

  private add(share: SharePartition, bytes: Buffer): void {
    const { runs } = this;
    const result = this.resultOf(share.topicId, share.index);
    const records = batchesAround(bytes, runs.from[0]!, runs.to[runs.count - 1]!);
    result.records = [records];
    for (let at = 0; at < runs.count; at++) {
      // A delivery that nobody is known to have seen does not count.
      const deliveryCount = runs.attempts[at]! + 1;
      result.acquiredRecords.push({ firstOffset: runs.from[at]!, lastOffset: runs.to[at]! - 1, deliveryCount });
    }
    this.bytesLeft -= records.length;
    this.bytesFound += records.length;
    this.recordsLeft -= runs.offsetCount;
    this.found = true;
  }

  private response(): ShareFetchResponse {
    const response = newShareFetchResponse();
    response.acquisitionLockTimeoutMs = this.call.context.broker.shares.configOf(this.group).shareLockMs;
    const byTopic = new Map<string, PartitionData[]>();
    for (const [key, result] of this.results) {
      const topicId = key.slice(0, key.indexOf(' '));
      let partitions = byTopic.get(topicId);
      if (partitions === undefined) {
        partitions = [];
        byTopic.set(topicId, partitions);
        response.responses.push({ topicId, partitions });
      }
      partitions.push(result);
    }
    return response;
  }
}

/** The batches with records in [from, to). */
function batchesAround(bytes: Buffer, from: number, to: number): Buffer {
  let begin = 0;
  while (nextOffset(bytes, begin) <= from) begin += batchBytes(bytes, begin);
  let end = begin;
  while (end < bytes.length && baseOffset(bytes, end) < to) end += batchBytes(bytes, end);
  return bytes.subarray(begin, end);
}

import type { Partition } from '../../../broker/partition.js';
import type { Topic } from '../../../broker/topic.js';
import { batchBytes, batchHeaderBytes, compression, isTransactional } from '../../../log/batch.js';
import type { Waiter } from '../../../log/bundle.js';
import { zstd } from '../../../log/compression.js';
import type { LogError } from '../../../log/errors.js';
import type { Call } from '../call.js';
import {
  decodeProduceRequest,
  encodeProduceResponse,
  newProduceResponse,
  newProduceResponsePartition,
  type ProduceRequest,
  type ProduceResponse,
  type ProduceResponsePartition,
} from '../codec/00-produce.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { isTransactionRefusal, kafkaCode, transactionCode } from '../errors.js';
import type { Handler } from '../handler.js';
import { allows, refusesTopic } from './authorize.js';

const knowsZstdFrom = 7;
const knowsAbortableFrom = 11;
const addsPartitionFrom = 12;
/** A line of the log has an end. */
const refusalsShown = 5;

/**
 * Produce. Batches go to their logs as they came, without being decoded, and the answer waits for the rung that
 * `acks` asks for: 0 none, 1 written, -1 durable.
 *
 * Versions: 3 is the first with batches v2. Lower ones are advertised, as Kafka does itself, because older librdkafka
 * takes a missing version 0 for a broker that cannot compress; they are refused when used. 7 knows zstd. 8 is told which
 * records are at fault. 11 knows TRANSACTION_ABORTABLE. From 12 on a transactional producer's first batch to a partition
 * adds it to the transaction (KIP-890); before, it has to have been added. 13 names topics by id.
 */
export const produce: Handler = {
  key: ApiKey.Produce,
  advertisedMin: 0,
  readsInPlace: true,
  handle(call) {
    const request = decodeProduceRequest(call.reader, call.version);
    const { storage } = call.context.broker;
    const answer = new Answer(call);
    const { acks } = request;
    if (acks !== 0 && acks !== 1 && acks !== -1) {
      refuse(request, answer, ErrorCode.INVALID_REQUIRED_ACKS);
      answer.settled(null);
      return;
    }
    append(call, request, answer);
    if (acks === 0) {
      // Nobody reads an answer: a closed connection is the only way to say that something was refused.
      if (answer.refused) call.refuseUnanswered(answer.refusals());
      else call.finish();
    } else if (answer.accepted === 0) answer.settled(null);
    else if (acks === 1) storage.whenWritten(answer);
    else storage.whenDurable(answer);
    call.session.waitForRoom();
  },
};

function append(call: Call, request: ProduceRequest, answer: Answer): void {
  const { broker } = call.context;
  for (const { name, topicId, partitionData } of request.topicData) {
    const { readableTopics: topics } = broker;
    const topic = call.version >= 13 ? topics.topicById(topicId) : topics.topic(name);
    const denied = refusesTopic(call, 'write', name, topic);
    const partitions: ProduceResponsePartition[] = [];
    for (const { index, records } of partitionData) {
      if (denied) {
        answer.refused = true;
        partitions.push(refusedPartition(index, ErrorCode.TOPIC_AUTHORIZATION_FAILED));
        continue;
      }
      partitions.push(appendTo(call, topic, index, records, request.transactionalId, answer));
    }
    answer.response.responses.push({ name: topic?.name ?? name, topicId, partitionResponses: partitions });
  }
}

function appendTo(
  call: Call,
  topic: Topic | undefined,
  index: number,
  records: Buffer | null,
  transactionalId: string | null,
  answer: Answer,
): ProduceResponsePartition {
  const result = newProduceResponsePartition();
  result.index = index;
  result.baseOffset = -1;
  const partition = topic?.partitions[index];
  if (partition === undefined) {
    const byId = call.version >= 13 && topic === undefined;
    result.errorCode = byId ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  } else if (records === null) {
    result.errorCode = ErrorCode.INVALID_RECORD;
  } else if (topic!.internal || call.context.broker.readableTopics.isView(topic!)) {
    result.errorCode = ErrorCode.INVALID_TOPIC_EXCEPTION;
  } else {
    const before = partition.log.endOffset;
    result.errorCode = take(call, partition, records, transactionalId);
    if (result.errorCode === ErrorCode.NONE) {
      const { traffic } = call.context;
      traffic.produced += partition.log.endOffset - before;
      traffic.producedBytes += records.length;
      call.session.landing.landed(partition.log, records, call.reader.buffer);
      result.baseOffset = partition.appendedBase;
      result.logAppendTimeMs = partition.appendedTime;
    } else if (result.errorCode === ErrorCode.INVALID_RECORD) nameKeyless(partition, result);
    result.logStartOffset = partition.startOffset;
  }
  if (result.errorCode === ErrorCode.NONE) answer.accepted++;
  else answer.refused = true;
  return result;
}

/** Which records were the reason: a producer tells each of its callers whether it was theirs. */
function nameKeyless(partition: Partition, result: ProduceResponsePartition): void {
  const keyless = partition.takeKeyless();
  if (keyless.length === 0) return;
  const { topicName, index } = partition;
  const batchIndexErrorMessage = `Compacted topic cannot accept message without key in topic partition ${topicName}-${index}.`;
  result.recordErrors = keyless.map((batchIndex) => ({ batchIndex, batchIndexErrorMessage }));
  result.errorMessage = 'One or more records have been rejected: they have no key.';
}

/** What can be seen from outside: a request has one batch for a partition, and only newer ones know zstd. */
function shapeFault(call: Call, records: Buffer): number {
  // What is too short to be a batch is for the partition to name.
  if (records.length < batchHeaderBytes) return ErrorCode.NONE;
  const size = batchBytes(records, 0);
  if (size >= batchHeaderBytes && records.length - size >= batchHeaderBytes) return ErrorCode.INVALID_RECORD;
  const tooNew = call.version < knowsZstdFrom && compression(records, 0) === zstd;
  return tooNew ? ErrorCode.UNSUPPORTED_COMPRESSION_TYPE : ErrorCode.NONE;
}

/** A code of Kafka's. A batch's transaction is asked for by the id that the request names and the batch's producer. */
function take(call: Call, partition: Partition, records: Buffer, transactionalId: string | null): number {
  const fault = shapeFault(call, records);
  if (fault !== ErrorCode.NONE) return fault;
  if (records.length < batchHeaderBytes || !isTransactional(records, 0)) {
    return kafkaCode(partition.append(records, 0, records.length));
  }
  if (transactionalId === null || !allows(call, 'write', 'transactional-id', transactionalId)) {
    return ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
  }
  const { transactions } = call.context.broker;
  const adds = call.version >= addsPartitionFrom;
  const outcome = transactions.append(transactionalId, partition, records, 0, records.length, adds);
  if (!isTransactionRefusal(outcome)) return kafkaCode(outcome);
  // What producers try again after; a coordinator's code would not be expected here.
  if (outcome === 'unavailable') return ErrorCode.KAFKA_STORAGE_ERROR;
  return transactionCode(outcome, false, call.version >= knowsAbortableFrom);
}

function refuse(request: ProduceRequest, answer: Answer, code: number): void {
  for (const { name, topicId, partitionData } of request.topicData) {
    const partitionResponses = partitionData.map(({ index }) => refusedPartition(index, code));
    answer.response.responses.push({ name, topicId, partitionResponses });
  }
}

function refusedPartition(index: number, code: number): ProduceResponsePartition {
  const result = newProduceResponsePartition();
  result.index = index;
  result.errorCode = code;
  result.baseOffset = -1;
  return result;
}

/** One request that waits for its rung. */
class Answer implements Waiter {
  readonly response: ProduceResponse = newProduceResponse();
  accepted = 0;
  refused = false;
  private readonly call: Call;

  constructor(call: Call) {
    this.call = call;
  }

  /** For people: what was refused, and for which of Kafka's reasons. */
  refusals(): string {
    const named: string[] = [];
    for (const { name, topicId, partitionResponses } of this.response.responses) {
      for (const { index, errorCode } of partitionResponses) {
        if (errorCode === ErrorCode.NONE) continue;
        named.push(`${name === '' ? topicId : name}-${index} with error ${errorCode}`);
      }
    }
    const shown = named.slice(0, refusalsShown).join(', ');
    return `sent with acks=0: ${shown}${named.length > refusalsShown ? ` and ${named.length - refusalsShown} more` : ''}`;
  }

  settled(error: LogError | null): void {
    if (error !== null) {
      for (const topic of this.response.responses) {
        for (const partition of topic.partitionResponses) {
          if (partition.errorCode !== ErrorCode.NONE) continue;
          partition.errorCode = ErrorCode.KAFKA_STORAGE_ERROR;
          partition.baseOffset = -1;
        }
      }
    }
    this.call.respond(encodeProduceResponse, this.response);
  }
}

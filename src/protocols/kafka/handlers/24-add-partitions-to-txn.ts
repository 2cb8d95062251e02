import type { Partition } from '../../../broker/partition.js';
import type { Incarnation } from '../../../broker/transaction/transactions.js';
import type { Call } from '../call.js';
import {
  type AddPartitionsToTxnTopic,
  type AddPartitionsToTxnTopicResult,
  decodeAddPartitionsToTxnRequest,
  encodeAddPartitionsToTxnResponse,
  newAddPartitionsToTxnResponse,
} from '../codec/24-add-partitions-to-txn.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { transactionCode } from '../errors.js';
import type { Handler } from '../handler.js';
import { allows, allowsTopic } from './authorize.js';
import { coordinatorDurably } from './transaction-answer.js';

/**
 * AddPartitionsToTxn: a producer says where it is going to write; it may when that is durable. If one of the
 * partitions is not there none is added.
 *
 * Versions: 2 knows PRODUCER_FENCED. From 4 on several transactions are asked for at once, as Kafka's brokers do among
 * themselves; some clients send the highest version they find, so it is open to them. `verifyOnly` asks and adds nothing.
 */
export const addPartitionsToTxn: Handler = {
  key: ApiKey.AddPartitionsToTxn,
  async handle(call) {
    const request = decodeAddPartitionsToTxnRequest(call.reader, call.version);
    const response = newAddPartitionsToTxnResponse();
    if (call.version < 4) {
      const who = {
        id: request.v3AndBelowTransactionalId,
        producerId: request.v3AndBelowProducerId,
        epoch: request.v3AndBelowProducerEpoch,
      };
      response.resultsByTopicV3AndBelow = add(call, who, request.v3AndBelowTopics);
    }
    for (const { transactionalId, producerId, producerEpoch, verifyOnly, topics } of request.transactions) {
      const who = { id: transactionalId, producerId, epoch: producerEpoch };
      const topicResults = verifyOnly ? verify(call, who, topics) : add(call, who, topics);
      response.resultsByTransaction.push({ transactionalId, topicResults });
    }
    const results = [
      ...response.resultsByTopicV3AndBelow,
      ...response.resultsByTransaction.flatMap(({ topicResults }) => topicResults),
    ].flatMap(({ resultsByPartition }) => resultsByPartition);
    if (results.some(({ partitionErrorCode }) => partitionErrorCode === ErrorCode.NONE)) {
      const errorCode = await coordinatorDurably(call.context.broker);
      for (const result of results) {
        if (result.partitionErrorCode === ErrorCode.NONE) result.partitionErrorCode = errorCode;
      }
    }
    call.respond(encodeAddPartitionsToTxnResponse, response);
  },
};

/** Why nothing can be written there. */
function faultOf(call: Call, name: string, index: number): number {
  if (!allowsTopic(call, 'write', name)) return ErrorCode.TOPIC_AUTHORIZATION_FAILED;
  return partitionOf(call, name, index) === undefined ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE;
}

function partitionOf(call: Call, name: string, index: number): Partition | undefined {
  const topic = call.context.broker.catalog.topic(name);
  return topic?.internal ? undefined : topic?.partitions[index];
}

function resultsOf(
  topics: readonly AddPartitionsToTxnTopic[],
  codeOf: (name: string, index: number) => number,
): AddPartitionsToTxnTopicResult[] {
  return topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: codeOf(name, partitionIndex),
    })),
  }));
}

function add(
  call: Call,
  who: Incarnation,
  topics: readonly AddPartitionsToTxnTopic[],
): AddPartitionsToTxnTopicResult[] {
  if (!allows(call, 'write', 'transactional-id', who.id)) {
    return resultsOf(topics, () => ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
  }
  const partitions: Partition[] = [];
  let faulty = false;
  const faults = resultsOf(topics, (name, index) => {
    const fault = faultOf(call, name, index);
    if (fault === ErrorCode.NONE) partitions.push(partitionOf(call, name, index)!);
    else faulty = true;
    return fault === ErrorCode.NONE ? ErrorCode.OPERATION_NOT_ATTEMPTED : fault;
  });
  if (faulty) return faults;
  const refusal = call.context.broker.transactions.addPartitions(who, partitions);
  const code = transactionCode(refusal, call.version >= 2, call.version >= 5);
  return resultsOf(topics, () => code);
}

function verify(
  call: Call,
  who: Incarnation,
  topics: readonly AddPartitionsToTxnTopic[],
): AddPartitionsToTxnTopicResult[] {
  const { transactions } = call.context.broker;
  if (!allows(call, 'write', 'transactional-id', who.id)) {
    return resultsOf(topics, () => ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
  }
  return resultsOf(topics, (name, index) => {
    const partition = partitionOf(call, name, index);
    const refusal = partition === undefined ? 'not-covered' : transactions.verify(who, partition);
    return transactionCode(refusal, true, call.version >= 5);
  });
}

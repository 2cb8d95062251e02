import type { Partition } from '../../../broker/partition.js';
import {
  decodeDescribeProducersRequest,
  encodeDescribeProducersResponse,
  newDescribeProducersResponse,
  newPartitionResponse,
  type PartitionResponse,
} from '../codec/61-describe-producers.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsTopic } from './authorize.js';

/** DescribeProducers: which producers a partition knows, and where their open transactions began. */
export const describeProducers: Handler = {
  key: ApiKey.DescribeProducers,
  handle(call) {
    const request = decodeDescribeProducersRequest(call.reader, call.version);
    const response = newDescribeProducersResponse();
    const { catalog } = call.context.broker;
    for (const { name, partitionIndexes } of request.topics) {
      const topic = catalog.topic(name);
      const allowed = allowsTopic(call, 'read', name);
      response.topics.push({
        name,
        partitions: partitionIndexes.map((index) =>
          allowed ? describe(index, topic?.partitions[index]) : refused(index, ErrorCode.TOPIC_AUTHORIZATION_FAILED),
        ),
      });
    }
    call.respond(encodeDescribeProducersResponse, response);
  },
};

function describe(index: number, partition: Partition | undefined): PartitionResponse {
  if (partition === undefined) return refused(index, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  const result = newPartitionResponse();
  result.partitionIndex = index;
  for (const producer of partition.producers.describe()) {
    result.activeProducers.push({
      producerId: producer.producerId,
      producerEpoch: producer.epoch,
      lastSequence: producer.lastSequence,
      lastTimestamp: producer.lastTimestampMs,
      coordinatorEpoch: partition.log.leaderEpoch,
      currentTxnStartOffset: producer.transactionStartOffset,
    });
  }
  return result;
}

function refused(index: number, errorCode: number): PartitionResponse {
  const result = newPartitionResponse();
  result.partitionIndex = index;
  result.errorCode = errorCode;
  return result;
}

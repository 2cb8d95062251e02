import type { Topic } from '../../../broker/topic.js';
import {
  type DeleteRecordsRequestPartition,
  type DeleteRecordsResponsePartition,
  decodeDeleteRecordsRequest,
  encodeDeleteRecordsResponse,
  newDeleteRecordsResponse,
} from '../codec/21-delete-records.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { kafkaCode } from '../errors.js';
import type { Handler } from '../handler.js';
import { refusesTopic } from './authorize.js';
import { durably } from './outcome.js';

const toHighWatermark = -1;
const noOffset = -1;

/**
 * DeleteRecords: a partition begins later from now on. What lies before cannot be read at once; files go when all of
 * their records are before. A topic that is compacted only keeps its records by key, and does not lose them this way.
 */
export const deleteRecords: Handler = {
  key: ApiKey.DeleteRecords,
  async handle(call) {
    const { broker } = call.context;
    const request = decodeDeleteRecordsRequest(call.reader, call.version);
    const response = newDeleteRecordsResponse();
    for (const { name, partitions } of request.topics) {
      const topic = broker.catalog.topic(name);
      const denied = refusesTopic(call, 'delete', name, topic);
      response.topics.push({
        name,
        partitions: partitions.map((asked) => (denied ? refused(asked) : trim(topic, asked))),
      });
    }
    const results = response.topics.flatMap(({ partitions }) => partitions);
    if (results.some(({ errorCode }) => errorCode === ErrorCode.NONE)) {
      const { errorCode } = await durably(broker);
      if (errorCode !== ErrorCode.NONE) for (const result of results) fail(result, errorCode);
    }
    call.respond(encodeDeleteRecordsResponse, response);
  },
};

function refused({ partitionIndex }: DeleteRecordsRequestPartition): DeleteRecordsResponsePartition {
  return { partitionIndex, lowWatermark: noOffset, errorCode: ErrorCode.TOPIC_AUTHORIZATION_FAILED };
}

function trim(topic: Topic | undefined, asked: DeleteRecordsRequestPartition): DeleteRecordsResponsePartition {
  const { partitionIndex } = asked;
  const partition = topic?.partitions[partitionIndex];
  const result = { partitionIndex, lowWatermark: noOffset, errorCode: ErrorCode.NONE as number };
  if (partition === undefined) result.errorCode = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  else if (topic!.internal) result.errorCode = ErrorCode.INVALID_TOPIC_EXCEPTION;
  else if (!topic!.config.deletes) result.errorCode = ErrorCode.POLICY_VIOLATION;
  else {
    const offset = asked.offset === toHighWatermark ? partition.highWatermark : asked.offset;
    result.errorCode = kafkaCode(partition.deleteBefore(offset));
    if (result.errorCode === ErrorCode.NONE) result.lowWatermark = partition.startOffset;
  }
  return result;
}

function fail(result: DeleteRecordsResponsePartition, errorCode: number): void {
  if (result.errorCode !== ErrorCode.NONE) return;
  result.errorCode = errorCode;
  result.lowWatermark = noOffset;
}

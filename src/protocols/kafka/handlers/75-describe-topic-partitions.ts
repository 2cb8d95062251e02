import { isTopicName, type Topic } from '../../../broker/topic.js';
import type { Call } from '../call.js';
import {
  type DescribeTopicPartitionsRequest,
  type DescribeTopicPartitionsResponse,
  type DescribeTopicPartitionsResponseTopic,
  decodeDescribeTopicPartitionsRequest,
  encodeDescribeTopicPartitionsResponse,
  newDescribeTopicPartitionsResponse,
  newDescribeTopicPartitionsResponsePartition,
  newDescribeTopicPartitionsResponseTopic,
} from '../codec/75-describe-topic-partitions.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsTopic, authorizedOperations } from './authorize.js';

/** Kafka's max.request.partition.size.limit. */
const partitionsMax = 2000;

/**
 * DescribeTopicPartitions: topics in the order of their names, up to a number of partitions; the cursor tells where the
 * next request goes on. No names ask for all topics, and then those that may not be seen are not told of.
 *
 * What a topic that is gone had left is skipped when all are asked for: the cursor may name it.
 */
export const describeTopicPartitions: Handler = {
  key: ApiKey.DescribeTopicPartitions,
  handle(call) {
    const request = decodeDescribeTopicPartitionsRequest(call.reader, call.version);
    const response = newDescribeTopicPartitionsResponse();
    if (request.cursor !== null && request.cursor.partitionIndex < 0) {
      for (const { name } of request.topics) response.topics.push(fault(name, ErrorCode.INVALID_REQUEST));
    } else fill(call, request, response);
    call.respond(encodeDescribeTopicPartitionsResponse, response);
  },
};

function fill(call: Call, request: DescribeTopicPartitionsRequest, response: DescribeTopicPartitionsResponse): void {
  const { readableTopics: topics } = call.context.broker;
  const { cursor } = request;
  const all = request.topics.length === 0;
  const asked = all ? Array.from(topics.topics(), ({ name }) => name) : request.topics.map(({ name }) => name);
  const names = [...new Set(asked)].sort().filter((name) => cursor === null || name >= cursor.topicName);
  let left = Math.max(1, Math.min(partitionsMax, request.responsePartitionLimit));
  for (const name of names) {
    if (!allowsTopic(call, 'describe', name)) {
      if (!all) response.topics.push(fault(name, ErrorCode.TOPIC_AUTHORIZATION_FAILED));
      continue;
    }
    if (left === 0) {
      response.nextCursor = { topicName: name, partitionIndex: 0 };
      return;
    }
    const topic = topics.topic(name);
    if (topic === undefined) {
      const code = isTopicName(name) ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION;
      response.topics.push(fault(name, code));
      continue;
    }
    const from = cursor?.topicName === name ? cursor.partitionIndex : 0;
    const to = Math.min(topic.partitions.length, from + left);
    response.topics.push(described(call, topic, from, to));
    if (to < topic.partitions.length) {
      response.nextCursor = { topicName: name, partitionIndex: to };
      return;
    }
    left -= Math.max(0, to - from);
  }
}

function described(call: Call, topic: Topic, from: number, to: number): DescribeTopicPartitionsResponseTopic {
  const { nodes } = call.context;
  const told = newDescribeTopicPartitionsResponseTopic();
  told.name = topic.name;
  told.topicId = topic.id;
  told.isInternal = topic.internal;
  told.topicAuthorizedOperations = authorizedOperations(call, 'topic', topic.name);
  for (let index = from; index < to; index++) {
    const partition = topic.partitions[index]!;
    const leader = nodes.leaderOf(partition);
    told.partitions.push({
      ...newDescribeTopicPartitionsResponsePartition(),
      partitionIndex: index,
      leaderId: leader,
      leaderEpoch: partition.log.leaderEpoch,
      replicaNodes: [leader],
      isrNodes: [leader],
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
    });
  }
  return told;
}

function fault(name: string, errorCode: number): DescribeTopicPartitionsResponseTopic {
  const told = newDescribeTopicPartitionsResponseTopic();
  told.name = name;
  told.errorCode = errorCode;
  return told;
}

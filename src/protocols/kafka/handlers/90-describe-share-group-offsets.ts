import type { ShareGroup } from '../../../broker/share/share-group.js';
import type { Call } from '../call.js';
import {
  type DescribeShareGroupOffsetsRequestTopic,
  type DescribeShareGroupOffsetsResponsePartition,
  type DescribeShareGroupOffsetsResponseTopic,
  decodeDescribeShareGroupOffsetsRequest,
  encodeDescribeShareGroupOffsetsResponse,
  newDescribeShareGroupOffsetsResponse,
  newDescribeShareGroupOffsetsResponseGroup,
  newDescribeShareGroupOffsetsResponsePartition,
  newDescribeShareGroupOffsetsResponseTopic,
} from '../codec/90-describe-share-group-offsets.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsGroup, allowsTopic } from './authorize.js';

/**
 * DescribeShareGroupOffsets: where the first record is that a share group is not done with, -1 where it has not begun.
 * Without a list of topics it is all that the group reads and the client may see. Version 1 adds how many such records
 * there are.
 */
export const describeShareGroupOffsets: Handler = {
  key: ApiKey.DescribeShareGroupOffsets,
  handle(call) {
    const request = decodeDescribeShareGroupOffsetsRequest(call.reader, call.version);
    const response = newDescribeShareGroupOffsetsResponse();
    const { shares } = call.context.broker;
    for (const { groupId, topics } of request.groups) {
      const result = newDescribeShareGroupOffsetsResponseGroup();
      result.groupId = groupId;
      response.groups.push(result);
      const group = shares.get(groupId);
      if (!allowsGroup(call, 'describe', groupId)) result.errorCode = ErrorCode.GROUP_AUTHORIZATION_FAILED;
      else if (group === undefined) {
        result.errorCode = ErrorCode.GROUP_ID_NOT_FOUND;
        result.errorMessage = `Group ${groupId} not found.`;
      } else result.topics = (topics ?? readBy(call, group)).map((topic) => describe(call, group, topic));
    }
    call.respond(encodeDescribeShareGroupOffsetsResponse, response);
  },
};

function readBy(call: Call, group: ShareGroup): DescribeShareGroupOffsetsRequestTopic[] {
  const topics: DescribeShareGroupOffsetsRequestTopic[] = [];
  for (const [topicId, partitions] of group.partitions) {
    const topicName = call.context.broker.catalog.topicById(topicId)?.name;
    if (topicName === undefined || !allowsTopic(call, 'describe', topicName)) continue;
    topics.push({ topicName, partitions: [...partitions.keys()].sort((one, other) => one - other) });
  }
  return topics;
}

function describe(
  call: Call,
  group: ShareGroup,
  { topicName, partitions }: DescribeShareGroupOffsetsRequestTopic,
): DescribeShareGroupOffsetsResponseTopic {
  const result = newDescribeShareGroupOffsetsResponseTopic();
  result.topicName = topicName;
  const allowed = allowsTopic(call, 'describe', topicName);
  const topic = allowed ? call.context.broker.catalog.topic(topicName) : undefined;
  if (topic !== undefined) result.topicId = topic.id;
  result.partitions = partitions.map((partitionIndex): DescribeShareGroupOffsetsResponsePartition => {
    const described = newDescribeShareGroupOffsetsResponsePartition();
    described.partitionIndex = partitionIndex;
    described.startOffset = -1;
    const partition = topic?.partitions[partitionIndex];
    if (!allowed) described.errorCode = ErrorCode.TOPIC_AUTHORIZATION_FAILED;
    else if (partition === undefined) described.errorCode = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    const share = topic === undefined ? undefined : group.partitions.get(topic.id)?.get(partitionIndex);
    if (share !== undefined) {
      described.lag = share.lag;
      described.startOffset = share.startOffset;
      described.leaderEpoch = share.partition.log.leaderEpoch;
    }
    return described;
  });
  return result;
}

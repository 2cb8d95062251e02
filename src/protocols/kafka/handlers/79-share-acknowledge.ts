import type { Call } from '../call.js';
import {
  decodeShareAcknowledgeRequest,
  encodeShareAcknowledgeResponse,
  newPartitionData,
  newShareAcknowledgeResponse,
  type PartitionData,
  type ShareAcknowledgeRequest,
} from '../codec/79-share-acknowledge.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { closingEpoch, openingEpoch, type ShareSession, shareSession } from '../share-sessions.js';
import { allowsGroup, allowsTopic } from './authorize.js';
import { durably } from './outcome.js';
import { acknowledge } from './share-acknowledgements.js';

/**
 * ShareAcknowledge: what a member says of records that it holds, told when that is durable. The last one of a session
 * also gives back what is left. Version 2 adds the renewing of locks.
 */
export const shareAcknowledge: Handler = {
  key: ApiKey.ShareAcknowledge,
  async handle(call) {
    const request = decodeShareAcknowledgeRequest(call.reader, call.version);
    const response = newShareAcknowledgeResponse();
    response.acquisitionLockTimeoutMs = call.context.broker.shares.configOf(request.groupId ?? '').shareLockMs;
    const session = sessionOf(call, request);
    if (typeof session === 'number') {
      response.errorCode = session;
      call.respond(encodeShareAcknowledgeResponse, response);
      return;
    }
    response.responses = request.topics.map(({ topicId, partitions }) => ({
      topicId,
      partitions: partitions.map((each): PartitionData => {
        const result = newPartitionData();
        result.partitionIndex = each.partitionIndex;
        result.errorCode = settle(call, request, session, topicId, each);
        return result;
      }),
    }));
    if (request.shareSessionEpoch === closingEpoch) session.end();
    const { errorCode } = await durably(call.context.broker);
    if (errorCode !== ErrorCode.NONE) {
      for (const { partitions } of response.responses) {
        for (const result of partitions) if (result.errorCode === ErrorCode.NONE) result.errorCode = errorCode;
      }
    }
    call.respond(encodeShareAcknowledgeResponse, response);
  },
};

function sessionOf(
  call: Call,
  { groupId, memberId, shareSessionEpoch }: ShareAcknowledgeRequest,
): ShareSession | number {
  if ((groupId ?? '') === '' || (memberId ?? '') === '') return ErrorCode.INVALID_REQUEST;
  if (!allowsGroup(call, 'read', groupId!)) return ErrorCode.GROUP_AUTHORIZATION_FAILED;
  // Only a fetch opens a session: before it there is nothing to acknowledge.
  if (shareSessionEpoch === openingEpoch) return ErrorCode.INVALID_SHARE_SESSION_EPOCH;
  return shareSession(call, groupId!, memberId!, shareSessionEpoch);
}

function settle(
  call: Call,
  request: ShareAcknowledgeRequest,
  session: ShareSession,
  topicId: string,
  { partitionIndex, acknowledgementBatches }: ShareAcknowledgeRequest['topics'][number]['partitions'][number],
): number {
  const share = call.context.broker.shares.get(request.groupId!)?.partitions.get(topicId)?.get(partitionIndex);
  if (share === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  if (!allowsTopic(call, 'read', share.partition.topicName)) return ErrorCode.TOPIC_AUTHORIZATION_FAILED;
  return acknowledge(share, session.holder, acknowledgementBatches, request.isRenewAck);
}

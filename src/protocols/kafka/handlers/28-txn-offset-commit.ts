import type { CommitOffset } from '../../../broker/group/groups.js';
import type { Call } from '../call.js';
import {
  decodeTxnOffsetCommitRequest,
  encodeTxnOffsetCommitResponse,
  newTxnOffsetCommitResponse,
  type TxnOffsetCommitRequest,
  type TxnOffsetCommitResponsePartition,
} from '../codec/28-txn-offset-commit.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { groupCode, transactionCode } from '../errors.js';
import type { Handler } from '../handler.js';
import { allows, allowsGroup, allowsTopic } from './authorize.js';
import { coordinatorDurably } from './transaction-answer.js';

const addsGroupFrom = 5;

/**
 * TxnOffsetCommit: offsets that become a group's when the transaction commits; until then who asks for stable ones is
 * told to wait.
 *
 * Versions: from 3 on the member says who it is and in which generation, and is refused when that is over (KIP-447).
 * 4 knows TRANSACTION_ABORTABLE. 5 adds the group to the transaction by itself (KIP-890).
 */
export const txnOffsetCommit: Handler = {
  key: ApiKey.TxnOffsetCommit,
  async handle(call) {
    const request = decodeTxnOffsetCommitRequest(call.reader, call.version);
    const response = newTxnOffsetCommitResponse();
    const { broker } = call.context;
    const denied = refusal(call, request);
    const offsets: CommitOffset[] = [];
    const outcomes: TxnOffsetCommitResponsePartition[] = [];
    for (const { name, partitions } of request.topics) {
      const allowed = allowsTopic(call, 'read', name);
      const topic = allowed ? broker.catalog.topic(name) : undefined;
      const missing = allowed ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.TOPIC_AUTHORIZATION_FAILED;
      const results: TxnOffsetCommitResponsePartition[] = [];
      for (const { partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata } of partitions) {
        const result = { partitionIndex, errorCode: denied === ErrorCode.NONE ? missing : denied };
        results.push(result);
        if (denied !== ErrorCode.NONE || topic?.partitions[partitionIndex] === undefined) continue;
        outcomes.push(result);
        offsets.push({
          topic: name,
          partition: partitionIndex,
          offset: committedOffset,
          leaderEpoch: committedLeaderEpoch,
          metadata: committedMetadata ?? '',
        });
      }
      response.topics.push({ name, partitions: results });
    }
    if (offsets.length === 0) {
      call.respond(encodeTxnOffsetCommitResponse, response);
      return;
    }
    const told = broker.transactions.commitOffsets(
      { id: request.transactionalId, producerId: request.producerId, epoch: request.producerEpoch },
      {
        group: request.groupId,
        memberId: request.memberId,
        instanceId: request.groupInstanceId,
        generation: request.generationId,
        retentionMs: -1,
        offsets,
      },
      call.version >= addsGroupFrom,
    );
    const refused = typeof told === 'string' ? transactionCode(told, false, call.version >= 4) : ErrorCode.NONE;
    const durable = refused === ErrorCode.NONE ? await coordinatorDurably(broker) : refused;
    for (const [at, outcome] of outcomes.entries()) {
      const own = typeof told === 'string' ? ErrorCode.NONE : groupCode(told[at] ?? null);
      outcome.errorCode = own === ErrorCode.NONE ? durable : own;
    }
    call.respond(encodeTxnOffsetCommitResponse, response);
  },
};

function refusal(call: Call, { transactionalId, groupId }: TxnOffsetCommitRequest): number {
  if (!allows(call, 'write', 'transactional-id', transactionalId)) {
    return ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
  }
  return allowsGroup(call, 'read', groupId) ? ErrorCode.NONE : ErrorCode.GROUP_AUTHORIZATION_FAILED;
}

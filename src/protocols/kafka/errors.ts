import { BrokerError, type ErrorCode as BrokerErrorCode } from '../../broker/errors.js';
import type { GroupRefusal } from '../../broker/group/group-request.js';
import { codeOf } from '../../broker/refusal.js';
import type { TransactionRefusal } from '../../broker/transaction/transaction.js';
import { LogError } from '../../log/errors.js';
import { ErrorCode } from './error-codes.js';

/** What the broker's reasons are called in Kafka's protocol. */
export const kafkaCodes: Record<BrokerErrorCode, number> = {
  'unknown-topic': ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  'topic-exists': ErrorCode.TOPIC_ALREADY_EXISTS,
  'invalid-topic-name': ErrorCode.INVALID_TOPIC_EXCEPTION,
  'invalid-partition-count': ErrorCode.INVALID_PARTITIONS,
  'invalid-config': ErrorCode.INVALID_CONFIG,
  'unknown-queue': ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  'invalid-queue-name': ErrorCode.INVALID_TOPIC_EXCEPTION,
  'unknown-exchange': ErrorCode.INVALID_REQUEST,
  'exchange-mismatch': ErrorCode.INVALID_REQUEST,
  'exchange-in-use': ErrorCode.INVALID_REQUEST,
  'reserved-exchange': ErrorCode.INVALID_REQUEST,
  'invalid-exchange': ErrorCode.INVALID_REQUEST,
  'invalid-binding': ErrorCode.INVALID_REQUEST,
  'not-owner': ErrorCode.NOT_LEADER_OR_FOLLOWER,
  'offset-out-of-range': ErrorCode.OFFSET_OUT_OF_RANGE,
  'corrupt-batch': ErrorCode.CORRUPT_MESSAGE,
  'unsupported-batch-version': ErrorCode.INVALID_RECORD,
  'invalid-batch': ErrorCode.INVALID_RECORD,
  'batch-too-large': ErrorCode.MESSAGE_TOO_LARGE,
  'invalid-timestamp': ErrorCode.INVALID_TIMESTAMP,
  'out-of-order-sequence': ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
  'duplicate-sequence': ErrorCode.DUPLICATE_SEQUENCE_NUMBER,
  'stale-producer-epoch': ErrorCode.INVALID_PRODUCER_EPOCH,
  'unknown-producer': ErrorCode.UNKNOWN_PRODUCER_ID,
  'invalid-transaction-state': ErrorCode.INVALID_TXN_STATE,
  // Clients try again after this one, which is what a full disk asks of them.
  'storage-full': ErrorCode.KAFKA_STORAGE_ERROR,
  'storage-failed': ErrorCode.KAFKA_STORAGE_ERROR,
  'damaged-data': ErrorCode.CORRUPT_MESSAGE,
  closing: ErrorCode.NOT_LEADER_OR_FOLLOWER,
};

export const kafkaGroupCodes: Record<GroupRefusal, number> = {
  'invalid-group-id': ErrorCode.INVALID_GROUP_ID,
  'invalid-request': ErrorCode.INVALID_REQUEST,
  'invalid-session-timeout': ErrorCode.INVALID_SESSION_TIMEOUT,
  'unknown-group': ErrorCode.GROUP_ID_NOT_FOUND,
  'unknown-member': ErrorCode.UNKNOWN_MEMBER_ID,
  'illegal-generation': ErrorCode.ILLEGAL_GENERATION,
  'rebalance-in-progress': ErrorCode.REBALANCE_IN_PROGRESS,
  'inconsistent-protocol': ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
  'member-id-required': ErrorCode.MEMBER_ID_REQUIRED,
  'fenced-instance': ErrorCode.FENCED_INSTANCE_ID,
  'group-full': ErrorCode.GROUP_MAX_SIZE_REACHED,
  'group-not-empty': ErrorCode.NON_EMPTY_GROUP,
  'metadata-too-large': ErrorCode.OFFSET_METADATA_TOO_LARGE,
  'fenced-epoch': ErrorCode.FENCED_MEMBER_EPOCH,
  'stale-epoch': ErrorCode.STALE_MEMBER_EPOCH,
  'unreleased-instance': ErrorCode.UNRELEASED_INSTANCE_ID,
  'unsupported-assignor': ErrorCode.UNSUPPORTED_ASSIGNOR,
  'invalid-regex': ErrorCode.INVALID_REGULAR_EXPRESSION,
  'storage-failed': ErrorCode.COORDINATOR_NOT_AVAILABLE,
  unavailable: ErrorCode.COORDINATOR_NOT_AVAILABLE,
};

const kafkaTransactionCodes: Record<TransactionRefusal, number> = {
  'invalid-request': ErrorCode.INVALID_REQUEST,
  'invalid-timeout': ErrorCode.INVALID_TRANSACTION_TIMEOUT,
  'unknown-producer': ErrorCode.INVALID_PRODUCER_ID_MAPPING,
  fenced: ErrorCode.INVALID_PRODUCER_EPOCH,
  'invalid-state': ErrorCode.INVALID_TXN_STATE,
  'not-covered': ErrorCode.INVALID_TXN_STATE,
  // Clients ask again after this one.
  unavailable: ErrorCode.COORDINATOR_NOT_AVAILABLE,
};

/**
 * `knowsFenced` and `knowsAbortable`: whether the request's version has PRODUCER_FENCED and TRANSACTION_ABORTABLE
 * (KIP-588, KIP-890); older ones are told in the words they know.
 */
export function transactionCode(
  refusal: TransactionRefusal | null,
  knowsFenced = false,
  knowsAbortable = false,
): number {
  if (refusal === null) return ErrorCode.NONE;
  if (refusal === 'fenced' && knowsFenced) return ErrorCode.PRODUCER_FENCED;
  if (refusal === 'not-covered' && knowsAbortable) return ErrorCode.TRANSACTION_ABORTABLE;
  return kafkaTransactionCodes[refusal];
}

export function isTransactionRefusal(outcome: string): outcome is TransactionRefusal {
  return outcome in kafkaTransactionCodes;
}

export function kafkaCode(outcome: BrokerErrorCode | 'ok'): number {
  return outcome === 'ok' ? ErrorCode.NONE : kafkaCodes[outcome];
}

export function groupCode(refusal: GroupRefusal | null): number {
  return refusal === null ? ErrorCode.NONE : kafkaGroupCodes[refusal];
}

/** For errors of the broker and of its storage; anything else is a bug and goes on up. */
export function kafkaCodeOf(error: unknown): number {
  if (error instanceof BrokerError) return kafkaCodes[error.code];
  if (error instanceof LogError) return kafkaCodes[codeOf(error)];
  throw error;
}

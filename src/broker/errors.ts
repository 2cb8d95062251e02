/**
 * Everything that can go wrong in the broker for a reason outside it. A front maps each code to what its
 * protocol says, with `satisfies Record<ErrorCode, …>`, so that a new code does not compile until every front
 * has an answer. docs/errors.md lists them for people.
 */
export type ErrorCode =
  | 'unknown-topic'
  | 'topic-exists'
  | 'invalid-topic-name'
  | 'invalid-partition-count'
  | 'invalid-config'
  | 'unknown-queue'
  | 'invalid-queue-name'
  | 'unknown-exchange'
  | 'exchange-mismatch'
  | 'exchange-in-use'
  | 'reserved-exchange'
  | 'invalid-exchange'
  | 'invalid-binding'
  | 'not-owner'
  | 'offset-out-of-range'
  | 'corrupt-batch'
  | 'unsupported-batch-version'
  | 'invalid-batch'
  | 'batch-too-large'
  | 'invalid-timestamp'
  | 'out-of-order-sequence'
  | 'duplicate-sequence'
  | 'stale-producer-epoch'
  | 'unknown-producer'
  | 'invalid-transaction-state'
  | 'storage-full'
  | 'storage-failed'
  | 'damaged-data'
  | 'closing';

export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

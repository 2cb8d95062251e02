import { BrokerError, type ErrorCode } from '../../broker/errors.js';

/** An error as both protocols tell it. */
export class SqsError extends Error {
  override readonly name = 'SqsError';
  /** What follows `#` in JSON's `__type`. */
  readonly type: string;
  /** What the query protocol calls it. */
  readonly code: string;
  readonly status: number;
  readonly namespace: string;
  readonly sender: boolean;

  constructor(kind: ErrorKind, message: string) {
    super(message);
    this.type = kind.type;
    this.code = kind.code;
    this.status = kind.status ?? 400;
    this.namespace = kind.namespace ?? 'com.amazonaws.sqs';
    this.sender = kind.sender ?? true;
  }
}

interface ErrorKind {
  readonly type: string;
  readonly code: string;
  readonly status?: number;
  readonly namespace?: string;
  readonly sender?: boolean;
}

const coral = 'com.amazon.coral.service';

/** An error of the service that has a name of its own in the older protocol. */
const own = (type: string, code: string = type, status = 400): ErrorKind => ({ type, code, status });
const sqs = (type: string, code: string = type, status = 400): ErrorKind => ({
  type,
  code: `AWS.SimpleQueueService.${code}`,
  status,
});

type KindName =
  | 'queueDoesNotExist'
  | 'queueNameExists'
  | 'queueDeletedRecently'
  | 'purgeInProgress'
  | 'receiptHandleIsInvalid'
  | 'messageNotInflight'
  | 'overLimit'
  | 'unsupportedOperation'
  | 'invalidMessageContents'
  | 'invalidAttributeName'
  | 'invalidAttributeValue'
  | 'tooManyEntries'
  | 'emptyBatch'
  | 'idsNotDistinct'
  | 'invalidEntryId'
  | 'batchTooLong'
  | 'resourceNotFound'
  | 'invalidAddress'
  | 'requestThrottled'
  | 'invalidParameterValue'
  | 'missingParameter'
  | 'unknownOperation'
  | 'serialization'
  | 'malformedQuery'
  | 'requestTooLarge'
  | 'requestTimeout'
  | 'missingAuthentication'
  | 'invalidClientToken'
  | 'incompleteSignature'
  | 'signatureDoesNotMatch'
  | 'accessDenied'
  | 'internal'
  | 'unavailable';

export const errorKinds: Readonly<Record<KindName, ErrorKind>> = {
  queueDoesNotExist: sqs('QueueDoesNotExist', 'NonExistentQueue'),
  queueNameExists: own('QueueNameExists', 'QueueAlreadyExists'),
  queueDeletedRecently: sqs('QueueDeletedRecently'),
  purgeInProgress: sqs('PurgeQueueInProgress', 'PurgeQueueInProgress', 403),
  receiptHandleIsInvalid: own('ReceiptHandleIsInvalid', 'ReceiptHandleIsInvalid', 404),
  messageNotInflight: sqs('MessageNotInflight'),
  overLimit: own('OverLimit', 'OverLimit', 403),
  unsupportedOperation: sqs('UnsupportedOperation'),
  invalidMessageContents: own('InvalidMessageContents'),
  invalidAttributeName: own('InvalidAttributeName'),
  invalidAttributeValue: own('InvalidAttributeValue'),
  tooManyEntries: sqs('TooManyEntriesInBatchRequest'),
  emptyBatch: sqs('EmptyBatchRequest'),
  idsNotDistinct: sqs('BatchEntryIdsNotDistinct'),
  invalidEntryId: sqs('InvalidBatchEntryId'),
  batchTooLong: sqs('BatchRequestTooLong'),
  resourceNotFound: own('ResourceNotFoundException', 'ResourceNotFoundException', 404),
  invalidAddress: own('InvalidAddress', 'InvalidAddress', 404),
  requestThrottled: own('RequestThrottled', 'RequestThrottled', 403),
  invalidParameterValue: {
    type: 'InvalidParameterValueException',
    code: 'InvalidParameterValue',
    namespace: coral,
  },
  missingParameter: { type: 'MissingRequiredParameterException', code: 'MissingParameter', namespace: coral },
  unknownOperation: { type: 'UnknownOperationException', code: 'InvalidAction', namespace: coral },
  serialization: { type: 'SerializationException', code: 'MalformedInput', namespace: coral },
  malformedQuery: { type: 'MalformedQueryString', code: 'MalformedQueryString', status: 404, namespace: coral },
  requestTooLarge: { type: 'RequestEntityTooLarge', code: 'RequestEntityTooLarge', status: 413, namespace: coral },
  requestTimeout: { type: 'RequestTimeoutException', code: 'RequestTimeout', status: 408, namespace: coral },
  missingAuthentication: {
    type: 'MissingAuthenticationTokenException',
    code: 'MissingAuthenticationToken',
    status: 403,
    namespace: coral,
  },
  invalidClientToken: {
    type: 'UnrecognizedClientException',
    code: 'InvalidClientTokenId',
    status: 403,
    namespace: coral,
  },
  incompleteSignature: { type: 'IncompleteSignatureException', code: 'IncompleteSignature', namespace: coral },
  signatureDoesNotMatch: {
    type: 'InvalidSignatureException',
    code: 'SignatureDoesNotMatch',
    status: 403,
    namespace: coral,
  },
  accessDenied: { type: 'AccessDeniedException', code: 'AccessDenied', status: 403, namespace: coral },
  internal: { type: 'InternalFailure', code: 'InternalFailure', status: 500, namespace: coral, sender: false },
  unavailable: {
    type: 'ServiceUnavailable',
    code: 'ServiceUnavailable',
    status: 503,
    namespace: coral,
    sender: false,
  },
};

const kinds = {
  'unknown-topic': errorKinds.queueDoesNotExist,
  'topic-exists': errorKinds.queueNameExists,
  'invalid-topic-name': errorKinds.invalidParameterValue,
  'invalid-partition-count': errorKinds.invalidParameterValue,
  'invalid-config': errorKinds.invalidParameterValue,
  'unknown-queue': errorKinds.queueDoesNotExist,
  'invalid-queue-name': errorKinds.invalidParameterValue,
  'unknown-exchange': errorKinds.invalidParameterValue,
  'invalid-exchange': errorKinds.invalidParameterValue,
  'exchange-mismatch': errorKinds.invalidParameterValue,
  'exchange-in-use': errorKinds.invalidParameterValue,
  'reserved-exchange': errorKinds.invalidParameterValue,
  'invalid-binding': errorKinds.invalidParameterValue,
  'not-owner': errorKinds.unavailable,
  'offset-out-of-range': errorKinds.receiptHandleIsInvalid,
  'corrupt-batch': errorKinds.internal,
  'unsupported-batch-version': errorKinds.internal,
  'invalid-batch': errorKinds.internal,
  'batch-too-large': errorKinds.batchTooLong,
  'invalid-timestamp': errorKinds.invalidParameterValue,
  'out-of-order-sequence': errorKinds.internal,
  'duplicate-sequence': errorKinds.internal,
  'stale-producer-epoch': errorKinds.internal,
  'unknown-producer': errorKinds.internal,
  'invalid-transaction-state': errorKinds.internal,
  'storage-full': errorKinds.unavailable,
  'storage-failed': errorKinds.unavailable,
  'damaged-data': errorKinds.internal,
  closing: errorKinds.unavailable,
} as const satisfies Record<ErrorCode, ErrorKind>;

export function sqsErrorOf(error: BrokerError): SqsError {
  return new SqsError(kinds[error.code], error.message);
}

/** The error as a client is told of it; null for one that is no client's business. */
export function told(error: unknown): SqsError | null {
  if (error instanceof SqsError) return error;
  return error instanceof BrokerError ? sqsErrorOf(error) : null;
}

export function invalid(message: string): SqsError {
  return new SqsError(errorKinds.invalidParameterValue, message);
}

export function missing(parameter: string): SqsError {
  return new SqsError(errorKinds.missingParameter, `The request must contain the parameter ${parameter}.`);
}

import { BrokerError, type ErrorCode } from '../../broker/errors.js';
import { METHOD_NAMES } from './codec/methods.js';

/** Reply codes, with the name that texts begin with. */
export const replyCodes = {
  noRoute: 312,
  noConsumers: 313,
  accessRefused: 403,
  notFound: 404,
  resourceLocked: 405,
  preconditionFailed: 406,
  connectionForced: 320,
  invalidPath: 402,
  frameError: 501,
  syntaxError: 502,
  commandInvalid: 503,
  channelError: 504,
  unexpectedFrame: 505,
  resourceError: 506,
  notAllowed: 530,
  notImplemented: 540,
  internalError: 541,
} as const;

export type ReplyCode = (typeof replyCodes)[keyof typeof replyCodes];

const names: Record<ReplyCode, string> = {
  312: 'NO_ROUTE',
  313: 'NO_CONSUMERS',
  320: 'CONNECTION_FORCED',
  402: 'INVALID_PATH',
  403: 'ACCESS_REFUSED',
  404: 'NOT_FOUND',
  405: 'RESOURCE_LOCKED',
  406: 'PRECONDITION_FAILED',
  501: 'FRAME_ERROR',
  502: 'SYNTAX_ERROR',
  503: 'COMMAND_INVALID',
  504: 'CHANNEL_ERROR',
  505: 'UNEXPECTED_FRAME',
  506: 'RESOURCE_ERROR',
  530: 'NOT_ALLOWED',
  540: 'NOT_IMPLEMENTED',
  541: 'INTERNAL_ERROR',
};

/** Soft errors end the channel, all others the connection; on channel 0 every error does. */
const soft: ReadonlySet<ReplyCode> = new Set([312, 313, 403, 404, 405, 406]);

/** What a client did that it is told of by a close. */
export class AmqpError extends Error {
  override readonly name = 'AmqpError';
  readonly code: ReplyCode;
  /** Class id in the upper half, method id in the lower; 0 where no method is to blame. */
  readonly method: number;
  readonly endsConnection: boolean;

  constructor(code: ReplyCode, explanation: string, method = 0, endsConnection: boolean = !soft.has(code)) {
    super(`${names[code]} - ${explanation}`);
    this.code = code;
    this.method = method;
    this.endsConnection = endsConnection;
  }

  /** The same, of that method. */
  of(method: number): AmqpError {
    if (this.method !== 0) return this;
    return new AmqpError(this.code, this.message.slice(names[this.code].length + 3), method, this.endsConnection);
  }
}

/** For people: `queue.declare`. */
export function methodName(method: number): string {
  return METHOD_NAMES.get(method) ?? `${method >>> 16}.${method & 0xffff}`;
}

/** What clients are told of the broker's own refusals. */
export const amqpCodes: Readonly<Record<ErrorCode, ReplyCode>> = {
  'unknown-topic': 404,
  'topic-exists': 406,
  'invalid-topic-name': 406,
  'invalid-partition-count': 406,
  'invalid-config': 406,
  'unknown-queue': 404,
  'invalid-queue-name': 406,
  'unknown-exchange': 404,
  'invalid-exchange': 406,
  'exchange-mismatch': 406,
  'exchange-in-use': 406,
  'reserved-exchange': 403,
  'invalid-binding': 406,
  'not-owner': 541,
  'offset-out-of-range': 406,
  'corrupt-batch': 541,
  'unsupported-batch-version': 541,
  'invalid-batch': 541,
  'batch-too-large': 406,
  'invalid-timestamp': 406,
  'out-of-order-sequence': 406,
  'duplicate-sequence': 406,
  'stale-producer-epoch': 406,
  'unknown-producer': 406,
  'invalid-transaction-state': 406,
  'storage-full': 541,
  'storage-failed': 541,
  'damaged-data': 541,
  closing: 320,
};

export function amqpErrorOf(error: BrokerError): AmqpError {
  return new AmqpError(amqpCodes[error.code], error.message);
}

/** The error as a client is told of it; null for one that is no client's business. */
export function told(error: unknown): AmqpError | null {
  if (error instanceof AmqpError) return error;
  return error instanceof BrokerError ? amqpErrorOf(error) : null;
}

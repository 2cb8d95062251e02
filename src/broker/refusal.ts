import type { LogError } from '../log/errors.js';
import { BrokerError, type ErrorCode } from './errors.js';

const codes: Record<LogError['code'], ErrorCode> = {
  full: 'storage-full',
  failed: 'storage-failed',
  damaged: 'damaged-data',
  closed: 'closing',
};

/** What the storage's reason is called in the broker's own words. */
export function codeOf(error: LogError): ErrorCode {
  return codes[error.code];
}

export function brokerErrorOf(error: LogError): BrokerError {
  return new BrokerError(codeOf(error), error.message, { cause: error });
}

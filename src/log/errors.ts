export type LogErrorCode =
  /** No room on the store: nothing is taken in until there is. */
  | 'full'
  /** The store failed otherwise. */
  | 'failed'
  /** Bytes on the store are not what was written; the message names file and position. */
  | 'damaged'
  | 'closed';

export class LogError extends Error {
  override readonly name = 'LogError';
  readonly code: LogErrorCode;

  constructor(code: LogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

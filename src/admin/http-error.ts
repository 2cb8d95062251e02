/** Why a request is not answered as it wished: a status, and RabbitMQ's two words about it. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly error: string;

  constructor(status: number, error: string, reason: string) {
    super(reason);
    this.status = status;
    this.error = error;
  }
}

export function badRequest(reason: string): HttpError {
  return new HttpError(400, 'bad_request', reason);
}

export function notFound(reason: string): HttpError {
  // The very words that clients compare.
  return new HttpError(404, 'Object Not Found', reason);
}

export function notAuthorized(reason: string): HttpError {
  return new HttpError(401, 'not_authorized', reason);
}

export function conflict(reason: string): HttpError {
  return new HttpError(409, 'conflict', reason);
}

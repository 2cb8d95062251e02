import { SqsError } from '../errors.js';

const kind = (code: string, status = 400): { type: string; code: string; status: number } => ({
  type: code,
  code,
  status,
});

/** Amazon SNS has names of its own for what goes wrong. */
export function invalidParameter(why: string): SqsError {
  return new SqsError(kind('InvalidParameter'), `Invalid parameter: ${why}`);
}

export function notFound(what: string): SqsError {
  return new SqsError(kind('NotFound', 404), `${what} does not exist`);
}

export function notAuthorized(user: string, action: string, arn: string): SqsError {
  return new SqsError(
    kind('AuthorizationError', 403),
    `User: ${user} is not authorized to perform: SNS:${action} on resource: ${arn}`,
  );
}

export function batchFault(code: string, why: string): SqsError {
  return new SqsError(kind(code), why);
}

/**
 * A broken invariant is a bug of ours, not bad input: the process stops rather than
 * go on with state nobody can vouch for. Assertions stay on in production.
 */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${String(value)}`);
}

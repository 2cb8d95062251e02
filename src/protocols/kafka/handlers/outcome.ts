import type { Broker } from '../../../broker/broker.js';
import { ErrorCode } from '../error-codes.js';
import { kafkaCodeOf } from '../errors.js';

/** How one part of an administrator's request ended. */
export interface Outcome {
  readonly errorCode: number;
  /** For people; null without an error. */
  readonly errorMessage: string | null;
}

export const done: Outcome = { errorCode: ErrorCode.NONE, errorMessage: null };

export function refusedWith(errorCode: number, errorMessage: string): Outcome {
  return { errorCode, errorMessage };
}

/** For errors of the broker and of its storage; anything else is a bug and goes on up. */
export function outcomeOf(error: unknown): Outcome {
  return { errorCode: kafkaCodeOf(error), errorMessage: error instanceof Error ? error.message : String(error) };
}

/** Runs what may be refused. */
export function attempt(act: () => void): Outcome {
  try {
    act();
    return done;
  } catch (error) {
    return outcomeOf(error);
  }
}

/** How the changes made in this stretch of code end: they may be told once they are durable. */
export async function durably(broker: Broker): Promise<Outcome> {
  try {
    await broker.storage.durable();
    await broker.catalog.codecsReady();
    return done;
  } catch (error) {
    return outcomeOf(error);
  }
}

/** What occurs more than once. */
export function repeatedOf(values: Iterable<string>): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) repeated.add(value);
    seen.add(value);
  }
  return repeated;
}

import type { Outcome } from './history.js';
import { Violation } from './trace.js';

const linesShown = 60;

/** What a reader needs to begin: what broke, how it came to that, and how to see it again. */
export function describeFailure(outcome: Outcome): string {
  const { failure, seed, trace } = outcome;
  const invariant = failure instanceof Violation ? failure.invariant : failure?.name;
  return [
    `seed ${seed} broke: ${invariant}`,
    ...trace.lines.slice(-linesShown),
    failure?.stack ?? '',
    `replay with: npm run sim -- --seed ${seed}`,
  ].join('\n');
}

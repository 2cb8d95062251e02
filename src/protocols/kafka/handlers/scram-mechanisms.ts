import type { ScramHash } from '../../../broker/access/credential.js';

/** Kafka's numbers for the mechanisms (KIP-554). */
export const mechanismNumbers: Record<ScramHash, number> = { sha256: 1, sha512: 2 };

export function hashOf(mechanism: number): ScramHash | undefined {
  if (mechanism === mechanismNumbers.sha256) return 'sha256';
  return mechanism === mechanismNumbers.sha512 ? 'sha512' : undefined;
}

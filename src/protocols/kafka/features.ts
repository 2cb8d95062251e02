/**
 * Behaviour that clients choose by a feature's level rather than by versions of APIs. What is supported is also what
 * is finalised.
 */
export interface Feature {
  readonly name: string;
  readonly minLevel: number;
  readonly maxLevel: number;
}

export const features: readonly Feature[] = [
  // 1: consumer groups whose partitions the broker shares out (KIP-848).
  { name: 'group.version', minLevel: 0, maxLevel: 1 },
  // 1: share groups (KIP-932).
  { name: 'share.version', minLevel: 0, maxLevel: 1 },
  // 2: each end of a transaction gives its producer a new epoch (KIP-890).
  { name: 'transaction.version', minLevel: 0, maxLevel: 2 },
];

/**
 * Meta: small values with versions, and leases. The third part of the waist: a few files and a lock here,
 * PostgreSQL in a cluster. An implementation passes `meta.contract.ts`.
 */
export interface Meta {
  get(key: string): Promise<MetaValue | undefined>;
  /**
   * Puts `value` if the key still has `version` (0: if it is not there) and answers the new version, or undefined
   * when somebody else was first. Durable when it settles.
   */
  putIfVersion(key: string, value: Buffer, version: number): Promise<number | undefined>;
  /** Calls `changed` after each change of a key that begins with `prefix`, made through this store, until stopped. */
  watch(prefix: string, changed: (key: string) => void): Watch;
  /**
   * Takes the lease `name` for `holder`, or throws LeaseHeldError. It is held until released or until the holder's
   * process is gone; its epoch rises with each taking, and whoever acts for the lease names its epoch.
   */
  lease(name: string, holder: string): Promise<Lease>;
}

export interface MetaValue {
  readonly value: Buffer;
  readonly version: number;
}

export interface Watch {
  stop(): void;
}

export interface Lease {
  readonly epoch: number;
  release(): Promise<void>;
}

export class LeaseHeldError extends Error {
  override readonly name = 'LeaseHeldError';
}

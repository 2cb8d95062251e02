/**
 * Objects: whole values under a name, put at once or not at all. The second part of the waist: a folder of files
 * here, a bucket in a cluster. An implementation passes `objects.contract.ts`.
 */
export interface Objects {
  /** When it settles the object is complete and survives a power cut; before that, readers see the old one or none. */
  put(name: string, pieces: readonly Buffer[]): Promise<void>;
  /** The whole object, or `length` bytes from `from`; undefined when there is none of that name. */
  get(name: string, from?: number, length?: number): Promise<Buffer | undefined>;
  /** A missing one is no error. When it settles the removal survives a power cut. */
  remove(name: string): Promise<void>;
  /** Names that begin with `prefix`, in order. */
  list(prefix: string): Promise<readonly ObjectEntry[]>;
}

export interface ObjectEntry {
  readonly name: string;
  readonly sizeBytes: number;
}

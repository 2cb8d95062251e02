/**
 * What goes wrong on a memory disk. A plain object that a test or the simulation changes while the disk runs; with
 * all at rest the disk is a perfect one, and a crash keeps whatever completed.
 */
export interface Faults {
  /** A power cut may take back file data that was not synced; without, it is all there. */
  lostWrites: boolean;
  /** Of such data, and of a write under way, any of its 512-byte sectors may be there; without, it is whole or gone. */
  tornWrites: boolean;
  /** A power cut may take back creations, renames and removals in a folder that was not synced, each for itself. */
  lostNames: boolean;
  /** Syncs and durable writes of files complete, yet a power cut takes their data for unsynced and may lose it. */
  lyingSyncs: boolean;
  /** How likely a read answers fewer bytes than there are. */
  shortReads: number;
  /** Bits that come back flipped from reads. */
  readonly flips: Flip[];
  /** Room for all files, objects and values together. */
  capacityBytes: number;
  /** So many of the next calls fail: reads of files, writes of files, syncs of files and folders, calls of objects. */
  failReads: number;
  failWrites: number;
  failSyncs: number;
  failObjects: number;
  /** Each asynchronous call takes between these, at random; both 0: it completes in the next turn. */
  latencyMsMin: number;
  latencyMsMax: number;
}

export interface Flip {
  /** The file or object, by the name it is opened with. */
  readonly name: string;
  readonly position: number;
  readonly mask: number;
}

export function createFaults(wanted: Partial<Faults> = {}): Faults {
  return {
    lostWrites: false,
    tornWrites: false,
    lostNames: false,
    lyingSyncs: false,
    shortReads: 0,
    flips: [],
    capacityBytes: Number.POSITIVE_INFINITY,
    failReads: 0,
    failWrites: 0,
    failSyncs: 0,
    failObjects: 0,
    latencyMsMin: 0,
    latencyMsMax: 0,
    ...wanted,
  };
}

/** The disk of an ordinary machine when the power goes: what was not synced is there, gone, or there in part. */
export function powerCutFaults(wanted: Partial<Faults> = {}): Faults {
  return createFaults({ lostWrites: true, tornWrites: true, lostNames: true, ...wanted });
}

import { Heap } from '../../lib/heap.js';

/** Lanes from here on are groups; the 256 below are priorities, the highest first. */
export const firstGroupLane = 256;
/** More would make a lane's number look like a NaN in a run (see ChunkList); a group costs some 200 bytes anyway. */
const groupsMax = 0x3fffffff;

const smallest = 8;
/** Most queues have none. */
const noGroups = new Float64Array(0);

/**
 * The groups that have offsets which are neither done nor dead: their names, how much of each is locked, and which
 * of those that may be served now has the oldest offset. A group that runs empty is forgotten.
 */
export class Groups {
  private readonly lanes = new Map<string, number>();
  private readonly names: (string | undefined)[] = [];
  private readonly free: number[] = [];
  private sizes: Float64Array = noGroups;
  private lockedCounts: Float64Array = noGroups;
  /** The first offset of a group that may be served, else -1. */
  private heads: Float64Array = noGroups;
  /** (head, lane); an entry counts while `heads` says the same. */
  private readonly available = new Heap();

  get count(): number {
    return this.lanes.size;
  }

  clear(): void {
    this.lanes.clear();
    this.names.length = 0;
    this.free.length = 0;
    this.available.clear();
  }

  laneOf(name: string): number {
    return this.lanes.get(name) ?? -1;
  }

  nameOf(lane: number): string | undefined {
    return this.names[lane - firstGroupLane];
  }

  /** Names in use with their lanes, for a snapshot. */
  entries(): IterableIterator<[string, number]> {
    return this.lanes.entries();
  }

  intern(name: string): number {
    const known = this.lanes.get(name);
    if (known !== undefined) return known;
    const id = this.free.pop() ?? this.names.length;
    if (id >= groupsMax) throw new RangeError('too many groups');
    if (id >= this.sizes.length) this.grow();
    this.names[id] = name;
    this.sizes[id] = 0;
    this.lockedCounts[id] = 0;
    this.heads[id] = -1;
    this.lanes.set(name, id + firstGroupLane);
    return id + firstGroupLane;
  }

  sizeOf(lane: number): number {
    return this.sizes[lane - firstGroupLane]!;
  }

  isLocked(lane: number): boolean {
    return this.lockedCounts[lane - firstGroupLane]! > 0;
  }

  resize(lane: number, by: number): void {
    this.sizes[lane - firstGroupLane]! += by;
  }

  lock(lane: number, by: number): void {
    this.lockedCounts[lane - firstGroupLane]! += by;
  }

  /** Says what the group has to offer now: its first offset, or -1 when it may not be served. */
  offer(lane: number, head: number): void {
    const id = lane - firstGroupLane;
    if (this.sizes[id] === 0) {
      this.heads[id] = -1;
      const name = this.names[id];
      if (name === undefined) return;
      this.lanes.delete(name);
      this.names[id] = undefined;
      this.free.push(id);
      return;
    }
    if (this.heads[id] === head) return;
    this.heads[id] = head;
    if (head < 0) return;
    if (this.available.size > 64 + 4 * this.lanes.size) this.rebuild();
    this.available.push(head, lane, 0);
  }

  /** The group with the oldest offset among those that may be served, or -1. */
  best(): number {
    const heap = this.available;
    while (heap.size > 0) {
      const lane = heap.topFirst;
      if (this.heads[lane - firstGroupLane] === heap.topKey) return lane;
      heap.pop();
    }
    return -1;
  }

  headOf(lane: number): number {
    return this.heads[lane - firstGroupLane]!;
  }

  private rebuild(): void {
    this.available.clear();
    for (const lane of this.lanes.values()) {
      const head = this.headOf(lane);
      if (head >= 0) this.available.push(head, lane, 0);
    }
  }

  private grow(): void {
    this.sizes = doubled(this.sizes);
    this.lockedCounts = doubled(this.lockedCounts);
    this.heads = doubled(this.heads);
  }
}

function doubled(array: Float64Array): Float64Array {
  const larger = new Float64Array(Math.max(smallest, array.length * 2));
  larger.set(array);
  return larger;
}

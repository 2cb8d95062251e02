import { baseOffset, rebased } from './batch.js';

/**
 * Batches gathered for one write. Neighbours in memory become one piece, and no view is made of any of them before it
 * is known where the piece ends: thirty thousand small batches of one slab are one piece, in one view.
 */
export class Pieces {
  private readonly list: Buffer[] = [];
  private memory: Buffer | null = null;
  private from = 0;
  private to = 0;

  /** The batch at `at`, as one that begins at `offset`. */
  add(memory: Buffer, at: number, size: number, offset: number): void {
    const asItIs = baseOffset(memory, at) === offset;
    if (asItIs && memory === this.memory && at === this.to) {
      this.to += size;
      return;
    }
    this.cut();
    if (!asItIs) {
      rebased(memory, at, size, offset, this.list);
      return;
    }
    this.memory = memory;
    this.from = at;
    this.to = at + size;
  }

  private cut(): void {
    if (this.memory !== null) this.list.push(this.memory.subarray(this.from, this.to));
    this.memory = null;
  }

  /** All of them, in order. */
  taken(): readonly Buffer[] {
    this.cut();
    return this.list;
  }
}

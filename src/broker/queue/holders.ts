interface Holder {
  locked: number;
  /** All its locks lie in [low, high). */
  low: number;
  high: number;
}

const sweepMin = 256;

/** Where each holder's locks lie, so that a connection that goes away costs its own locks and not everybody's. */
export class Holders {
  private readonly byId = new Map<number, Holder>();
  private sweepAt: number = sweepMin;

  clear(): void {
    this.byId.clear();
  }

  add(id: number, from: number, to: number): void {
    if (id === 0) return;
    const holder = this.byId.get(id);
    if (holder === undefined) {
      if (this.byId.size >= this.sweepAt) this.sweep();
      this.byId.set(id, { locked: to - from, low: from, high: to });
    } else {
      if (holder.locked === 0 || from < holder.low) holder.low = from;
      if (holder.locked === 0 || to > holder.high) holder.high = to;
      holder.locked += to - from;
    }
  }

  remove(id: number, count: number): void {
    if (id === 0) return;
    const holder = this.byId.get(id);
    if (holder !== undefined) holder.locked -= count;
  }

  lockedBy(id: number): number {
    return this.byId.get(id)?.locked ?? 0;
  }

  lowOf(id: number): number {
    return this.byId.get(id)?.low ?? 0;
  }

  highOf(id: number): number {
    return this.byId.get(id)?.high ?? 0;
  }

  forget(id: number): void {
    if (this.byId.get(id)?.locked === 0) this.byId.delete(id);
  }

  /** Holders that come and go without a word (one per request) do not pile up. */
  private sweep(): void {
    for (const [id, holder] of this.byId) {
      if (holder.locked === 0) this.byId.delete(id);
    }
    this.sweepAt = Math.max(sweepMin, this.byId.size * 2);
  }
}

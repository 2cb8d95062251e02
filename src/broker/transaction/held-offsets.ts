import { heldKey } from './transaction.js';

/**
 * Which committed offsets are about to change by a transaction: by group, topic and partition, how many transactions
 * hold one back. An offset is held until the end of its transaction is durable, so that nobody takes the old one for
 * the last while the new one may still come.
 */
export class HeldOffsets {
  private readonly byGroup = new Map<string, Map<string, number>>();

  add(group: string, key: string): void {
    let keys = this.byGroup.get(group);
    if (keys === undefined) {
      keys = new Map();
      this.byGroup.set(group, keys);
    }
    keys.set(key, (keys.get(key) ?? 0) + 1);
  }

  remove(group: string, key: string): void {
    const keys = this.byGroup.get(group);
    const count = keys?.get(key);
    if (keys === undefined || count === undefined) return;
    if (count > 1) keys.set(key, count - 1);
    else keys.delete(key);
    if (keys.size === 0) this.byGroup.delete(group);
  }

  has(group: string, topic: string, partition: number): boolean {
    return this.byGroup.get(group)?.has(heldKey(topic, partition)) ?? false;
  }

  hasGroup(group: string): boolean {
    return this.byGroup.has(group);
  }

  clear(): void {
    this.byGroup.clear();
  }
}

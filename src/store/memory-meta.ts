import { type Device, noRoom } from './device.js';
import { type Lease, LeaseHeldError, type Meta, type MetaValue, type Watch } from './meta.js';
import { Watchers } from './watchers.js';

/** Meta in memory. It belongs to a MemoryDisk; its leases end with a crash, their epochs go on. */
export class MemoryMeta implements Meta {
  private readonly device: Device;
  private readonly values = new Map<string, MetaValue>();
  private readonly watchers = new Watchers();
  private readonly epochs = new Map<string, number>();
  private readonly holders = new Map<string, string>();

  constructor(device: Device) {
    this.device = device;
  }

  async get(key: string): Promise<MetaValue | undefined> {
    return this.device.later(() => this.values.get(key));
  }

  async putIfVersion(key: string, value: Buffer, version: number): Promise<number | undefined> {
    const own = Buffer.from(value);
    const put = await this.device.atOnce(() => {
      const there = this.values.get(key);
      if ((there?.version ?? 0) !== version) return undefined;
      if (!this.device.take(own.length - (there?.value.length ?? 0))) throw noRoom('put', key);
      this.values.set(key, { value: own, version: version + 1 });
      return version + 1;
    });
    if (put !== undefined) this.watchers.tell(key);
    return put;
  }

  watch(prefix: string, changed: (key: string) => void): Watch {
    return this.watchers.add(prefix, changed);
  }

  async lease(name: string, holder: string): Promise<Lease> {
    return this.device.atOnce(() => {
      const held = this.holders.get(name);
      if (held !== undefined) throw new LeaseHeldError(`the lease ${name} is held by ${held}: stop that one first`);
      const epoch = (this.epochs.get(name) ?? 0) + 1;
      this.epochs.set(name, epoch);
      this.holders.set(name, holder);
      return { epoch, release: () => this.release(name, epoch) };
    });
  }

  moveTo(other: MemoryMeta): void {
    for (const [key, value] of this.values) {
      other.values.set(key, value);
      other.device.take(value.value.length);
    }
    for (const [name, epoch] of this.epochs) other.epochs.set(name, epoch);
  }

  private async release(name: string, epoch: number): Promise<void> {
    return this.device.atOnce(() => {
      if (this.epochs.get(name) === epoch) this.holders.delete(name);
    });
  }
}

import { type Device, injected, noRoom } from './device.js';
import { assertName, byName } from './names.js';
import type { ObjectEntry, Objects } from './objects.js';

/** Objects in memory. They belong to a MemoryDisk. */
export class MemoryObjects implements Objects {
  private readonly device: Device;
  private readonly objects = new Map<string, Buffer>();

  constructor(device: Device) {
    this.device = device;
  }

  async put(name: string, pieces: readonly Buffer[]): Promise<void> {
    assertName(name);
    const bytes = Buffer.concat(pieces);
    return this.device.atOnce(() => {
      if (this.device.fails('failObjects')) throw injected('put', name);
      const growth = bytes.length - (this.objects.get(name)?.length ?? 0);
      if (!this.device.take(growth)) throw noRoom('put', name);
      this.objects.set(name, bytes);
    });
  }

  async get(name: string, from = 0, length: number = Number.MAX_SAFE_INTEGER): Promise<Buffer | undefined> {
    assertName(name);
    return this.device.later(() => {
      if (this.device.fails('failObjects')) throw injected('get', name);
      const bytes = this.objects.get(name);
      if (bytes === undefined) return undefined;
      const part = Buffer.from(bytes.subarray(from, Math.min(bytes.length, from + length)));
      return part.subarray(0, this.device.spoil(name, part, from, part.length));
    });
  }

  async remove(name: string): Promise<void> {
    assertName(name);
    return this.device.atOnce(() => {
      if (this.device.fails('failObjects')) throw injected('remove', name);
      this.device.take(-(this.objects.get(name)?.length ?? 0));
      this.objects.delete(name);
    });
  }

  async list(prefix: string): Promise<readonly ObjectEntry[]> {
    return this.device.later(() => {
      if (this.device.fails('failObjects')) throw injected('list', prefix);
      const found: ObjectEntry[] = [];
      for (const [name, bytes] of this.objects) {
        if (name.startsWith(prefix)) found.push({ name, sizeBytes: bytes.length });
      }
      return found.sort(byName);
    });
  }

  /** What a crash leaves: all that is there, for an object is complete or not there. */
  moveTo(other: MemoryObjects): void {
    for (const [name, bytes] of this.objects) {
      other.objects.set(name, bytes);
      other.device.take(bytes.length);
    }
  }
}

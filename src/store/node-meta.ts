import { createHash } from 'node:crypto';
import { ByteReader } from '../lib/byte-reader.js';
import { ByteWriter } from '../lib/byte-writer.js';
import { type Clock, systemClock } from '../lib/clock.js';
import { crc32c } from '../lib/crc32c.js';
import { type Files, StoreError } from './files.js';
import type { Lease, Meta, MetaValue, Watch } from './meta.js';
import { openNodeFiles } from './node-files.js';
import { LeaseFolder } from './node-lease.js';
import { Watchers } from './watchers.js';
import { readFile, replaceFile } from './whole-file.js';

/** A value's file: CRC-32C of what follows (4), format (1), version (8), key (length and bytes), the value. */
const format = 1;
const longestFileName = 200;

/**
 * Meta in a folder of this machine: a file per key, and lease files that tell who uses the data directory, which is
 * named in the error when it is somebody else.
 */
export async function openNodeMeta(
  folder: string,
  clock: Clock = systemClock,
  dataFolder: string = folder,
): Promise<Meta> {
  const files = await openNodeFiles(folder);
  return new NodeMeta(files, new LeaseFolder(folder, dataFolder, clock));
}

class NodeMeta implements Meta {
  private readonly files: Files;
  private readonly leases: LeaseFolder;
  private readonly watchers = new Watchers();
  /** The last put of each key under way: a put waits for the one before it, so that reading and replacing are one. */
  private readonly puts = new Map<string, Promise<unknown>>();

  constructor(files: Files, leases: LeaseFolder) {
    this.files = files;
    this.leases = leases;
  }

  async get(key: string): Promise<MetaValue | undefined> {
    const name = `values/${fileNameOf(key)}`;
    const bytes = await readFile(this.files, name);
    return bytes === undefined ? undefined : decode(key, name, bytes);
  }

  putIfVersion(key: string, value: Buffer, version: number): Promise<number | undefined> {
    const before = this.puts.get(key) ?? Promise.resolve();
    const put = before.then(() => this.replace(key, value, version));
    const settled = put.then(
      () => undefined,
      () => undefined,
    );
    this.puts.set(key, settled);
    void settled.then(() => {
      if (this.puts.get(key) === settled) this.puts.delete(key);
    });
    return put;
  }

  watch(prefix: string, changed: (key: string) => void): Watch {
    return this.watchers.add(prefix, changed);
  }

  lease(name: string, holder: string): Promise<Lease> {
    return this.leases.take(fileNameOf(name), holder);
  }

  private async replace(key: string, value: Buffer, version: number): Promise<number | undefined> {
    const there = await this.get(key);
    if ((there?.version ?? 0) !== version) return undefined;
    const name = `values/${fileNameOf(key)}`;
    await replaceFile(this.files, `${name}~`, name, [encodeHead(key, value, version + 1), value]);
    this.watchers.tell(key);
    return version + 1;
  }
}

function encodeHead(key: string, value: Buffer, version: number): Buffer {
  const head = new ByteWriter();
  head.u32(0);
  head.u8(format);
  head.i64(version);
  head.string(key);
  const bytes = head.copy();
  bytes.writeUInt32BE(crc32c(value, 0, value.length, crc32c(bytes, 4, bytes.length)), 0);
  return bytes;
}

function decode(key: string, name: string, bytes: Buffer): MetaValue {
  if (bytes.length < 5 || bytes.readUInt32BE(0) !== crc32c(bytes, 4, bytes.length)) {
    throw new StoreError('failed', `the file ${name} in the meta folder is damaged: its checksum does not match`);
  }
  const reader = new ByteReader(bytes, 4);
  const found = reader.u8();
  if (found > format) {
    throw new StoreError(
      'failed',
      `the file ${name} in the meta folder has format ${found}, this version reads ${format}`,
    );
  }
  const version = reader.i64();
  const owner = reader.string();
  if (owner !== key) throw new StoreError('failed', `the file ${name} in the meta folder belongs to key ${owner}`);
  return { value: reader.view(reader.remaining), version };
}

/**
 * A file name for any key: lower-case letters, digits, `-`, `_` and inner dots stay, all else is %xx, for some file
 * systems do not tell A from a. `~` is never part of one: it marks temporary files. A very long key goes by its hash.
 */
export function fileNameOf(key: string): string {
  let name = '';
  for (const byte of Buffer.from(key)) {
    const letter = String.fromCharCode(byte);
    const plain = /[a-z0-9_-]/.test(letter) || (letter === '.' && name !== '');
    name += plain ? letter : `%${byte.toString(16).padStart(2, '0')}`;
  }
  if (name === '') return '%';
  if (name.length <= longestFileName) return name;
  return `${name.slice(0, 100)}+${createHash('sha256').update(key).digest('hex')}`;
}

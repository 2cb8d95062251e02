import { once } from 'node:events';
import { createReadStream, createWriteStream, openSync, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { storeError } from './node-files.js';

/** A file that a person named, read from its beginning to its end; compressed when its name ends in `.gz`. */
export interface FileToRead {
  readonly content: Readable;
  readonly sizeBytes: number;
  /** Of the file itself, compressed or not. */
  readonly readBytes: () => number;
}

/** Throws StoreError. */
export function openToRead(path: string): FileToRead {
  try {
    const descriptor = openSync(path, 'r');
    const file = createReadStream(path, { fd: descriptor, highWaterMark: 256 * 1024 });
    file.on('error', () => {});
    const sizeBytes = statSync(path).size;
    const readBytes = (): number => file.bytesRead;
    if (!path.endsWith('.gz')) return { content: file, sizeBytes, readBytes };
    const content = createGunzip();
    file.on('error', (error) => content.destroy(error));
    // It may fail before anybody reads, who is told then.
    content.on('error', () => {});
    return { content: file.pipe(content), sizeBytes, readBytes };
  } catch (cause) {
    throw storeError('read', path, cause);
  }
}

/** A file that a person named, written anew; compressed when its name ends in `.gz`. */
export class FileToWrite {
  private readonly path: string;
  private readonly into: NodeJS.WritableStream;
  private readonly ended: Promise<void>;

  private constructor(path: string, into: NodeJS.WritableStream, ended: Promise<void>) {
    this.path = path;
    this.into = into;
    this.ended = ended;
    // Told by the write or close that meets it.
    ended.catch(() => {});
  }

  /** Throws StoreError, also when the file is there and must not be. */
  static create(path: string, overwrite: boolean): FileToWrite {
    let descriptor: number;
    try {
      descriptor = openSync(path, overwrite ? 'w' : 'wx');
    } catch (cause) {
      throw storeError('write', path, cause);
    }
    const file = createWriteStream(path, { fd: descriptor, flush: true });
    if (!path.endsWith('.gz')) {
      return new FileToWrite(
        path,
        file,
        once(file, 'close').then(() => {}),
      );
    }
    const gzip = createGzip();
    return new FileToWrite(path, gzip, pipeline(gzip, file));
  }

  async write(text: string): Promise<void> {
    if (this.into.write(text)) return;
    await Promise.race([once(this.into, 'drain'), this.failed()]);
  }

  async close(): Promise<void> {
    this.into.end();
    await this.failed();
  }

  private async failed(): Promise<void> {
    try {
      await this.ended;
    } catch (cause) {
      throw storeError('write', this.path, cause);
    }
  }
}

import { type Files, type StoredFile, StoreError } from './files.js';
import { folderOf } from './names.js';

/**
 * Puts a file under `name` whole or not at all: written and synced under `temporary`, then renamed. When it settles
 * it survives a power cut.
 */
export async function replaceFile(
  files: Files,
  temporary: string,
  name: string,
  pieces: readonly Buffer[],
): Promise<void> {
  try {
    const file = await files.open(temporary, 'write');
    try {
      await file.truncate(0);
      await file.write(pieces, 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(temporary, name);
  } catch (error) {
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
  await files.syncFolder(folderOf(name));
}

/** The file's bytes, or `length` of them from `from`; undefined when it is not there. */
export async function readFile(
  files: Files,
  name: string,
  from = 0,
  length: number = Number.MAX_SAFE_INTEGER,
): Promise<Buffer | undefined> {
  let file: StoredFile;
  try {
    file = await files.open(name, 'read');
  } catch (error) {
    if (error instanceof StoreError && error.code === 'missing') return undefined;
    throw error;
  }
  try {
    const into = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, file.sizeBytes() - from)));
    const count = await file.read(into, from);
    if (count < into.length)
      throw new StoreError('failed', `cannot read ${name}: it ended ${into.length - count} bytes early`);
    return into;
  } finally {
    await file.close();
  }
}

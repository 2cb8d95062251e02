import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of a test's own, away again when it is done. */
export async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeFolder();
  try {
    return await body(folder);
  } finally {
    await removeFolder(folder);
  }
}

export function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'naru-test-'));
}

export function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}

import { type Files, StoreError } from '../store/files.js';
import { type Log, topicsFolder } from './log.js';
import type { Storage } from './storage.js';

/** Makes what changed among the folders of logs stay. Before any log has a segment there is nothing to do that to. */
export async function syncTopics(files: Files): Promise<void> {
  try {
    await files.syncFolder(topicsFolder);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'missing') throw error;
  }
}

/**
 * Removes what lies in a log's folder and is of none of its segments: files a crash cut off, those a compaction has
 * replaced, compactions half done. Nobody may be writing to the log meanwhile.
 */
export async function removeLeftovers(storage: Storage, log: Log): Promise<void> {
  const names = new Set(log.segments.map((segment) => segment.name));
  await removeUnknown(storage, log, (base, name) => base === compacted && names.has(name));
}

/**
 * Removes files of segments before `offset` that are not the log's any more, or never were: what a bundle that a crash cut
 * off had put into a segment of its own, nobody knows of, and the next append may have gone elsewhere.
 */
export async function removeBefore(storage: Storage, log: Log, offset: number): Promise<void> {
  await removeUnknown(storage, log, (base) => base === compacted || base >= offset);
}

/** What `removeUnknown` says of a compaction's file. */
const compacted = -1;

async function removeUnknown(
  storage: Storage,
  log: Log,
  stays: (base: number, name: string) => boolean,
): Promise<void> {
  const known = new Set(log.segments.map((segment) => segment.baseOffset));
  let removed = 0;
  for (const entry of await storage.files.list(log.folder)) {
    const parts = /^(\d{20})\.(log|index|timeindex|log\.\d+\.cleaned)$/.exec(entry.name);
    if (parts === null) continue;
    const name = `${log.folder}/${entry.name}`;
    const base = parts[2]!.endsWith('cleaned') ? compacted : Number(parts[1]);
    if (known.has(base) || stays(base, name)) continue;
    await storage.openFiles.forget(name);
    await storage.files.remove(name);
    removed++;
  }
  // Back after a power cut, they would be taken for the log's own.
  if (removed > 0) await storage.files.syncFolder(log.folder);
}

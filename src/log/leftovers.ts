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
 * Removes what lies in a log's folder before `offset` and is of none of its segments: files of segments it has let go of, what
 * a bundle that a crash cut off had put into a segment that nobody knows of, what a compaction has replaced or left half done.
 * Nobody may be writing there meanwhile, and what the log says of its segments has to be durable. Returns how many files.
 */
export async function removeLeftovers(
  storage: Storage,
  log: Log,
  offset: number = Number.POSITIVE_INFINITY,
): Promise<number> {
  const names = new Set(log.segments.map((segment) => segment.name));
  const known = new Set(log.segments.map((segment) => segment.baseOffset));
  let removed = 0;
  for (const entry of await storage.files.list(log.folder)) {
    const parts = /^(\d{20})\.(log|index|timeindex|log\.\d+\.cleaned)$/.exec(entry.name);
    if (parts === null) continue;
    const base = Number(parts[1]);
    const name = `${log.folder}/${entry.name}`;
    if (base >= offset || (parts[2]!.endsWith('cleaned') ? names.has(name) : known.has(base))) continue;
    await storage.openFiles.forget(name);
    await storage.files.remove(name);
    removed++;
  }
  // Back after a power cut, they would be taken for the log's own.
  if (removed > 0) await storage.files.syncFolder(log.folder);
  return removed;
}

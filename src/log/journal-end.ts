import type { StoredFile } from '../store/files.js';
import { type JournalFile, journalFileName, journalFolder } from './journal-file.js';
import type { FoundBundle } from './journal-reader.js';
import { topicsFolder } from './log.js';
import type { Segment } from './segment.js';
import type { Storage } from './storage.js';

const pieceBytes = 8 * 1024 * 1024;

/** A run of bytes in a segment file. */
export interface FoundRun {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** A bundle that was read back and of which no later one says that it was durable, with what it put directly into segments. */
export interface JournalEnd {
  readonly bundle: FoundBundle;
  readonly runs: readonly FoundRun[];
}

/**
 * Makes stay what a start has read back. The last run may have been killed between writing something and syncing it,
 * and readers are about to see it: from here on a power cut must not take it. A sync may have failed, too, and then the
 * system may have forgotten which pages it still had to write: so what is in doubt is written again, and not only synced.
 */
export async function makeStay(
  storage: Storage,
  journal: readonly JournalFile[],
  found: Iterable<Segment>,
  ends: readonly JournalEnd[],
): Promise<void> {
  const { files, openFiles } = storage;
  if (journal.length === 0) return;
  for (const { bundle, runs } of ends) {
    for (const run of runs) await openFiles.use(run.name, (file) => writeAgain(file, run));
    const { bytes, at, header, fileName, position } = bundle;
    const file = await files.open(fileName, 'durable');
    await file.write([bytes.subarray(at, at + header.totalBytes)], position);
    await file.close();
  }
  for (const { fileNumber } of journal) {
    const file = await files.open(journalFileName(fileNumber), 'write');
    await file.sync();
    await file.close();
  }
  await files.syncFolder(journalFolder);
  let segments = 0;
  for (const segment of found) {
    await openFiles.use(segment.name, (file) => file.sync());
    await files.syncFolder(segment.folder);
    segments++;
  }
  if (segments > 0) await files.syncFolder(topicsFolder);
  await files.syncFolder('');
}

async function writeAgain(file: StoredFile, run: FoundRun): Promise<void> {
  for (let from = run.from; from < run.to; from += pieceBytes) {
    const piece = Buffer.allocUnsafeSlow(Math.min(pieceBytes, run.to - from));
    let got = 0;
    while (got < piece.length) {
      const count = await file.read(piece.subarray(got), from + got);
      if (count === 0) break;
      got += count;
    }
    await file.write([piece.subarray(0, got)], from);
  }
  await file.sync();
}

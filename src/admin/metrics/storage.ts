import { type Exposition, labels } from './exposition.js';
import type { Scrape } from './scrape.js';

/** The journal, the tails and the disk. */
export function storageMetrics(out: Exposition, { broker }: Scrape): void {
  const { storage, diskSpace } = broker;
  const { journal, options } = storage;
  out.histogram(
    'naru_journal_append_seconds',
    'From when a bundle began to gather until it was durable: the longest that anybody waited for it.',
    journal.appendSeconds,
  );
  out.histogram('naru_journal_sync_seconds', 'Writing and syncing one bundle.', journal.syncSeconds);
  out.counter(
    'naru_journal_bytes_total',
    'Bytes made durable, with those that went directly to segments.',
    journal.bytesTaken,
  );
  out.counter('naru_journal_failures_total', 'Writes that failed and had to be made again.', journal.failures);
  out.gauge(
    'naru_journal_writable',
    '0 while the journal cannot be written and nothing new is taken.',
    flag(!journal.failure),
  );
  out.gauge('naru_journal_pending_bytes', 'Recorded and not durable yet.', journal.pendingBytes);
  const { kept, free } = journal.fileCounts;
  out.family('naru_journal_files', 'gauge', 'Journal files that are needed, and those that wait to be used again.');
  out.sample(kept, labels({ state: 'kept' })).sample(free, labels({ state: 'free' }));
  out.gauge('naru_journal_files_max', 'Needed files at which publishers wait.', options.journalFilesMax);
  out.gauge('naru_journal_file_bytes', 'Size of all journal files.', journal.fileBytes);
  out.gauge('naru_tail_bytes', 'Records in memory that no segment holds yet.', storage.tailBytes);
  out.gauge('naru_tail_bytes_max', 'Bytes in tails at which publishers wait.', options.tailBytesMax);
  out.gauge('naru_publishers_wait', '1 while a limit makes publishers wait.', flag(storage.congested || diskSpace.low));
  out.gauge('naru_logs', 'Logs: one for each queue and partition.', storage.logs.size);
  let segments = 0;
  for (const log of storage.logs.values()) segments += log.segments.length;
  out.gauge('naru_segments', 'Segment files.', segments);
  out.gauge('naru_disk_free_bytes', 'Room on the disk, as of the last look.', diskSpace.freeBytes);
  out.gauge('naru_disk_free_bytes_min', 'Room below which AMQP publishers wait.', diskSpace.freeBytesMin);
}

export function flag(value: boolean): number {
  return value ? 1 : 0;
}

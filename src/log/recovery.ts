import { ByteReader, DecodeError } from '../lib/byte-reader.js';
import {
  baseOffset,
  batchBytes,
  batchHeaderBytes,
  lastOffsetDelta,
  maxTimestamp,
  nextOffset,
  storedCrc,
} from './batch.js';
import { type BundleVisitor, blockBytes, type DirectEntry, readBundle, readDirects } from './bundle.js';
import { type Checkpoint, checkpointPrefix, decodeCheckpoint, decodeSegmentFacts } from './checkpoint.js';
import { nameCompacted } from './compaction.js';
import { LogError } from './errors.js';
import { type FoundRun, type JournalEnd, makeStay } from './journal-end.js';
import { journalFileName } from './journal-file.js';
import { type FoundBundle, JournalReader, listJournal } from './journal-reader.js';
import { removeLeftovers, syncTopics } from './leftovers.js';
import { Log, type LogPolicy, topicsFolder } from './log.js';
import { type Segment, type SegmentFacts, segmentName } from './segment.js';
import type { Storage } from './storage.js';

/** A log that was read back has this policy until its owner sets his. */
const policyBeforeOwner: LogPolicy = {
  segmentBytes: 1024 * 1024 * 1024,
  segmentMs: Number.POSITIVE_INFINITY,
  indexIntervalBytes: 4096,
  direct: false,
};

export interface RecoveryReport {
  /** The first bundle the checkpoint still needs, 1 on an empty store. */
  readonly firstBundle: number;
  readonly logs: number;
  readonly bundles: number;
  readonly batches: number;
  readonly journalBytes: number;
  /** One sentence for each thing that is not as it was written. */
  readonly damage: readonly string[];
  readonly durationMs: number;
}

/** What the segments of one log hold of a bundle that went directly to them, with all that lies before it. */
interface DirectFind {
  readonly log: Log;
  readonly parts: { readonly base: number; readonly headers: readonly Buffer[] }[];
  /** Headers of the bundle's own batches. */
  readonly own: Buffer[];
  /** Where all that lies. */
  readonly runs: FoundRun[];
}

interface DirectLoss {
  readonly logId: number;
  readonly what: string;
}

/**
 * Brings back what was durable: the newest whole checkpoint, then the journal from where it says. A bundle that is not
 * whole at the journal's end was never answered for and is cut off; anything else that is missing is damage, named
 * with its place, and what lies behind it is still taken.
 */
export async function recover(storage: Storage): Promise<RecoveryReport> {
  return new Recovery(storage).run();
}

class Recovery implements BundleVisitor {
  private readonly storage: Storage;
  private readonly damaged: string[] = [];
  private readonly touched = new Set<Log>();
  /** Headers of the batches that the bundle at hand put directly into segments, by log, in order. */
  private readonly directHeaders = new Map<number, Buffer[]>();
  /** Segments with batches that no checkpoint knows of. */
  private readonly foundSegments = new Set<Segment>();
  private ends: JournalEnd[] = [];
  private batches = 0;
  private bundle = 0;
  /** From this bundle on operations count; before it, only appends that no segment holds. */
  private statesFrom = 1;

  constructor(storage: Storage) {
    this.storage = storage;
  }

  async run(): Promise<RecoveryReport> {
    const storage = this.storage;
    const startedMs = storage.clock.monotonic();
    const listing = await listJournal(storage.files, storage.logger);
    const checkpoint = await this.newestCheckpoint();
    const firstBundle = checkpoint?.firstBundle ?? 1;
    if (checkpoint !== undefined) this.restore(checkpoint);
    else if (listing.files.length > 0 && listing.files[0]!.firstBundle > 1) {
      throw new LogError(
        'damaged',
        'there is a journal that goes on from a checkpoint, but no readable checkpoint: restore it from a backup',
      );
    }
    let begin = 0;
    while (begin + 1 < listing.files.length && listing.files[begin + 1]!.firstBundle <= firstBundle) begin++;
    const { toldFile } = listing.files[begin] ?? { toldFile: 0 };
    const told = toldFile === 0 ? -1 : listing.files.findIndex((file) => file.fileNumber === toldFile);
    if (told >= 0) begin = told;
    const needed = listing.files.slice(begin);
    const reader = new JournalReader(storage.files, needed, firstBundle, (message) => this.damage(message));
    const bundles = await this.replayAll(reader, firstBundle);
    await reader.close();
    const known = (checkpoint?.nextBundle ?? 1) - 1;
    if (firstBundle <= known && this.bundle < known) {
      this.damage(
        `bundles ${Math.max(firstBundle, this.bundle + 1)} to ${known} are missing at the end of the journal`,
      );
    }
    await makeStay(storage, needed, this.foundSegments, this.ends);
    await this.finish();
    const nextBundle = Math.max(this.bundle + 1, checkpoint?.nextBundle ?? 1);
    const old = listing.files.slice(0, begin).map((file) => ({
      name: journalFileName(file.fileNumber),
      sizeBytes: file.sizeBytes,
    }));
    storage.journal.begin(nextBundle, needed, [...old, ...listing.unused]);
    return {
      firstBundle,
      logs: storage.logs.size,
      bundles,
      batches: this.batches,
      journalBytes: reader.bytesRead,
      damage: this.damaged,
      durationMs: storage.clock.monotonic() - startedMs,
    };
  }

  private endWith(end: JournalEnd): void {
    const { durableBundle, number } = end.bundle.header;
    const durable = durableBundle < 0 ? number - 1 : durableBundle;
    this.ends = this.ends.filter(({ bundle }) => bundle.header.number > durable);
    this.ends.push(end);
  }

  private damage(message: string): void {
    this.damaged.push(message);
    this.storage.logger.error({ damage: message }, 'damaged data; what is whole is served');
  }

  private async newestCheckpoint(): Promise<Checkpoint | undefined> {
    const { objects } = this.storage;
    const names = (await objects.list(checkpointPrefix)).map((entry) => entry.name).reverse();
    for (const name of names) {
      try {
        const bytes = await objects.get(name);
        if (bytes !== undefined) return decodeCheckpoint(bytes);
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        this.damage(`${name}: ${error.message}; the one before it is used`);
      }
    }
    if (names.length > 0) {
      throw new LogError('damaged', `no checkpoint is readable (${names.join(', ')}): restore one from a backup`);
    }
    return undefined;
  }

  private restore(checkpoint: Checkpoint): void {
    const storage = this.storage;
    storage.nextLogId = checkpoint.nextLogId;
    this.statesFrom = checkpoint.nextBundle;
    for (const facts of checkpoint.logs) {
      const log = this.addLog(facts.id, facts.name);
      log.startOffset = facts.startOffset;
      log.recordedStart = facts.startOffset;
      log.flushedOffset = facts.flushedOffset;
      log.endOffset = facts.flushedOffset;
      log.durableOffset = facts.flushedOffset;
      for (const segment of facts.segments) log.segments.push(storage.segment(log, segment));
      log.recovered();
    }
    for (const { id, bytes } of checkpoint.states) {
      const state = storage.states.get(id);
      if (state === undefined) this.damage(`the checkpoint has a state ${id} that nobody owns`);
      else state.restore(new ByteReader(bytes));
    }
  }

  private addLog(id: number, name: string): Log {
    const log = new Log(this.storage, id, name, policyBeforeOwner);
    this.storage.logs.set(id, log);
    this.storage.nextLogId = Math.max(this.storage.nextLogId, id + 1);
    return log;
  }

  private async replayAll(reader: JournalReader, firstBundle: number): Promise<number> {
    let count = 0;
    let found = await reader.next();
    while (found !== undefined) {
      let following: FoundBundle | undefined;
      if (found.header.number >= firstBundle) {
        const goesDirect = readDirects(found.bytes, found.at, found.header).length > 0;
        if (goesDirect) {
          // Where a segment refused its part, the bundle was written again, all of it into the journal, and became
          // durable there. The segment may have the bytes all the same, and lose them in a power cut.
          reader.reject(found);
          following = await reader.next();
          if (following?.header.number === found.header.number) {
            found = following;
            continue;
          }
        }
        const { finds, losses } = await this.findDirects(found);
        if (losses.length > 0 && following === undefined) {
          // Where journal and segment were written at the same time, as they used to be, the last bundle may have only the
          // one half, and is then not there: none of its logs may count it.
          const what = losses.map((loss) => loss.what).join(', ');
          this.storage.logger.info({ bundle: found.header.number }, `cut off an unfinished bundle: ${what}`);
          await this.strike(found);
          return count;
        }
        for (const { logId, what } of losses) {
          const before = this.storage.logs.get(logId)!.endOffset + 1;
          this.lost.push({ logId, before, message: `${what}, as ${found.place} says` });
        }
        this.directHeaders.clear();
        for (const find of finds) this.countDirect(find);
        this.replay(found);
        this.endWith({ bundle: found, runs: finds.flatMap((find) => find.runs) });
        count++;
        if (goesDirect && following === undefined) return count;
      }
      found = following ?? (await reader.next());
    }
    return count;
  }

  /**
   * Takes a bundle that does not count out of the journal: what is missing of it may be written there again, by another
   * bundle of the same number.
   */
  private async strike(found: FoundBundle): Promise<void> {
    const file = await this.storage.files.open(found.fileName, 'durable');
    try {
      await file.write([Buffer.alloc(blockBytes)], found.position);
    } finally {
      await file.close();
    }
  }

  private replay(found: FoundBundle): void {
    this.bundle = found.header.number;
    try {
      readBundle(found.bytes, found.at, found.header, this);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.damage(`${found.place}: ${error.message}`);
    }
  }

  /** What is missing is no damage once the log is deleted or begins behind it: then it was removed. */
  private readonly lost: { logId: number; before: number; message: string }[] = [];

  /** Looks for what the bundle put directly into segments; nothing counts yet. */
  private async findDirects(found: FoundBundle): Promise<{ finds: DirectFind[]; losses: DirectLoss[] }> {
    const finds: DirectFind[] = [];
    const losses: DirectLoss[] = [];
    for (const entry of readDirects(found.bytes, found.at, found.header)) {
      const log = this.storage.logs.get(entry.logId);
      if (log === undefined || this.holds(log, entry)) continue;
      const find: DirectFind = { log, parts: [], own: [], runs: [] };
      const what = await this.findDirect(find, entry);
      if (what === undefined) finds.push(find);
      else losses.push({ logId: log.id, what });
    }
    return { finds, losses };
  }

  private holds(log: Log, entry: DirectEntry): boolean {
    const active = log.segments.at(-1);
    if (active === undefined || entry.segmentBase > active.baseOffset) return false;
    return entry.segmentBase < active.baseOffset || entry.position + entry.bytes <= active.sizeBytes;
  }

  /**
   * Walks what lies in the log's segments up to the end of the entry. Answers what is missing, if anything is. Files
   * that begin before the end of the one before them are of bundles that were cut off.
   */
  private async findDirect(find: DirectFind, entry: DirectEntry): Promise<string | undefined> {
    const { log } = find;
    this.touched.add(log);
    const active = log.segments.at(-1);
    let next = active?.nextOffset ?? 0;
    if (active !== undefined && active.baseOffset < entry.segmentBase) {
      next = await this.walkEarlier(find, active.baseOffset, next, entry);
    }
    const bases: number[] = [];
    for (const file of await this.storage.files.list(log.folder)) {
      if (/^\d{20}\.log$/.test(file.name)) bases.push(Number(file.name.slice(0, 20)));
    }
    for (const base of bases.sort((left, right) => left - right)) {
      if (base < next || base <= (active?.baseOffset ?? -1) || base >= entry.segmentBase) continue;
      next = await this.walkEarlier(find, base, base, entry);
    }
    return this.walkEntry(find, entry);
  }

  private segmentAhead(log: Log, base: number): SegmentFacts {
    const active = log.segments.at(-1);
    return active?.baseOffset === base ? active.facts() : newSegmentFacts(base, this.storage.clock.now());
  }

  /** A segment before that of the entry, behind its known end: all whole batches of it. Answers where it ends. */
  private async walkEarlier(find: DirectFind, base: number, next: number, entry: DirectEntry): Promise<number> {
    const { log } = find;
    const counted = this.segmentAhead(log, base);
    const name = segmentName(log.folder, base, 'log');
    const sizeBytes = await this.storage.openFiles.use(name, async (file) => file.sizeBytes());
    const headers: Buffer[] = [];
    let end = next;
    const visit = (bytes: Buffer, at: number): boolean => {
      if (baseOffset(bytes, at) < end || nextOffset(bytes, at) > entry.segmentBase) return false;
      if (contradicts(log, bytes, at)) return false;
      end = nextOffset(bytes, at);
      headers.push(Buffer.from(bytes.subarray(at, at + batchHeaderBytes)));
      return true;
    };
    try {
      await this.storage.segment(log, { ...counted, sizeBytes }).walk(counted.sizeBytes, visit, true);
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
    }
    if (headers.length > 0) find.parts.push({ base, headers });
    return end;
  }

  /** The segment of the entry, behind its known end and up to that of the entry. */
  private async walkEntry(find: DirectFind, entry: DirectEntry): Promise<string | undefined> {
    const { log } = find;
    const counted = this.segmentAhead(log, entry.segmentBase);
    const name = segmentName(log.folder, entry.segmentBase, 'log');
    const end = entry.position + entry.bytes;
    const sizeBytes = await this.storage.openFiles.use(name, async (file) => file.sizeBytes());
    if (end > sizeBytes) return `${name} ends at byte ${sizeBytes}, not at ${end}`;
    const headers: Buffer[] = [];
    let walked = counted.sizeBytes;
    let next = counted.nextOffset;
    const visit = (bytes: Buffer, at: number, position: number): boolean => {
      const own = position >= entry.position;
      if (baseOffset(bytes, at) < next || (!own && contradicts(log, bytes, at))) return false;
      next = nextOffset(bytes, at);
      const header = Buffer.from(bytes.subarray(at, at + batchHeaderBytes));
      headers.push(header);
      if (own) find.own.push(header);
      walked = position + batchBytes(bytes, at);
      return true;
    };
    try {
      await this.storage.segment(log, { ...counted, sizeBytes: end }).walk(walked, visit, true);
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      return error.message;
    }
    if (walked !== end) return `${name} holds no whole batch at byte ${walked}`;
    find.parts.push({ base: entry.segmentBase, headers });
    find.runs.push({ name, from: counted.sizeBytes, to: end });
    return undefined;
  }

  /** Counts what was found; the bundle's own appends move the log's end as they are read. */
  private countDirect(find: DirectFind): void {
    const { log, parts, own } = find;
    for (const { base, headers } of parts) {
      const active = log.segments.at(-1);
      const segment = active?.baseOffset === base ? active : log.newSegment(base);
      for (const header of headers) {
        segment.appended(nextOffset(header, 0), maxTimestamp(header, 0), batchBytes(header, 0));
      }
      this.foundSegments.add(segment);
      log.flushedTo(segment.nextOffset);
    }
    this.directHeaders.set(log.id, own);
    log.endOffset = Math.max(log.endOffset, own.length > 0 ? baseOffset(own[0]!, 0) : log.flushedOffset);
  }

  // What a bundle holds.

  private get counts(): boolean {
    return this.bundle >= this.statesFrom;
  }

  logCreate(id: number, name: string): void {
    if (this.counts) this.touched.add(this.addLog(id, name));
  }

  logDelete(id: number): void {
    if (!this.counts) return;
    const log = this.storage.logs.get(id);
    if (log === undefined) return;
    this.storage.logs.delete(id);
    this.touched.delete(log);
    log.deleted = true;
    this.storage.tailBytes -= log.tail.bytes;
    log.tail.clear();
    this.deletedFolders.add(log.folder);
  }

  private readonly deletedFolders = new Set<string>();

  logTrim(id: number, startOffset: number): void {
    if (!this.counts) return;
    const log = this.storage.logs.get(id);
    if (log === undefined) return;
    log.recordedStart = startOffset;
    // Where damage took the log's end, the offsets that it had are still not given out again.
    log.endOffset = Math.max(log.endOffset, startOffset);
    log.trimmed(startOffset);
  }

  append(id: number, base: number, bytes: Buffer, at: number, size: number): void {
    const log = this.storage.logs.get(id);
    if (log === undefined) return;
    if (at < 0) {
      const header = this.directHeaders.get(id)?.shift();
      // Without a header the run was covered by the checkpoint, or is lost and said so.
      if (header === undefined) return;
      log.endOffset = base + lastOffsetDelta(header, 0) + 1;
      this.batches++;
      if (this.counts) log.follower?.replayed(header, 0, base);
      return;
    }
    const next = base + lastOffsetDelta(bytes, at) + 1;
    if (base >= log.flushedOffset && base >= log.endOffset) {
      if (base > log.endOffset) {
        const message = `log ${log.name}: offsets ${log.endOffset} to ${base - 1} are missing from the journal`;
        this.lost.push({ logId: id, before: base, message });
      }
      log.take(base, next, bytes, at, size, this.bundle);
      this.touched.add(log);
      this.batches++;
    }
    if (this.counts) log.follower?.replayed(bytes, at, base);
  }

  state(id: number, recorded: ByteReader): void {
    if (!this.counts) return;
    const state = this.storage.states.get(id);
    if (state === undefined) this.damage(`the journal has an operation for state ${id} that nobody owns`);
    else state.replay(recorded);
  }

  segmentsReplaced(id: number, recorded: ByteReader): void {
    if (!this.counts) return;
    const log = this.storage.logs.get(id);
    if (log === undefined) return;
    const removed: number[] = [];
    for (let left = recorded.uvarint(); left > 0; left--) removed.push(recorded.uvarint());
    const added = [];
    for (let left = recorded.uvarint(); left > 0; left--) added.push(decodeSegmentFacts(recorded));
    if (log.segments.some((segment) => segment.baseOffset === removed[0])) log.replaceSegments(removed, added);
    this.touched.add(log);
  }

  /** Brings the files in line with what was read: half-done replacements, leftovers of segments that never counted. */
  private async finish(): Promise<void> {
    const { files } = this.storage;
    for (const log of this.storage.logs.values()) {
      // As in logTrim: a checkpoint may know of a start that the journal, damaged as it is, does not reach any more.
      log.endOffset = Math.max(log.endOffset, log.startOffset);
      log.durableOffset = log.endOffset;
      log.segments.at(-1)?.doubtIndex();
    }
    for (const log of this.storage.logs.values()) {
      if (log.segments.every((segment) => segment.unnamed === 0)) continue;
      await nameCompacted(this.storage, log);
      this.touched.add(log);
    }
    for (const { logId, before, message } of this.lost) {
      const log = this.storage.logs.get(logId);
      if (log !== undefined && log.startOffset < before) this.damage(message);
    }
    for (const log of this.touched) await removeLeftovers(this.storage, log);
    const folders = new Set([...this.storage.logs.values()].map((log) => log.name));
    // A deleted one may be gone already, but not for good.
    let changed = this.deletedFolders.size;
    for (const entry of await files.list(topicsFolder)) {
      if (folders.has(entry.name) || entry.kind !== 'folder' || entry.name.includes('.orphan-')) continue;
      const folder = `${topicsFolder}/${entry.name}`;
      changed++;
      // Its segments were looked into: the next log of that name must not write to files that are gone.
      await this.storage.openFiles.forgetFolder(folder);
      if (this.deletedFolders.has(folder)) {
        await files.remove(folder);
      } else {
        const aside = `${folder}.orphan-${this.storage.clock.now()}`;
        await files.rename(folder, aside);
        this.damage(`${folder} belongs to no log; it is kept as ${aside}`);
      }
    }
    // The next checkpoint speaks of them no more: a power cut must not bring them back.
    if (changed > 0) await syncTopics(files);
  }
}

function newSegmentFacts(baseOffset: number, createdMs: number): SegmentFacts {
  return { baseOffset, nextOffset: baseOffset, sizeBytes: 0, maxTimestamp: -1, createdMs, unnamed: 0 };
}

/** Whether the journal, read up to here, has something else where this batch of a segment file claims to belong. */
function contradicts(log: Log, bytes: Buffer, at: number): boolean {
  const { tail } = log;
  const index = tail.find(baseOffset(bytes, at));
  if (index === tail.count || tail.base(index) >= nextOffset(bytes, at)) return false;
  if (tail.base(index) !== baseOffset(bytes, at) || tail.size(index) !== batchBytes(bytes, at)) return true;
  return storedCrc(tail.memory(index), tail.at(index)) !== storedCrc(bytes, at);
}

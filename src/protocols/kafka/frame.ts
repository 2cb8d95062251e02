import { type ByteReader, DecodeError } from '../../lib/byte-reader.js';
import type { PieceWriter } from '../../lib/piece-writer.js';
import { AssemblyPool } from './assembly-pool.js';
import { API_RANGES, ApiKey, type ApiRange } from './codec/apis.js';
import { decodeRequestHeader, type RequestHeader } from './codec/headers.js';

/**
 * The framing of a connection: every request and response is an int32 length and that many bytes, which begin with a
 * header whose version follows from the API's key and version.
 */

/** Gets each complete request. The bytes are the reader's again when the call returns: what is kept is copied, or placed. */
export interface FrameHandler {
  frame(buffer: Buffer, start: number, end: number): void;
  /** Where in its page a large frame had best begin, which is being put together; 0 if it does not matter. */
  beginsAt?(): number;
}

/** Anything but `ok` is the end of the connection. */
export type FeedResult = 'ok' | 'negative-length' | 'too-long';

const LENGTH_BYTES = 4;
const FIRST_ASSEMBLY_BYTES = 4096;
/**
 * Once so much of a frame has come, one of up to the second size gets all of its memory: a producer's batch is not
 * copied from a smaller buffer into a larger one. Pages that nothing is written to cost nothing.
 */
const EARNEST_BYTES = 65_536;
const WHOLE_FRAME_BYTES_MAX = 2 << 20;
/** Less is not worth a read of its own. */
const STRAIGHT_BYTES_MIN = 65_536;
const NO_BYTES: Buffer = Buffer.alloc(0);

/**
 * Cuts a connection's bytes into requests. One that lies wholly in a chunk is handed over where it is; one that is
 * split is put together in memory that grows with the bytes that came, never with the length that was claimed: many
 * sockets that claim 100 MB and send nothing cost nothing.
 */
export class FrameReader {
  private readonly handler: FrameHandler;
  private frameBytesMax: number;
  private readonly pool: AssemblyPool;
  private result: FeedResult = 'ok';
  private stopped = false;
  private held = false;
  /** What came in and was not looked at when the handler said `hold`. */
  private kept: Buffer = NO_BYTES;

  /** The length of the frame being put together, or what its first bytes say so far. */
  private frameBytes = 0;
  private lengthBytesSeen = 0;
  private assembly: Buffer = NO_BYTES;
  private assembled = 0;
  /** The rest of it, given out as the place for the next bytes. */
  private straight: Buffer | null = null;

  /** What an offending frame claimed, for the log line. */
  claimedBytes = 0;

  constructor(handler: FrameHandler, frameBytesMax: number, pool: AssemblyPool = new AssemblyPool()) {
    this.handler = handler;
    this.frameBytesMax = frameBytesMax;
    this.pool = pool;
  }

  /** Sets another limit, for the frames that have not begun. */
  limitTo(frameBytesMax: number): void {
    this.frameBytesMax = frameBytesMax;
  }

  /**
   * Where the next bytes had best be read to: behind those of a large frame that have come, so that nobody need copy them
   * there. Null for anywhere. Whoever reads there feeds the very same buffer. With batches of a megabyte the broker's share of
   * the processor is an eighth less than with a copy into an assembly and another into a slab.
   */
  room(): Buffer | null {
    const whole = this.assembly.length >= this.frameBytes && !this.held && !this.stopped && this.result === 'ok';
    const left = this.frameBytes - this.assembled;
    this.straight =
      whole && left >= STRAIGHT_BYTES_MIN ? this.assembly.subarray(this.assembled, this.frameBytes) : null;
    return this.straight;
  }

  /** Takes the bytes of `chunk` from `start` to `end`; they are not needed after the call. */
  feed(chunk: Buffer, start = 0, end: number = chunk.length): FeedResult {
    const straight = chunk === this.straight;
    this.straight = null;
    if (straight && !this.held) {
      this.assembled += end - start;
      if (this.assembled === this.frameBytes) this.handAssembled();
      return this.result;
    }
    if (this.held) {
      if (!this.stopped) this.kept = Buffer.concat([this.kept, chunk.subarray(start, end)]);
      return this.result;
    }
    const rest = this.cut(chunk, start, end);
    if (rest < end && this.held) this.kept = Buffer.from(chunk.subarray(rest, end));
    return this.result;
  }

  /** Hands no frame over until `release`, also from within the handler; whoever feeds should look at `keptBytes`. */
  hold(): void {
    this.held = true;
  }

  /** Goes on with what was kept. Not to be called from within the handler. */
  release(): FeedResult {
    this.held = false;
    const kept = this.kept;
    this.kept = NO_BYTES;
    const rest = this.cut(kept, 0, kept.length);
    if (rest < kept.length && this.held) this.kept = kept.subarray(rest);
    return this.result;
  }

  /** Answers how far it came. */
  private cut(chunk: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && this.result === 'ok' && !this.stopped && !this.held) {
      at =
        this.lengthBytesSeen === 0 && end - at >= LENGTH_BYTES
          ? this.inPlace(chunk, at, end)
          : this.piece(chunk, at, end);
    }
    return at;
  }

  /** Ends the reading, also from within the handler: no further frame is handed over. */
  stop(): void {
    this.stopped = true;
    this.kept = NO_BYTES;
    this.dropAssembly();
  }

  /** Bytes held for frames that are not complete, or not handed over yet. */
  get heldBytes(): number {
    return this.assembly.length + this.kept.length;
  }

  /** Bytes that wait for `release`. */
  get keptBytes(): number {
    return this.kept.length;
  }

  private inPlace(chunk: Buffer, at: number, end: number): number {
    const frameBytes = chunk.readInt32BE(at);
    const from = at + LENGTH_BYTES;
    if (!this.accepts(frameBytes)) return end;
    if (frameBytes <= end - from) {
      this.handler.frame(chunk, from, from + frameBytes);
      return from + frameBytes;
    }
    this.frameBytes = frameBytes;
    this.lengthBytesSeen = LENGTH_BYTES;
    return from;
  }

  private piece(chunk: Buffer, from: number, end: number): number {
    let at = from;
    while (this.lengthBytesSeen < LENGTH_BYTES) {
      if (at === end) return at;
      this.frameBytes = (this.frameBytes << 8) | chunk[at++]!;
      if (++this.lengthBytesSeen === LENGTH_BYTES && !this.accepts(this.frameBytes)) return end;
    }
    const count = Math.min(end - at, this.frameBytes - this.assembled);
    this.makeRoom(this.assembled + count);
    chunk.copy(this.assembly, this.assembled, at, at + count);
    this.assembled += count;
    if (this.assembled === this.frameBytes) this.handAssembled();
    return at + count;
  }

  private accepts(frameBytes: number): boolean {
    if (frameBytes >= 0 && frameBytes <= this.frameBytesMax) return true;
    this.claimedBytes = frameBytes;
    this.result = frameBytes < 0 ? 'negative-length' : 'too-long';
    return false;
  }

  private makeRoom(byteCount: number): void {
    if (byteCount <= this.assembly.length) return;
    const whole = byteCount >= EARNEST_BYTES && this.frameBytes <= WHOLE_FRAME_BYTES_MAX;
    const wanted = whole ? this.frameBytes : Math.max(2 * this.assembly.length, byteCount, FIRST_ASSEMBLY_BYTES);
    const from = whole ? (this.handler.beginsAt?.() ?? 0) : 0;
    const larger = this.pool.take(Math.min(this.frameBytes, wanted), from);
    this.assembly.copy(larger, 0, 0, this.assembled);
    this.pool.give(this.assembly);
    this.assembly = larger;
  }

  private handAssembled(): void {
    const assembly = this.assembly;
    const frameBytes = this.frameBytes;
    this.assembly = NO_BYTES;
    this.assembled = 0;
    this.frameBytes = 0;
    this.lengthBytesSeen = 0;
    try {
      this.handler.frame(assembly, 0, frameBytes);
    } finally {
      this.pool.give(assembly);
    }
  }

  private dropAssembly(): void {
    if (this.straight === null) this.pool.give(this.assembly);
    else this.pool.giveUp(this.assembly);
    this.straight = null;
    this.assembly = NO_BYTES;
    this.assembled = 0;
  }
}

const RANGE_BY_KEY: (ApiRange | undefined)[] = [];
for (const range of API_RANGES) RANGE_BY_KEY[range.key] = range;

export function apiRange(apiKey: number): ApiRange | undefined {
  return RANGE_BY_KEY[apiKey];
}

/** Also for versions we do not serve: an ApiVersions request of an unknown version must still be answered. */
export function requestHeaderVersion(apiKey: number, apiVersion: number): number {
  const range = RANGE_BY_KEY[apiKey];
  return range !== undefined && apiVersion >= range.flexibleFrom ? 2 : 1;
}

/** A client cannot know yet what we speak when it reads ApiVersions: that response has the plain header always. */
export function responseHeaderVersion(apiKey: number, apiVersion: number): number {
  const range = RANGE_BY_KEY[apiKey];
  return apiKey !== ApiKey.ApiVersions && range !== undefined && apiVersion >= range.flexibleFrom ? 1 : 0;
}

/** Leaves the reader at the request's body. An unknown key is answered with a header too: closing is for the session. */
export function readRequestHeader(reader: ByteReader): RequestHeader {
  const at = reader.position;
  if (reader.remaining < 4) throw new DecodeError('a request without a header');
  const apiKey = reader.i16();
  const apiVersion = reader.i16();
  reader.position = at;
  return decodeRequestHeader(reader, requestHeaderVersion(apiKey, apiVersion));
}

/** Opens a response; the body follows, then `writer.endFrame()`. */
export function beginResponse(writer: PieceWriter, apiKey: number, apiVersion: number, correlationId: number): void {
  writer.beginFrame();
  writer.i32(correlationId);
  if (responseHeaderVersion(apiKey, apiVersion) === 1) writer.u8(0);
}

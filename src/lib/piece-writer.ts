import { assert } from './assert.js';
import { ByteWriter } from './byte-writer.js';

/**
 * Below this, copying is cheaper (90 ns up to 4 KB, and once more on the way out) than one more entry in a gathered
 * write and one more view of the bytes between (about 250 ns on Node 20).
 */
const COPY_BELOW = 2048;

/** A writer that once had to hold a large answer does not keep that memory. */
const RETAINED_CAPACITY = 256 * 1024;

/**
 * A ByteWriter in which large chunks stand by reference, in order, between the bytes written around them. What comes
 * out is a list of pieces for one gathered write. The writer's own memory is copied out and used again, so one writer
 * can serve many connections; a chunk must stay as it is until the pieces are on their way.
 */
export class PieceWriter extends ByteWriter {
  private readonly chunks: Buffer[] = [];
  private readonly chunkPositions: number[] = [];
  private chunkBytes = 0;
  private framePosition = -1;
  private frameChunkBytes = 0;

  /** Everything written since the last `clear` or `takeInto`, chunks included. */
  get byteCount(): number {
    return this.length + this.chunkBytes;
  }

  override clear(): void {
    super.clear();
    this.chunks.length = 0;
    this.chunkPositions.length = 0;
    this.chunkBytes = 0;
    this.framePosition = -1;
    if (this.buffer.length > RETAINED_CAPACITY) this.buffer = Buffer.allocUnsafeSlow(RETAINED_CAPACITY);
  }

  chunk(bytes: Buffer): void {
    if (bytes.length < COPY_BELOW) {
      this.view(bytes);
      return;
    }
    this.chunks.push(bytes);
    this.chunkPositions.push(this.length);
    this.chunkBytes += bytes.length;
  }

  /** Reserves the int32 length of a frame; `endFrame` fills it in. Frames do not nest. */
  beginFrame(): void {
    assert(this.framePosition < 0, 'a frame is already open');
    this.framePosition = this.reserve(4);
    this.frameChunkBytes = this.chunkBytes;
  }

  /** Answers the length of the frame without its four length bytes. */
  endFrame(): number {
    assert(this.framePosition >= 0, 'no frame is open');
    const byteCount = this.length - this.framePosition - 4 + this.chunkBytes - this.frameChunkBytes;
    this.i32At(this.framePosition, byteCount);
    this.framePosition = -1;
    return byteCount;
  }

  /** Appends what was written to `pieces`, empties the writer and answers how many bytes that was. */
  takeInto(pieces: Buffer[]): number {
    assert(this.framePosition < 0, 'a frame is still open');
    const byteCount = this.byteCount;
    if (byteCount === 0) return 0;
    const own = Buffer.allocUnsafe(this.length);
    this.buffer.copy(own, 0, 0, this.length);
    let from = 0;
    for (let index = 0; index < this.chunks.length; index++) {
      const to = this.chunkPositions[index]!;
      if (to > from) pieces.push(own.subarray(from, to));
      pieces.push(this.chunks[index]!);
      from = to;
    }
    if (from === 0) pieces.push(own);
    else if (from < own.length) pieces.push(own.subarray(from));
    this.clear();
    return byteCount;
  }
}

import { isAligned } from './aligned-memory.js';
import { blockBytes } from './files.js';

/** Less is copied: for each range of memory that it takes from, the device is told of one more. */
const inPlaceBytesMin = 64 * 1024;

/**
 * Cuts pieces into writes of whole blocks that begin on a page in memory, as the device wants them. What lies in memory as
 * it will lie in its blocks is written from where it is; the rest, and the blocks in which two pieces meet, are copied.
 */
export class BlockSource {
  private readonly pieces: readonly Buffer[];
  /** What is left of them. */
  left: number;
  private index = 0;
  private from = 0;

  constructor(pieces: readonly Buffer[], byteCount: number) {
    this.pieces = pieces;
    this.left = byteCount;
  }

  /** The next write: `bytesMax` at most, of which no more is copied than the chunk holds. Both are whole blocks. */
  next(chunk: Buffer, bytesMax: number): Buffer[] {
    const run: Buffer[] = [];
    const most = Math.min(this.left, bytesMax);
    let bytes = 0;
    let copied = 0;
    let copyFrom = 0;
    while (bytes < most) {
      const piece = this.pieces[this.index]!;
      const inPlace = this.inPlace(piece, bytes, most);
      if (inPlace > 0) {
        if (copied > copyFrom) run.push(chunk.subarray(copyFrom, copied));
        copyFrom = copied;
        run.push(piece.subarray(this.from, this.from + inPlace));
        this.took(piece, inPlace);
        bytes += inPlace;
        continue;
      }
      if (copied === chunk.length) break;
      const wanted = Math.min(most - bytes, chunk.length - copied, piece.length - this.from);
      const count = Math.min(wanted, this.untilInPlace(piece, bytes) || wanted);
      piece.copy(chunk, copied, this.from, this.from + count);
      this.took(piece, count);
      copied += count;
      bytes += count;
    }
    if (copied > copyFrom) run.push(chunk.subarray(copyFrom, copied));
    this.left -= bytes;
    return run;
  }

  private took(piece: Buffer, count: number): void {
    this.from += count;
    if (this.from < piece.length) return;
    this.index++;
    this.from = 0;
  }

  /** How many whole blocks of the piece can be written from where they are. */
  private inPlace(piece: Buffer, bytes: number, most: number): number {
    if (bytes % blockBytes !== 0 || !this.lies(piece, bytes)) return 0;
    const count = Math.min(piece.length - this.from, most - bytes);
    const whole = count - (count % blockBytes);
    return whole >= inPlaceBytesMin ? whole : 0;
  }

  /** How many bytes it is to where that can begin; 0 for never. */
  private untilInPlace(piece: Buffer, bytes: number): number {
    const until = (blockBytes - (bytes % blockBytes)) % blockBytes;
    if (piece.length - this.from - until < inPlaceBytesMin || !this.lies(piece, bytes)) return 0;
    return until;
  }

  /** Whether its next byte is in its page where it will be in its block. */
  private lies(piece: Buffer, bytes: number): boolean {
    return (piece.byteOffset + this.from - bytes) % blockBytes === 0 && isAligned(piece);
  }
}

import { piecesBytes } from '../lib/pieces.js';
import { blockBytes, type StoredFile } from '../store/files.js';

const nothing = Buffer.alloc(0);

/**
 * Writes behind the end of a file from the beginning of its last block on, so that whole blocks can go past the page cache
 * (`StoredFile.writeBlocks`): a write begins with what that block holds already. That is only written over by itself, so a
 * write that is torn harms nothing.
 */
export class BlockAppends {
  /** What the last block holds, as far as it is known. */
  private edge: Buffer = nothing;
  private end = 0;

  async write(file: StoredFile, pieces: readonly Buffer[], end: number): Promise<void> {
    const edge = await this.edgeAt(file, end);
    const start = end - edge.length;
    const blocks = edge.length === 0 ? pieces : [edge, ...pieces];
    const bytes = piecesBytes(blocks);
    await file.writeBlocks(blocks, start);
    this.edge = lastBytes(blocks, bytes % blockBytes);
    this.end = start + bytes;
  }

  /** Somebody else writes to the file, or nobody will for a while: what it ends with is read when it is wanted. */
  forget(): void {
    this.edge = nothing;
    this.end = -1;
  }

  private async edgeAt(file: StoredFile, end: number): Promise<Buffer> {
    if (this.end === end) return this.edge;
    const edge = Buffer.alloc(end % blockBytes);
    await file.read(edge, end - edge.length);
    return edge;
  }
}

function lastBytes(pieces: readonly Buffer[], count: number): Buffer {
  const last = Buffer.allocUnsafeSlow(count);
  let left = count;
  for (let index = pieces.length - 1; left > 0; index--) {
    const piece = pieces[index]!;
    const taken = Math.min(left, piece.length);
    left -= taken;
    piece.copy(last, left, piece.length - taken);
  }
  return last;
}

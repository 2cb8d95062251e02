/** A multiple of this is allocated at once; a first chunk starts smaller, so that ten thousand small files stay small. */
const chunkBytes = 64 * 1024;
const smallestBytes = 1024;

/**
 * The bytes of a file in memory, in chunks: growth copies at most one chunk, and what was never written takes no
 * room and reads as zeros.
 */
export class ChunkedBytes {
  private readonly chunks: (Buffer | undefined)[] = [];
  private size = 0;

  get sizeBytes(): number {
    return this.size;
  }

  /** Cut off, or extended with zeros. */
  resize(sizeBytes: number): void {
    if (sizeBytes < this.size) {
      this.chunks.length = Math.min(this.chunks.length, Math.ceil(sizeBytes / chunkBytes));
      const keep = sizeBytes % chunkBytes;
      const last = Math.floor(sizeBytes / chunkBytes);
      if (keep > 0) this.chunks[last]?.fill(0, keep);
    }
    this.size = sizeBytes;
  }

  write(bytes: Buffer, position: number): void {
    if (bytes.length === 0) return;
    const end = position + bytes.length;
    for (let at = position; at < end; ) {
      const from = at % chunkBytes;
      const count = Math.min(chunkBytes - from, end - at);
      const chunk = this.chunkFor(Math.floor(at / chunkBytes), from + count);
      bytes.copy(chunk, from, at - position, at - position + count);
      at += count;
    }
    if (end > this.size) this.size = end;
  }

  /** Fills `into` from `position` as far as there are bytes; answers how many there were. */
  read(into: Buffer, position: number): number {
    const end = Math.min(position + into.length, this.size);
    for (let at = position; at < end; ) {
      const from = at % chunkBytes;
      const count = Math.min(chunkBytes - from, end - at);
      const chunk = this.chunks[Math.floor(at / chunkBytes)];
      // The first chunk starts smaller than what the file may have been extended to.
      const there = chunk !== undefined && from < chunk.length;
      const copied = there ? chunk.copy(into, at - position, from, from + count) : 0;
      if (copied < count) into.fill(0, at - position + copied, at - position + count);
      at += count;
    }
    return Math.max(0, end - position);
  }

  copy(): ChunkedBytes {
    const other = new ChunkedBytes();
    for (const chunk of this.chunks) other.chunks.push(chunk === undefined ? undefined : Buffer.from(chunk));
    other.size = this.size;
    return other;
  }

  private chunkFor(index: number, neededBytes: number): Buffer {
    while (this.chunks.length <= index) this.chunks.push(undefined);
    const chunk = this.chunks[index];
    if (chunk !== undefined && chunk.length >= neededBytes) return chunk;
    let capacity = index === 0 ? smallestBytes : chunkBytes;
    while (capacity < neededBytes) capacity *= 2;
    const larger = Buffer.alloc(capacity);
    chunk?.copy(larger);
    this.chunks[index] = larger;
    return larger;
  }
}

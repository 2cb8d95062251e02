import { AmqpError, replyCodes } from './errors.js';

export const frameType = { method: 1, header: 2, body: 3, heartbeat: 8 } as const;

export const frameEnd = 0xce;
export const frameHeaderBytes = 7;
const nothing = Buffer.alloc(0);
/** One long frame should not be paid for ever after. */
const keptBytesMax = 65_536;

/** Who handles frames, where they lie: nothing may keep a reference to the bytes behind `scanned`. */
export interface FrameHandler {
  frame(bytes: Buffer, type: number, channel: number, at: number, size: number): void;
  /**
   * Handles what begins at `at` if it is what nearly everything is, told at a glance: an ack, or all frames of a message like
   * the one before. Answers where that ends, which is `at` where it is something else, or not there whole.
   */
  usual(bytes: Buffer, at: number, end: number): number;
  /** What the frames handled so far lay in is about to be used again. */
  scanned(): void;
}

/** Cuts what comes in into frames. Only a frame that the end of a chunk cuts is copied. */
export class FrameReader {
  /** Without the header and the end mark. */
  bytesMax: number;
  private readonly handler: FrameHandler;
  /** Bytes of a frame that is not complete, or of all that came while it was held. */
  private kept: Buffer = nothing;
  private length = 0;
  private held = false;

  constructor(handler: FrameHandler, bytesMax: number) {
    this.handler = handler;
    this.bytesMax = bytesMax;
  }

  get keptBytes(): number {
    return this.length;
  }

  feed(chunk: Buffer, start: number, end: number): void {
    let at = start;
    if (!this.held && this.length > 0) at = this.complete(chunk, at, end);
    if (!this.held && at < end) at = this.scan(chunk, at, end);
    if (at < end) this.keep(chunk, at, end);
  }

  /** Nothing more is handled until `release`. */
  hold(): void {
    this.held = true;
  }

  release(): void {
    if (!this.held) return;
    this.held = false;
    const { kept, length } = this;
    this.forget();
    if (length > 0) this.feed(kept, 0, length);
  }

  forget(): void {
    this.kept = nothing;
    this.length = 0;
  }

  private keep(chunk: Buffer, at: number, end: number): void {
    const length = this.length + end - at;
    if (length > this.kept.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, 4096));
      this.kept.copy(grown, 0, 0, this.length);
      this.kept = grown;
    }
    chunk.copy(this.kept, this.length, at, end);
    this.length = length;
  }

  /** Puts together the frame whose beginning is kept. Answers where the chunk goes on. */
  private complete(chunk: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && this.length > 0 && !this.held) {
      const isHeader = this.length < frameHeaderBytes;
      const wanted = isHeader ? frameHeaderBytes : frameHeaderBytes + 1 + this.size(this.kept, 0);
      const taken = Math.min(wanted - this.length, end - at);
      this.keep(chunk, at, at + taken);
      at += taken;
      if (this.length < wanted || isHeader) continue;
      const frame = this.kept;
      this.length = 0;
      this.scan(frame, 0, wanted);
      if (frame.length > keptBytesMax && this.kept === frame) this.kept = nothing;
    }
    return at;
  }

  /** The size a frame header gives, which has to be allowed. */
  private size(bytes: Buffer, at: number): number {
    const size = ((bytes[at + 3]! << 24) | (bytes[at + 4]! << 16) | (bytes[at + 5]! << 8) | bytes[at + 6]!) >>> 0;
    if (size > this.bytesMax) {
      throw new AmqpError(
        replyCodes.frameError,
        `type ${bytes[at]}, all octets = <<>>: {frame_too_large,${size},${this.bytesMax - 8}}`,
      );
    }
    return size;
  }

  /** Handles the whole frames in [start, end). Answers where the first that is not whole begins. */
  private scan(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (end - at >= frameHeaderBytes && !this.held) {
      const next = this.handler.usual(bytes, at, end);
      if (next > at) {
        at = next;
        continue;
      }
      const size = this.size(bytes, at);
      const payload = at + frameHeaderBytes;
      const mark = payload + size;
      if (mark >= end) break;
      if (bytes[mark] !== frameEnd) {
        throw new AmqpError(replyCodes.frameError, `a frame of type ${bytes[at]} with the end mark ${bytes[mark]}`);
      }
      this.handler.frame(bytes, bytes[at]!, (bytes[at + 1]! << 8) | bytes[at + 2]!, payload, size);
      at = mark + 1;
    }
    this.handler.scanned();
    return at;
  }
}

import type { ByteWriter } from '../../lib/byte-writer.js';
import { viewOf } from '../../lib/short-copy.js';
import type { Connection } from '../connection.js';
import { frameEnd, frameHeaderBytes } from './frame.js';

const slabBytes = 256 * 1024;

/** So many that nobody needs are kept. */
const freeMax = 8;

/** Part of the memory that frames are written into. */
class OutPart {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** Pieces of it that are being written, or are on their way. */
  pieces = 0;
  /** One was lost with its connection: nobody knows when the system is done with it. */
  lost = false;
  /** Told of each piece. */
  readonly left: (sent: boolean) => void;

  constructor(bytes: number, slab: OutSlab) {
    this.bytes = Buffer.allocUnsafeSlow(bytes);
    this.view = viewOf(this.bytes);
    this.left = (sent) => {
      this.pieces--;
      if (!sent) this.lost = true;
      if (this.pieces === 0) slab.giveBack(this);
    };
  }
}

/**
 * Memory that all connections of the front write their frames into, one behind the other. A connection that has the
 * turn to itself, as mostly, so sends one piece for thousands of messages, and an idle one owns no memory at all.
 * A part is used again when all of it has left: made anew each time, it had the collector run ten times a second.
 */
export class OutSlab {
  part: OutPart = new OutPart(0, this);
  used = 0;
  private readonly free: OutPart[] = [];

  /** Makes room for `count` bytes behind `used`. */
  reserve(count: number): void {
    if (this.used + count <= this.part.bytes.length) return;
    const before = this.part;
    this.part = (count <= slabBytes ? this.free.pop() : undefined) ?? new OutPart(Math.max(slabBytes, count), this);
    this.used = 0;
    if (before.pieces === 0) this.giveBack(before);
  }

  giveBack(part: OutPart): void {
    if (part === this.part || part.lost || part.bytes.length !== slabBytes || this.free.length >= freeMax) return;
    this.free.push(part);
  }
}

/** Class 60, in front of the number of one of its methods. */
export const basicClass: number = 60 << 16;

/** What one connection sends: frames go into the slab, and out in as few pieces as there can be. */
export class WireOut {
  private readonly slab: OutSlab;
  private readonly connection: Connection;
  /** The piece being written: [from, to) of it. */
  private part: OutPart;
  /** All that was handed over, for listings. */
  sentBytes = 0;
  private from = 0;
  private to = 0;

  constructor(slab: OutSlab, connection: Connection) {
    this.slab = slab;
    this.connection = connection;
    this.part = slab.part;
  }

  get bytes(): Buffer {
    return this.part.bytes;
  }

  get view(): DataView {
    return this.part.view;
  }

  /**
   * Where the next `count` bytes go: a position in `bytes`. `wrote` says how many of them were written; nothing
   * else may be written in between.
   */
  open(count: number): number {
    const { slab } = this;
    slab.reserve(count);
    if (slab.part !== this.part || slab.used !== this.to) {
      this.close();
      this.part = slab.part;
      this.from = slab.used;
      this.to = slab.used;
    }
    return this.to;
  }

  wrote(count: number): void {
    if (this.to === this.from) {
      this.part.pieces++;
      this.connection.wake();
    }
    this.to += count;
    this.slab.used = this.to;
  }

  /** Hands over what is written so far. */
  close(): void {
    if (this.to > this.from) {
      this.sentBytes += this.to - this.from;
      this.connection.send(this.bytes.subarray(this.from, this.to), this.part.left);
    }
    this.from = this.to;
  }

  get pendingBytes(): number {
    return this.to - this.from;
  }

  /** One frame with what the writer holds. */
  frame(type: number, channel: number, payload: ByteWriter): void {
    const size = payload.length;
    const at = this.open(size + frameHeaderBytes + 1);
    const { bytes } = this;
    putFrameHeader(this.view, at, type, channel, size);
    payload.buffer.copy(bytes, at + frameHeaderBytes, 0, size);
    bytes[at + frameHeaderBytes + size] = frameEnd;
    this.wrote(size + frameHeaderBytes + 1);
  }

  /** Bytes as they are: a protocol header. */
  raw(piece: Buffer): void {
    const at = this.open(piece.length);
    piece.copy(this.bytes, at);
    this.wrote(piece.length);
  }

  /** basic.ack, as confirms are made of: the one answer that is written for every turn of a publisher. */
  ack(channel: number, tag: number, multiple: boolean): void {
    this.tagged(channel, 80, tag, multiple ? 1 : 0);
  }

  nack(channel: number, tag: number, multiple: boolean): void {
    this.tagged(channel, 120, tag, multiple ? 1 : 0);
  }

  private tagged(channel: number, method: number, tag: number, bits: number): void {
    const at = this.open(21);
    const { view } = this;
    putFrameHeader(view, at, 1, channel, 13);
    view.setUint32(at + 7, basicClass | method);
    putTag(view, at + 11, tag);
    view.setUint8(at + 19, bits);
    view.setUint8(at + 20, frameEnd);
    this.wrote(21);
  }
}

export function putFrameHeader(view: DataView, at: number, type: number, channel: number, size: number): void {
  view.setUint8(at, type);
  view.setUint16(at + 1, channel);
  view.setUint32(at + 3, size);
}

/** A delivery tag or the size of a body: 64 bits. */
export function putTag(view: DataView, at: number, tag: number): void {
  view.setUint32(at, tag > 0xffffffff ? Math.floor(tag / 4294967296) : 0);
  view.setUint32(at + 4, tag);
}

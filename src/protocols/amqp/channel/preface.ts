import { sameShort, viewOf } from '../../../lib/short-copy.js';

const none = Buffer.alloc(0);
/** Of a longer one looking whether it is the same costs as much as reading it. */
const longest = 256;

/**
 * The frames in front of a body, as the channel's message before had them: basic.publish and the header. Most publishers
 * send the same ones again and again, with another size at most, and need not have them read again.
 */
export class Preface {
  length = 0;
  /** Where in it the properties begin. */
  contentAt = 0;
  private sizeAt = 0;
  private bytes: Buffer = none;
  private view: DataView = viewOf(none);

  /** Takes over what lies in [start, end), with the header's size of the body and its properties at these places. */
  learn(from: Buffer, start: number, end: number, sizeAt: number, contentAt: number): void {
    const length = end - start;
    if (length > longest) return;
    if (this.bytes.length < length) {
      this.bytes = Buffer.allocUnsafe(length);
      this.view = viewOf(this.bytes);
    }
    from.copy(this.bytes, 0, start, end);
    this.length = length;
    this.sizeAt = sizeAt - start;
    this.contentAt = contentAt - start;
  }

  forget(): void {
    this.length = 0;
  }

  /** Whether it lies at `at`, with whatever size of the body, which it answers; -1 where it does not. */
  sizeIn(view: DataView, at: number): number {
    const { sizeAt } = this;
    const size = view.getUint32(at + sizeAt + 4);
    // So that the rest can be compared in one go.
    this.view.setUint32(sizeAt + 4, size);
    return sameShort(this.view, 0, view, at, this.length) ? size : -1;
  }
}

/** From here on the call into native code that `Buffer.copy` is costs less than copying by words. */
const nativeFromBytes = 192;

/** The same memory, as what reads and writes numbers anywhere in it without a call. */
export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Copies the few bytes that a name, a list of properties or a small body has, four at a time; answers the position behind
 * them in `into`. 100 B in 45 ns where `Buffer.copy` takes 75, 16 B in 10 where a loop over bytes takes 29. The two may not
 * overlap. `intoView` and `fromView` are those of `into` and `from`.
 */
export function copyShort(
  into: Buffer,
  intoView: DataView,
  at: number,
  from: Buffer,
  fromView: DataView,
  start: number,
  length: number,
): number {
  if (length >= nativeFromBytes) from.copy(into, at, start, start + length);
  else if (length >= 4) {
    const last = length - 4;
    let done = 0;
    for (; done <= length - 16; done += 16) {
      intoView.setInt32(at + done, fromView.getInt32(start + done, true), true);
      intoView.setInt32(at + done + 4, fromView.getInt32(start + done + 4, true), true);
      intoView.setInt32(at + done + 8, fromView.getInt32(start + done + 8, true), true);
      intoView.setInt32(at + done + 12, fromView.getInt32(start + done + 12, true), true);
    }
    for (; done <= last; done += 4) intoView.setInt32(at + done, fromView.getInt32(start + done, true), true);
    // What is left are less than four bytes: the last four again, of which some are there already.
    if (done < length) intoView.setInt32(at + last, fromView.getInt32(start + last, true), true);
  } else {
    for (let done = 0; done < length; done++) into[at + done] = from[start + done]!;
  }
  return at + length;
}

/** Whether the same bytes are in both places. */
export function sameShort(left: DataView, leftAt: number, right: DataView, rightAt: number, length: number): boolean {
  if (length < 4) {
    for (let index = 0; index < length; index++) {
      if (left.getUint8(leftAt + index) !== right.getUint8(rightAt + index)) return false;
    }
    return true;
  }
  const last = length - 4;
  for (let index = 0; index < last; index += 4) {
    if (left.getInt32(leftAt + index) !== right.getInt32(rightAt + index)) return false;
  }
  return left.getInt32(leftAt + last) === right.getInt32(rightAt + last);
}

/** What is larger is not kept alive by having been looked at. */
const rememberedBytesMax = 2 * 1024 * 1024;

/** A view of the buffer asked for last: what comes in lies in one buffer for thousands of messages. */
export class LastView {
  private bytes: Buffer | null = null;
  private view: DataView | null = null;

  of(bytes: Buffer): DataView {
    if (bytes !== this.bytes) {
      if (bytes.length > rememberedBytesMax) return viewOf(bytes);
      this.bytes = bytes;
      this.view = viewOf(bytes);
    }
    return this.view!;
  }
}

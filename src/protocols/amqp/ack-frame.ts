import { MethodId } from './codec/methods.js';
import { frameEnd, frameType } from './frame.js';

/** A frame with basic.ack, as a whole: consumers send little else. */
export const ackFrameBytes = 21;
const methodAt = 7;
const tagAt = 11;
const bitsAt = 19;
const endAt = 20;
const payloadBytes = 13;

/** Whether one begins at `at`, where there are as many bytes as it has. */
export function isAckFrame(view: DataView, at: number, channel: number): boolean {
  return (
    view.getUint32(at + methodAt) === MethodId.basicAck &&
    view.getUint8(at) === frameType.method &&
    view.getUint16(at + 1) === channel &&
    view.getUint32(at + 3) === payloadBytes &&
    view.getUint8(at + endAt) === frameEnd
  );
}

export function ackedTag(view: DataView, at: number): number {
  return view.getUint32(at + tagAt) * 4294967296 + view.getUint32(at + tagAt + 4);
}

export function acksMultiple(view: DataView, at: number): boolean {
  return (view.getUint8(at + bitsAt) & 1) === 1;
}

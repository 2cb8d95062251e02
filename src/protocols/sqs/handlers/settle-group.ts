import type { Queue } from '../../../broker/queue/queue.js';
import type { SharePartition } from '../../../broker/share/share-partition.js';
import type { Call } from '../call.js';
import { errorKinds, SqsError } from '../errors.js';
import { badHandle, type Receipt, receiptOf } from '../receipt.js';
import { partitionOf } from '../window.js';
import { anybody, badReceipt, heldMaxMs, heldTooLong } from './settle.js';

interface Held {
  readonly share: SharePartition;
  readonly receipt: Receipt;
}

/** The partition that the handle is of; a handle of another group's receive is none. */
function heldBy(call: Call, queue: Queue, handle: string): Held {
  const receipt = receiptOf(handle);
  const window = call.context.broker.topicQueues.shownBy(queue);
  const share = window === undefined ? undefined : partitionOf(window, receipt.logId)?.share;
  if (share === undefined || receipt.offset >= share.ledger.end) throw badHandle(handle);
  return { share, receipt };
}

/** Whether the receive that the receipt is of still holds the record. */
export function holdsInGroup(share: SharePartition, { offset, deliveries }: Receipt): boolean {
  return share.ledger.stateOf(offset) === 'locked' && share.ledger.deliveryCount(offset) === deliveries;
}

/** DeleteMessage on a topic that a group works off: the record is done for the group. False when it was already. */
export function removeFromGroup(call: Call, queue: Queue, handle: string): boolean {
  const { share, receipt } = heldBy(call, queue, handle);
  return share.discard(receipt.offset, receipt.offset + 1) > 0;
}

/** ChangeMessageVisibility there. */
export function changeInGroup(call: Call, queue: Queue, handle: string, seconds: number): void {
  const { share, receipt } = heldBy(call, queue, handle);
  const { offset, receivedMs } = receipt;
  const state = share.ledger.stateOf(offset);
  if (state === 'done' || state === 'absent' || state === 'dead') {
    throw badReceipt(handle, 'Message does not exist or is not available for visibility timeout change.');
  }
  if (!holdsInGroup(share, receipt)) {
    throw new SqsError(errorKinds.messageNotInflight, 'The message referred to is not in flight.');
  }
  if (seconds === 0) {
    share.release(anybody, offset, offset + 1, true);
    return;
  }
  const untilMs = call.context.clock.now() + seconds * 1000;
  if (untilMs > receivedMs + heldMaxMs) throw heldTooLong(seconds);
  share.extend(anybody, offset, offset + 1, untilMs);
}

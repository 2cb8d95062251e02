import type { Queue } from '../../../broker/queue/queue.js';
import { type Call, numberOf, type Parameters, wrongType } from '../call.js';
import { errorKinds, invalid, missing, SqsError } from '../errors.js';
import { isFifo } from '../queue-attributes.js';
import { badHandle, type Receipt, receiptOf } from '../receipt.js';
import { eachEntry, type Failed, outcome } from './batch.js';
import { changeInGroup, removeFromGroup } from './settle-group.js';

/** Locks that a receipt speaks of may outlive the process, and then belong to nobody in particular. */
export const anybody = 0;
/** From its receive on nobody may keep a message longer. */
export const heldMaxMs = 43_200_000;

function handleOf(parameters: Parameters): string {
  const handle = parameters['ReceiptHandle'];
  if (handle !== undefined && handle !== null && typeof handle !== 'string') throw wrongType('ReceiptHandle');
  if (handle === undefined || handle === null || handle === '') throw missing('ReceiptHandle');
  return handle;
}

function receiptIn(queue: Queue, parameters: Parameters): Receipt {
  const handle = handleOf(parameters);
  const receipt = receiptOf(handle);
  if (receipt.logId !== queue.log.id || receipt.offset >= queue.log.endOffset) throw badHandle(handle);
  return receipt;
}

/** Whether the receive that the receipt is of still holds the message. */
export function holds(queue: Queue, { offset, deliveries }: Receipt): boolean {
  return queue.ledger.stateOf(offset) === 'locked' && queue.ledger.deliveryCount(offset) === deliveries;
}

/** Puts what is to be deleted with `doomed`, once; see `discard`. */
function remove(call: Call, queue: Queue, parameters: Parameters, doomed: number[]): void {
  if (queue.settings.topic !== null) {
    if (removeFromGroup(call, queue, handleOf(parameters))) call.context.traffic.deleted++;
    return;
  }
  const receipt = receiptIn(queue, parameters);
  const state = queue.ledger.stateOf(receipt.offset);
  if (state === 'done' || state === 'absent') return;
  if (isFifo(queue) && !holds(queue, receipt)) {
    throw invalid(
      `Value ${String(parameters['ReceiptHandle'])} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
    );
  }
  if (!doomed.includes(receipt.offset)) doomed.push(receipt.offset);
}

/** What lies side by side, as what was received together does, is one range and one record. */
function discard({ context }: Call, queue: Queue, doomed: number[]): void {
  doomed.sort((left, right) => left - right);
  for (let from = 0; from < doomed.length; ) {
    const first = doomed[from]!;
    let count = 1;
    while (doomed[from + count] === first + count) count++;
    queue.discard(first, first + count);
    from += count;
  }
  for (const offset of doomed) context.tenants.settled(queue, offset);
  context.traffic.deleted += doomed.length;
}

export async function deleteMessage(call: Call): Promise<object> {
  const queue = call.queue('read');
  const doomed: number[] = [];
  remove(call, queue, call.parameters, doomed);
  discard(call, queue, doomed);
  await call.context.broker.storage.durable();
  return {};
}

export async function deleteMessageBatch(call: Call): Promise<object> {
  const queue = call.queue('read');
  const done: string[] = [];
  const failed: Failed[] = [];
  const doomed: number[] = [];
  eachEntry(call, failed, (entry, id) => {
    remove(call, queue, entry, doomed);
    done.push(id);
  });
  discard(call, queue, doomed);
  await call.context.broker.storage.durable();
  return outcome(done, failed);
}

export function badReceipt(handle: string, why: string): SqsError {
  return invalid(`Value ${handle} for parameter ReceiptHandle is invalid. Reason: ${why}`);
}

export function heldTooLong(seconds: number): SqsError {
  return invalid(
    `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds].`,
  );
}

function changeVisibility(call: Call, queue: Queue, parameters: Parameters): void {
  const seconds = numberOf(parameters, 'VisibilityTimeout', 0, 43_200);
  if (seconds === null) throw missing('VisibilityTimeout');
  if (queue.settings.topic !== null) {
    changeInGroup(call, queue, handleOf(parameters), seconds);
    return;
  }
  const receipt = receiptIn(queue, parameters);
  const { offset } = receipt;
  const state = queue.ledger.stateOf(offset);
  const refused = (why: string): SqsError => badReceipt(handleOf(parameters), why);
  if (state === 'done' || state === 'absent' || state === 'dead') {
    throw refused('Message does not exist or is not available for visibility timeout change.');
  }
  if (!holds(queue, receipt)) {
    if (isFifo(queue)) throw refused('The receipt handle has expired.');
    throw new SqsError(errorKinds.messageNotInflight, 'The message referred to is not in flight.');
  }
  const { clock, tenants } = call.context;
  if (seconds === 0) {
    queue.release(anybody, offset, offset + 1);
    tenants.settled(queue, offset);
    return;
  }
  const untilMs = clock.now() + seconds * 1000;
  if (untilMs > receipt.receivedMs + heldMaxMs) {
    throw heldTooLong(seconds);
  }
  queue.extend(anybody, offset, offset + 1, untilMs);
  tenants.extended(queue, offset, untilMs);
}

export async function changeMessageVisibility(call: Call): Promise<object> {
  changeVisibility(call, call.queue('read'), call.parameters);
  await call.context.broker.storage.durable();
  return {};
}

export async function changeMessageVisibilityBatch(call: Call): Promise<object> {
  const queue = call.queue('read');
  const done: string[] = [];
  const failed: Failed[] = [];
  eachEntry(call, failed, (entry, id) => {
    changeVisibility(call, queue, entry);
    done.push(id);
  });
  await call.context.broker.storage.durable();
  return outcome(done, failed);
}

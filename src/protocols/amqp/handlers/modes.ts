import type { ByteReader } from '../../../lib/byte-reader.js';
import type { AmqpChannel } from '../channel/channel.js';
import { Transaction } from '../channel/transaction.js';
import { decodeAccessRequest, writeAccessRequestOk } from '../codec/access.js';
import { decodeConfirmSelect, writeConfirmSelectOk } from '../codec/confirm.js';
import { MethodId } from '../codec/methods.js';
import {
  decodeTxCommit,
  decodeTxRollback,
  decodeTxSelect,
  writeTxCommitOk,
  writeTxRollbackOk,
  writeTxSelectOk,
} from '../codec/tx.js';
import { AmqpError, replyCodes } from '../errors.js';
import type { ChannelMethod } from './channel.js';

/** Confirms and transactions: a channel has either. And the tickets of protocol 0-8, which some old clients ask for. */
export const modeMethods: ReadonlyMap<number, ChannelMethod> = new Map<number, ChannelMethod>([
  [MethodId.confirmSelect, confirmSelect],
  [MethodId.txSelect, txSelect],
  [MethodId.txCommit, txCommit],
  [MethodId.txRollback, txRollback],
  [MethodId.accessRequest, accessRequest],
]);

function refuse(why: string): AmqpError {
  return new AmqpError(replyCodes.preconditionFailed, why);
}

function confirmSelect(channel: AmqpChannel, from: ByteReader): void {
  const { noWait } = decodeConfirmSelect(from);
  if (channel.transaction !== null) throw refuse('cannot switch from tx to confirm mode');
  channel.confirms = true;
  if (!noWait) channel.reply(writeConfirmSelectOk);
}

function txSelect(channel: AmqpChannel, from: ByteReader): void {
  decodeTxSelect(from);
  if (channel.confirms) throw refuse('cannot switch from confirm to tx mode');
  channel.transaction ??= new Transaction(channel);
  channel.reply(writeTxSelectOk);
}

function txCommit(channel: AmqpChannel, from: ByteReader): void {
  decodeTxCommit(from);
  if (channel.transaction === null) throw refuse('channel is not transactional');
  channel.transaction.commit();
  channel.replyDurable(writeTxCommitOk);
}

function txRollback(channel: AmqpChannel, from: ByteReader): void {
  decodeTxRollback(from);
  if (channel.transaction === null) throw refuse('channel is not transactional');
  channel.transaction.rollback();
  channel.reply(writeTxRollbackOk);
}

/** Nobody looks at tickets any more; this one fits everywhere. */
function accessRequest(channel: AmqpChannel, from: ByteReader): void {
  decodeAccessRequest(from);
  channel.reply((into) => writeAccessRequestOk(into, 1));
}

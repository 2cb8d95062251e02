import type { ByteReader } from '../../../lib/byte-reader.js';
import type { AmqpChannel } from '../channel/channel.js';
import {
  decodeChannelClose,
  decodeChannelCloseOk,
  decodeChannelFlow,
  decodeChannelOpen,
  writeChannelCloseOk,
  writeChannelFlowOk,
  writeChannelOpenOk,
} from '../codec/channel.js';
import { writeConnectionCloseOk } from '../codec/connection.js';
import { MethodId } from '../codec/methods.js';
import { AmqpError, replyCodes } from '../errors.js';
import type { AmqpSession } from '../session.js';

export type ChannelMethod = (channel: AmqpChannel, from: ByteReader) => void;

export const channelMethods: ReadonlyMap<number, ChannelMethod> = new Map<number, ChannelMethod>([
  [MethodId.channelOpen, open],
  [MethodId.channelFlow, flow],
  [MethodId.channelClose, close],
  [MethodId.channelCloseOk, closeOk],
]);

const opened = new WeakSet<AmqpChannel>();

function open(channel: AmqpChannel, from: ByteReader): void {
  decodeChannelOpen(from);
  if (opened.has(channel)) {
    throw new AmqpError(replyCodes.channelError, "second 'channel.open' seen", MethodId.channelOpen);
  }
  opened.add(channel);
  channel.send(writeChannelOpenOk);
}

/** Somebody may be allowed so many channels, over all his connections. */
export function refuseTooManyChannels({ context, userName }: AmqpSession): void {
  const limit = context.broker.access.user(userName)?.limits.maxChannels ?? null;
  if (limit === null) return;
  let count = 0;
  for (const other of context.sessions) if (other.userName === userName) count += other.channels.size;
  if (count < limit) return;
  throw new AmqpError(
    replyCodes.notAllowed,
    `number of channels opened for user '${userName}' has reached the maximum allowed user limit of (${limit})`,
    MethodId.channelOpen,
  );
}

function flow(channel: AmqpChannel, from: ByteReader): void {
  const { active } = decodeChannelFlow(from);
  if (!active) throw new AmqpError(replyCodes.notImplemented, 'active=false', MethodId.channelFlow);
  channel.reply((into) => writeChannelFlowOk(into, true));
}

function close(channel: AmqpChannel, from: ByteReader): void {
  decodeChannelClose(from);
  channel.end();
  channel.session.forgetChannel(channel);
  channel.send(writeChannelCloseOk);
}

/** The client has seen our close. */
function closeOk(channel: AmqpChannel, from: ByteReader): void {
  decodeChannelCloseOk(from);
  if (channel.state === 'closing') channel.session.forgetChannel(channel);
}

/** While the connection is closing nothing else counts. */
export function closingMethods(session: AmqpSession, number: number, method: number): void {
  if (number !== 0) return;
  if (method === MethodId.connectionCloseOk) session.connection.close('the client agreed to the close');
  else if (method === MethodId.connectionClose) {
    session.sendMethod(0, writeConnectionCloseOk);
    session.connection.close('both sides closed it');
  }
}

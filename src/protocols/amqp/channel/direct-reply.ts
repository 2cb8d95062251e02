import { frameEnd } from '../frame.js';
import { basicClass, putFrameHeader, putTag } from '../wire-out.js';
import type { AmqpChannel } from './channel.js';
import type { Content } from './content.js';
import { body } from './delivery.js';
import type { Target } from './publishing.js';

const frameBytes = 8;

/**
 * Hands an answer to whoever waits for it, as a delivery that needs no ack. False where nobody does any more, or does
 * not read: answers are not kept, so that who asks and goes away costs nothing.
 */
export function answer(
  from: AmqpChannel,
  target: Target,
  content: Content,
  bytes: Buffer,
  at: number,
  length: number,
): boolean {
  const channel = from.session.context.replies.find(target.key);
  const reply = channel?.directReply ?? null;
  // An address is of a virtual host too: names of one lead nowhere in another.
  if (channel === null || reply === null || channel.session.vhost !== from.session.vhost) return false;
  if (!channel.takesDeliveries) return false;
  const { out, frameBytesMax } = channel.session;
  const { tagBytes } = reply;
  const { keyBytes } = target;
  const methodBytes = 4 + 1 + tagBytes.length + 8 + 1 + 1 + 1 + keyBytes.length;
  const begin = out.open(methodBytes + frameBytes);
  const into = out.bytes;
  putFrameHeader(out.view, begin, 1, channel.number, methodBytes);
  out.view.setUint32(begin + 7, basicClass | 60);
  into[begin + 11] = tagBytes.length;
  tagBytes.copy(into, begin + 12);
  let to = begin + 12 + tagBytes.length;
  putTag(out.view, to, ++channel.lastTag);
  // Not redelivered, by the default exchange.
  into[to + 8] = 0;
  into[to + 9] = 0;
  into[to + 10] = keyBytes.length;
  to += 11;
  keyBytes.copy(into, to);
  into[to + keyBytes.length] = frameEnd;
  out.wrote(methodBytes + frameBytes);
  const asked = content.changes ? content.changed(from.directReply?.address ?? '') : null;
  if (asked !== null) body(out, channel.number, frameBytesMax, asked, 0, asked.length, bytes, at, length);
  else body(out, channel.number, frameBytesMax, content.bytes, content.at, content.length, bytes, at, length);
  channel.traffic.deliveredNoAck++;
  return true;
}

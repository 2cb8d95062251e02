import type { Random } from '../../lib/random.js';
import type { AmqpChannel } from './channel/channel.js';

/** The queue that is none: who consumes it gets answers directly, and who names it as reply-to is answered so. */
export const replyQueue = 'amq.rabbitmq.reply-to';
const replyPrefix = `${replyQueue}.`;
/** Nobody can guess where somebody else's answers go. */
const tokenBytes = 18;

/** Whether a name stands for somebody's direct answers. */
export function isReplyAddress(name: string): boolean {
  return name.startsWith(replyPrefix);
}

/**
 * Direct reply-to: the channels of this process that wait for answers, by the routing key that leads to them. An answer
 * is handed from connection to connection and never stored: who has gone away, or does not read, does not get it.
 */
export class DirectReplies {
  private readonly random: Random;
  private readonly byAddress = new Map<string, AmqpChannel>();

  constructor(random: Random) {
    this.random = random;
  }

  /** Answers the address, which goes into the reply-to of what the channel publishes. */
  open(channel: AmqpChannel): string {
    const address = replyPrefix + this.random.bytes(tokenBytes).toString('base64url');
    this.byAddress.set(address, channel);
    return address;
  }

  close(address: string): void {
    this.byAddress.delete(address);
  }

  find(address: string): AmqpChannel | null {
    return this.byAddress.get(address) ?? null;
  }
}

import { basicMethods } from './basic.js';
import type { ChannelMethod } from './channel.js';
import { exchangeMethods } from './exchange.js';
import { modeMethods } from './modes.js';
import { queueMethods } from './queue.js';

/** What is served on a channel, beside what every message is made of: basic.publish and basic.ack, in the session. */
export const methods: ReadonlyMap<number, ChannelMethod> = new Map<number, ChannelMethod>([
  ...exchangeMethods,
  ...queueMethods,
  ...basicMethods,
  ...modeMethods,
]);

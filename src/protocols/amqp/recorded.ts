import type { AmqpContext } from './context.js';

const retryMs = 250;

/**
 * Does what has to be recorded and what nobody waits for: what follows from the end of a channel or a connection. On a
 * full disk that is later.
 */
export function whenItRecords(context: AmqpContext, act: () => void): void {
  const { refusal } = context.broker.storage;
  if (refusal === null) act();
  else if (refusal.code !== 'closed') context.clock.after(retryMs, () => whenItRecords(context, act));
}

import { type Clock, sleep } from '../lib/clock.js';

/** A pause that keeps the process there: a clock's timers alone do not. */
export async function pause(clock: Clock, delayMs: number): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', () => {});
  await sleep(clock, delayMs);
  port1.close();
  port2.close();
}

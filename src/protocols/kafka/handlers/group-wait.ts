import type { Call } from '../call.js';

/**
 * For calls that wait for other members. When the connection ends or the server closes, nobody else can be waited for:
 * the call is then answered with `otherwise`, which goes nowhere if there is no connection, and what the group says
 * later is not heard.
 */
export function answerOnce<T>(call: Call, respond: (answer: T) => void, otherwise: () => T): (answer: T) => void {
  const takeBack = call.session.onEnd(() => {
    if (!call.done) respond(otherwise());
  });
  return (answer) => {
    takeBack();
    if (!call.done) respond(answer);
  };
}

import type { Step } from '../../../broker/access/exchange.js';
import type { Mechanisms } from '../../../broker/access/mechanisms.js';
import { type ConnectionUpdateSecret, writeConnectionUpdateSecretOk } from '../codec/connection.js';
import { MethodId } from '../codec/methods.js';
import { AmqpError, replyCodes } from '../errors.js';
import type { AmqpSession } from '../session.js';

const bearer = 'OAUTHBEARER';
/** Three parts in base64url, the first of which begins an object: no password that a person would choose. */
const tokenForm = /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/;

/**
 * Tokens come as the password of PLAIN, as RabbitMQ's users of OAuth 2 send them; the name beside them says nothing. Null
 * where it is none, or where none are taken.
 */
export function lookAtToken(mechanisms: Mechanisms, password: string): Promise<Step> | null {
  if (!tokenForm.test(password)) return null;
  return mechanisms.begin(bearer)?.step(Buffer.from(`n,,\x01auth=Bearer ${password}\x01\x01`)) ?? null;
}

/** What PLAIN has behind the second NUL. */
export function passwordIn(plain: Buffer): string {
  return plain.toString().split('\0')[2] ?? '';
}

/**
 * A new token for one that runs out. Who came with a password has nothing that runs out, and is told that all is well
 * whatever he sends.
 */
export function updateSecret(session: AmqpSession, { newSecret }: ConnectionUpdateSecret): void {
  if (session.identityExpiresMs === Number.POSITIVE_INFINITY) {
    session.sendMethod(0, writeConnectionUpdateSecretOk);
    return;
  }
  const looked = lookAtToken(session.context.broker.mechanisms, String(newSecret)) ?? Promise.resolve(null);
  looked.then(
    (step) => {
      if (session.state !== 'running') return;
      if (step?.kind === 'done' && step.identity.principal === `User:${session.userName}`) {
        session.identityExpiresMs = step.identity.expiresMs;
        session.sendMethod(0, writeConnectionUpdateSecretOk);
      } else session.closeFor(refusedSecret());
    },
    (error: unknown) => session.failed(null, error),
  );
}

function refusedSecret(): AmqpError {
  return new AmqpError(
    replyCodes.notAllowed,
    'New secret was refused by one of the backends',
    MethodId.connectionUpdateSecret,
  );
}

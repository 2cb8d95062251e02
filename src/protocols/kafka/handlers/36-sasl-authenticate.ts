import {
  decodeSaslAuthenticateRequest,
  encodeSaslAuthenticateResponse,
  newSaslAuthenticateResponse,
} from '../codec/36-sasl-authenticate.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';

/**
 * SaslAuthenticate: one token of the exchange. A failure is told after a delay, in the same words whatever it was, and
 * then the connection ends. From version 1 on the last answer says how long the session may go on (KIP-368).
 */
export const saslAuthenticate: Handler = {
  key: ApiKey.SaslAuthenticate,
  // Nothing is begun before it is known for whom.
  largeAnswer: true,
  async handle(call) {
    const { authBytes } = decodeSaslAuthenticateRequest(call.reader, call.version);
    const { session } = call;
    const { authentication } = session;
    const response = newSaslAuthenticateResponse();
    if (!authentication.expectsToken) {
      response.errorCode = ErrorCode.ILLEGAL_SASL_STATE;
      response.errorMessage = 'SaslAuthenticate comes after SaslHandshake, and once.';
      call.respond(encodeSaslAuthenticateResponse, response);
      return;
    }
    const step = await authentication.step(authBytes);
    if (step.kind === 'refused') {
      await session.authenticationFailed(step.reason);
      response.errorCode = ErrorCode.SASL_AUTHENTICATION_FAILED;
      response.errorMessage = `Authentication failed with ${authentication.mechanismTried}: invalid credentials.`;
      call.respond(encodeSaslAuthenticateResponse, response);
      session.connection.close('authentication failed');
      return;
    }
    response.authBytes = step.message;
    if (step.kind === 'done') {
      session.admitted();
      response.sessionLifetimeMs = authentication.sessionLifetimeMs;
    }
    call.respond(encodeSaslAuthenticateResponse, response);
  },
};

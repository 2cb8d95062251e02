import {
  decodeSaslHandshakeRequest,
  encodeSaslHandshakeResponse,
  newSaslHandshakeResponse,
} from '../codec/17-sasl-handshake.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';

const codes = {
  ok: ErrorCode.NONE,
  'unsupported-mechanism': ErrorCode.UNSUPPORTED_SASL_MECHANISM,
  'illegal-state': ErrorCode.ILLEGAL_SASL_STATE,
} as const;

/**
 * SaslHandshake: which mechanism the client will use. After version 0 its tokens come as frames without a header, after
 * version 1 in SaslAuthenticate. A mechanism that is not there is
 * refused with those that are.
 */
export const saslHandshake: Handler = {
  key: ApiKey.SaslHandshake,
  handle(call) {
    const { mechanism } = decodeSaslHandshakeRequest(call.reader, call.version);
    const { authentication } = call.session;
    const outcome = authentication.handshake(mechanism, call.version === 0);
    const response = newSaslHandshakeResponse();
    response.errorCode = codes[outcome];
    response.mechanisms = authentication.mechanismNames;
    call.respond(encodeSaslHandshakeResponse, response);
  },
};

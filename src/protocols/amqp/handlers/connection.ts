import type { ByteReader } from '../../../lib/byte-reader.js';
import {
  decodeConnectionClose,
  decodeConnectionOpen,
  decodeConnectionSecureOk,
  decodeConnectionStartOk,
  decodeConnectionTuneOk,
  decodeConnectionUpdateSecret,
  writeConnectionCloseOk,
} from '../codec/connection.js';
import { MethodId } from '../codec/methods.js';
import { AmqpError, replyCodes } from '../errors.js';
import type { AmqpSession } from '../session.js';
import { updateSecret } from './tokens.js';

type ConnectionMethod = (session: AmqpSession, from: ByteReader) => void;

/** The methods of channel 0. */
export const connectionMethods: ReadonlyMap<number, ConnectionMethod> = new Map<number, ConnectionMethod>([
  [MethodId.connectionStartOk, (session, from) => session.handshake.startOk(decodeConnectionStartOk(from))],
  [MethodId.connectionSecureOk, (session, from) => session.handshake.secureOk(decodeConnectionSecureOk(from).response)],
  [MethodId.connectionTuneOk, (session, from) => session.handshake.tuneOk(decodeConnectionTuneOk(from))],
  [MethodId.connectionOpen, (session, from) => session.handshake.open(decodeConnectionOpen(from).virtualHost)],
  [MethodId.connectionClose, close],
  [MethodId.connectionUpdateSecret, takeSecret],
]);

function close(session: AmqpSession, from: ByteReader): void {
  decodeConnectionClose(from);
  session.closed();
  session.sendMethod(0, writeConnectionCloseOk);
  session.connection.close('the client closed it');
}

function takeSecret(session: AmqpSession, from: ByteReader): void {
  if (session.state !== 'running') {
    throw new AmqpError(
      replyCodes.commandInvalid,
      'a method that is not expected now',
      MethodId.connectionUpdateSecret,
    );
  }
  updateSecret(session, decodeConnectionUpdateSecret(from));
}

import { timingSafeEqual } from 'node:crypto';
import type { Random } from '../../lib/random.js';
import { type Access, principalOf } from './access.js';
import { type Credential, digest, hashBytes, hmac, type ScramHash } from './credential.js';
import { type Exchange, refused, type Step } from './exchange.js';

const nonceBytes = 24;
/** Longer than any honest message; what is not looked at further cannot cost anything. */
const messageBytesMax = 4096;

/**
 * SCRAM-SHA-256 and SCRAM-SHA-512 (RFC 5802, RFC 7677), the server's side, without channel binding:
 *
 *   client first → salt, iterations, nonce → client final with a proof → the server's signature
 *
 * A user that is not there takes the same way and fails at the same place.
 */
export class ScramExchange implements Exchange {
  private readonly access: Access;
  private readonly random: Random;
  private readonly hash: ScramHash;
  private begun: Begun | null = null;
  private over = false;

  constructor(access: Access, random: Random, hash: ScramHash) {
    this.access = access;
    this.random = random;
    this.hash = hash;
  }

  step(message: Buffer): Promise<Step> {
    if (this.over || message.length > messageBytesMax) return Promise.resolve(refused('a SCRAM message out of place'));
    const step = this.begun === null ? this.first(message.toString('utf8')) : this.final(message.toString('utf8'));
    this.over = step.kind !== 'challenge';
    return Promise.resolve(step);
  }

  private first(text: string): Step {
    const parsed = parseFirst(text);
    if (typeof parsed === 'string') return refused(parsed);
    const { name, gs2Header, bare, clientNonce } = parsed;
    const credential = this.access.credentialOf(name, this.hash);
    const nonce = clientNonce + this.random.bytes(nonceBytes).toString('base64');
    const message = `r=${nonce},s=${credential.salt.toString('base64')},i=${credential.iterations}`;
    this.begun = { name, clientNonce, nonce, credential, gs2Header, authMessage: `${bare},${message}` };
    return { kind: 'challenge', message: Buffer.from(message) };
  }

  private final(text: string): Step {
    const { name, clientNonce, nonce, credential, gs2Header, authMessage } = this.begun!;
    const at = text.lastIndexOf(',p=');
    if (at < 0) return refused('a SCRAM message without a proof');
    const withoutProof = text.slice(0, at);
    const [binding, gotNonce] = withoutProof.split(',');
    if (binding !== `c=${Buffer.from(gs2Header).toString('base64')}`) return refused('another channel binding');
    // librdkafka before 2.6.1 writes its own part twice, as Debian 12 and Ubuntu 24.04 have it. Ours is whole in both.
    if (gotNonce !== `r=${nonce}` && gotNonce !== `r=${clientNonce}${nonce}`) return refused('another nonce');
    const proof = Buffer.from(text.slice(at + 3), 'base64');
    if (proof.length !== hashBytes(this.hash)) return refused('a proof of another length');
    const signed = `${authMessage},${withoutProof}`;
    const clientKey = hmac(this.hash, credential.storedKey, signed);
    for (let index = 0; index < clientKey.length; index++) clientKey[index]! ^= proof[index]!;
    const right = timingSafeEqual(digest(this.hash, clientKey), credential.storedKey);
    // Not only the proof: the user may have been removed, or have another password, since the first message.
    if (!right || this.access.user(name)?.credentials.get(this.hash) !== credential) {
      return refused('unknown user or wrong password');
    }
    const signature = hmac(this.hash, credential.serverKey, signed).toString('base64');
    const identity = { principal: principalOf(name), expiresMs: Number.POSITIVE_INFINITY };
    return { kind: 'done', message: Buffer.from(`v=${signature}`), identity };
  }
}

interface Begun {
  readonly name: string;
  readonly clientNonce: string;
  readonly nonce: string;
  readonly credential: Credential;
  readonly gs2Header: string;
  readonly authMessage: string;
}

interface First {
  readonly name: string;
  readonly gs2Header: string;
  readonly bare: string;
  readonly clientNonce: string;
}

/** What the client's first message says, or what is wrong with it. */
function parseFirst(text: string): First | string {
  const match = /^([ny]),(?:a=([^,]*))?,((n=([^,]+)),r=([\x21-\x2b\x2d-\x7e]+)(?:,[a-zA-Z]+=[^,]*)*)$/.exec(text);
  if (match === null) return 'a malformed SCRAM message';
  const name = saslName(match[5]!);
  const authorization = match[2] === undefined || match[2] === '' ? name : saslName(match[2]);
  if (name === null || authorization === null) return 'a malformed name';
  if (authorization !== name) return 'to act as another user is not served';
  const gs2Header = `${match[1]},${match[2] === undefined ? '' : `a=${match[2]}`},`;
  return { name, gs2Header, bare: match[3]!, clientNonce: match[6]! };
}

/** Commas and equals signs are written =2C and =3D, and in no other way. */
function saslName(text: string): string | null {
  if (/=(?!2C|3D)/.test(text)) return null;
  return text.replaceAll('=2C', ',').replaceAll('=3D', '=');
}

import type { Clock } from '../../lib/clock.js';
import { principalOf } from './access.js';
import { type Exchange, nothing, refused, type Step } from './exchange.js';

export interface TokenOptions {
  /** Where the keys are: the text of a JWKS, or its address. */
  readonly keys: { readonly text: string } | { readonly url: string };
  /** What the token must name, when not empty. */
  readonly issuer: string;
  readonly audience: string;
  readonly clockSkewMs: number;
  /** The claim that says who somebody is. */
  readonly subjectClaim: string;
}

/** Signatures by a key that only the issuer has; never `none`, and no shared secrets. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const tokenBytesMax = 65_536;

/** Checks JSON Web Tokens against a set of keys (RFC 7519, RFC 7517). */
export class TokenVerifier {
  private readonly options: TokenOptions;
  private readonly clock: Clock;
  private verify: Promise<Verify> | undefined;

  constructor(options: TokenOptions, clock: Clock) {
    this.options = options;
    this.clock = clock;
  }

  /** Reads what is configured, so that a mistake shows at the start. */
  async prepare(): Promise<void> {
    await this.loaded();
  }

  async check(token: string): Promise<Step> {
    try {
      const verify = await this.loaded();
      return await verify(token);
    } catch (error) {
      return refused(`a token that is not accepted: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private loaded(): Promise<Verify> {
    // Loaded only for those who have tokens.
    this.verify ??= import('jose').then(({ createLocalJWKSet, createRemoteJWKSet, jwtVerify }): Verify => {
      const { keys, issuer, audience, clockSkewMs, subjectClaim } = this.options;
      const keySet = 'url' in keys ? createRemoteJWKSet(new URL(keys.url)) : createLocalJWKSet(JSON.parse(keys.text));
      return async (token) => {
        const { payload } = await jwtVerify(token, keySet, {
          algorithms,
          clockTolerance: Math.ceil(clockSkewMs / 1000),
          currentDate: new Date(this.clock.now()),
          requiredClaims: ['exp'],
          ...(issuer === '' ? {} : { issuer }),
          ...(audience === '' ? {} : { audience }),
        });
        const name = payload[subjectClaim];
        if (typeof name !== 'string' || name === '') return refused(`a token without the claim ${subjectClaim}`);
        // The clock that made it may be behind: what is accepted now holds for a moment at least.
        const expiresMs = payload.exp! * 1000 + clockSkewMs;
        const identity = { principal: principalOf(name), expiresMs };
        return { kind: 'done', message: nothing, identity };
      };
    });
    return this.verify;
  }
}

type Verify = (token: string) => Promise<Step>;

/** OAUTHBEARER (RFC 7628): one message with a token in it. */
export class BearerExchange implements Exchange {
  private readonly verifier: TokenVerifier;

  constructor(verifier: TokenVerifier) {
    this.verifier = verifier;
  }

  step(message: Buffer): Promise<Step> {
    const token = message.length > tokenBytesMax ? undefined : tokenIn(message.toString('utf8'));
    return token === undefined
      ? Promise.resolve(refused('a malformed OAUTHBEARER message'))
      : this.verifier.check(token);
  }
}

function tokenIn(text: string): string | undefined {
  const [header, ...pairs] = text.split('\x01');
  if (header === undefined || !/^[ny],(a=[^,]*)?,$/.test(header)) return undefined;
  const auth = pairs.find((pair) => pair.startsWith('auth='));
  return auth === undefined ? undefined : /^auth=bearer +([\w.~+/=-]+) *$/i.exec(auth)?.[1];
}

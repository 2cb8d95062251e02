import type { Random } from '../../lib/random.js';
import type { Access } from './access.js';
import { BearerExchange, type TokenVerifier } from './bearer.js';
import type { Exchange } from './exchange.js';
import { PlainExchange } from './plain.js';
import { ScramExchange } from './scram.js';

/** The ways in which a client can say who it is, by the names SASL has for them. */
export class Mechanisms {
  private readonly tokens: TokenVerifier | null;
  private readonly makers = new Map<string, () => Exchange>();

  constructor(access: Access, random: Random, tokens: TokenVerifier | null) {
    this.tokens = tokens;
    this.makers.set('PLAIN', () => new PlainExchange(access));
    this.makers.set('SCRAM-SHA-256', () => new ScramExchange(access, random, 'sha256'));
    this.makers.set('SCRAM-SHA-512', () => new ScramExchange(access, random, 'sha512'));
    if (tokens !== null) this.makers.set('OAUTHBEARER', () => new BearerExchange(tokens));
  }

  /** Reads what is configured. What it rejects with is a mistake there. */
  async prepare(): Promise<void> {
    await this.tokens?.prepare();
  }

  get names(): string[] {
    return [...this.makers.keys()];
  }

  begin(name: string): Exchange | null {
    return this.makers.get(name)?.() ?? null;
  }
}

import { type Access, principalOf } from './access.js';
import { type Exchange, nothing, refused, type Step } from './exchange.js';

/** PLAIN (RFC 4616): one message, `authorization id NUL user NUL password`, checked against the same keys as SCRAM. */
export class PlainExchange implements Exchange {
  private readonly access: Access;

  constructor(access: Access) {
    this.access = access;
  }

  async step(message: Buffer): Promise<Step> {
    const parts = message.toString('utf8').split('\0');
    const [authorization, name, password] = parts;
    if (parts.length !== 3 || name === undefined || name === '' || password === undefined || password === '') {
      return refused('a malformed PLAIN message');
    }
    if (authorization !== '' && authorization !== name) return refused('to act as another user is not served');
    if (!(await this.access.passwordIsRight(name, password))) return refused('unknown user or wrong password');
    const identity = { principal: principalOf(name), expiresMs: Number.POSITIVE_INFINITY };
    return { kind: 'done', message: nothing, identity };
  }
}

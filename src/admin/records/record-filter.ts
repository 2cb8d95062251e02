import type { MessageCursor } from '../../broker/queue/message-cursor.js';
import type { Views } from '../../broker/views.js';
import type { Call } from '../api.js';
import { badRequest } from '../http-error.js';
import { headerValues } from './record-json.js';

const textCharsMax = 1000;

/** Which messages somebody wants to see: those with a key, with a header, or with a text in key or value. */
export class RecordFilter {
  private readonly views: Views;
  private readonly key: Buffer | null;
  private readonly text: Buffer | null;
  private readonly header: string | null;
  private readonly headerValue: string | null;

  constructor({ asked, broker }: Call) {
    const bytesOf = (name: string): Buffer | null => {
      if (!asked.has(name)) return null;
      const text = asked.text(name);
      if (text.length > textCharsMax) throw badRequest(`${name} has at most ${textCharsMax} letters`);
      return Buffer.from(text);
    };
    this.views = broker.views;
    this.key = bytesOf('key');
    this.text = bytesOf('text');
    this.header = asked.has('header') ? asked.text('header') : null;
    this.headerValue = asked.has('header_value') ? asked.text('header_value') : null;
    if (this.headerValue !== null && this.header === null) throw badRequest('header_value of which header?');
  }

  get letsAllThrough(): boolean {
    return this.key === null && this.text === null && this.header === null;
  }

  lets(message: MessageCursor): boolean {
    const { bytes, keyAt, keyLength, bodyAt, bodyLength } = message;
    const { key, text } = this;
    if (key !== null && !(keyLength === key.length && key.equals(bytes.subarray(keyAt, keyAt + keyLength))))
      return false;
    if (text !== null) {
      const inValue = bodyLength > 0 && bytes.subarray(bodyAt, bodyAt + bodyLength).includes(text);
      if (!inValue && !(keyLength > 0 && bytes.subarray(keyAt, keyAt + keyLength).includes(text))) return false;
    }
    return this.header === null || this.hasHeader(message, this.header);
  }

  private hasHeader(message: MessageCursor, name: string): boolean {
    for (const value of headerValues(message, this.views, name)) {
      if (this.headerValue === null || value === this.headerValue) return true;
    }
    return false;
  }
}

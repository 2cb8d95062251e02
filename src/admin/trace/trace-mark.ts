import type { MessageCursor } from '../../broker/queue/message-cursor.js';
import { traceparent } from '../../broker/trace-context.js';
import type { Views } from '../../broker/views.js';
import { badRequest } from '../http-error.js';
import { headerValues } from '../records/record-json.js';

const charsMax = 300;
const parentForm = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const traceIdForm = /^[0-9a-f]{32}$/;
const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What copies of one message have in common: an id that was given to it, or the trace it belongs to. */
export class TraceMark {
  readonly kind: 'id' | 'trace';
  readonly value: string;
  /** A record without any of these bytes is no copy: it need not be understood. */
  private readonly needles: readonly Buffer[];

  private constructor(kind: 'id' | 'trace', value: string, needles: readonly Buffer[]) {
    this.kind = kind;
    this.value = value;
    this.needles = needles;
  }

  static ofId(id: string): TraceMark {
    if (id === '' || id.length > charsMax) throw badRequest(`an id has 1 to ${charsMax} letters`);
    const needles = [Buffer.from(id)];
    // SQS' ids are kept as bytes.
    if (uuidForm.test(id)) needles.push(Buffer.from(id.replaceAll('-', ''), 'hex'));
    return new TraceMark('id', id, needles);
  }

  /** A whole `traceparent`, or the 32 digits that stay the same on the way. */
  static ofTrace(text: string): TraceMark {
    const traceId = parentForm.exec(text)?.[1] ?? (traceIdForm.test(text) ? text : null);
    if (traceId === null) throw badRequest('traceparent is 00-<32 digits>-<16 digits>-<flags>, or the 32 digits alone');
    const amazons = `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
    return new TraceMark('trace', traceId, [Buffer.from(traceId), Buffer.from(amazons)]);
  }

  /** The mark of a message that has one; its id says more than its trace. */
  static of(message: MessageCursor, views: Views): TraceMark | null {
    const { id } = views.of(message);
    const named = id ?? [...headerValues(message, views, 'message-id')][0] ?? '';
    if (named !== '' && named.length <= charsMax) return TraceMark.ofId(named);
    for (const value of headerValues(message, views, traceparent)) {
      if (parentForm.test(value)) return TraceMark.ofTrace(value);
    }
    return null;
  }

  lets(message: MessageCursor, views: Views): boolean {
    const { bytes, keyAt, extraEnd } = message;
    const record = bytes.subarray(keyAt, extraEnd);
    if (!this.needles.some((needle) => record.includes(needle))) return false;
    if (this.kind === 'trace') {
      for (const value of headerValues(message, views, traceparent)) {
        if (parentForm.exec(value)?.[1] === this.value) return true;
      }
      return false;
    }
    if (views.of(message).id === this.value) return true;
    for (const value of headerValues(message, views, 'message-id')) if (value === this.value) return true;
    return false;
  }
}

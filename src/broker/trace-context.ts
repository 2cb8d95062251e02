import type { HeaderValue } from './routing/headers.js';

/** The header of W3C Trace Context, on every front that has headers. */
export const traceparent = 'traceparent';
/** What SQS calls AWSTraceHeader, by the name it has over HTTP. */
export const traceHeaderName = 'x-amzn-trace-id';

const parentForm = /^[0-9a-f]{2}-([0-9a-f]{8})([0-9a-f]{24})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const none = /^0+$/;

/** `Root=1-…;Parent=…;Sampled=1` of a `traceparent`; null where it is none. */
export function traceHeaderOf(value: HeaderValue | undefined): string | null {
  const parts = typeof value === 'string' ? parentForm.exec(value) : null;
  if (parts === null) return null;
  const [, time, rest, span, flags] = parts;
  if (none.test(`${time}${rest}`) || none.test(span!)) return null;
  return `Root=1-${time}-${rest};Parent=${span};Sampled=${Number.parseInt(flags!, 16) & 1}`;
}

/** The `traceparent` of an AWSTraceHeader; null where it names no root or no parent. */
export function traceparentOf(header: string): string | null {
  const fields = new Map<string, string>();
  for (const field of header.split(';')) {
    const at = field.indexOf('=');
    if (at > 0) fields.set(field.slice(0, at).trim(), field.slice(at + 1).trim());
  }
  const root = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/.exec(fields.get('Root') ?? '');
  const parent = /^[0-9a-f]{16}$/.exec(fields.get('Parent') ?? '');
  if (root === null || parent === null) return null;
  const trace = `${root[1]}${root[2]}`;
  if (none.test(trace) || none.test(parent[0])) return null;
  return `00-${trace}-${parent[0]}-${fields.get('Sampled') === '1' ? '01' : '00'}`;
}

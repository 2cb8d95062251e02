import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { errorKinds, SqsError } from './errors.js';

const algorithm = 'AWS4-HMAC-SHA256';
const skewMs = 15 * 60 * 1000;

/** A request, as far as its signature is about it. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

interface Signature {
  readonly accessKey: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly timestamp: string;
  /** Seconds that a presigned URL is good for; null for a signature in the header. */
  readonly expiresS: number | null;
}

/** Who is said to have signed the request; null where it is not signed at all. */
export function signatureOf(request: SignedRequest): Signature | null {
  const header = headerOf(request, 'authorization');
  if (header !== '') return fromHeader(request, header);
  const query = new URLSearchParams(queryOf(request.url));
  if (query.has('X-Amz-Algorithm') && query.get('X-Amz-Algorithm') !== algorithm) {
    throw incomplete(`Unsupported AWS 'algorithm': '${query.get('X-Amz-Algorithm')}'.`);
  }
  return query.has('X-Amz-Signature') || query.has('X-Amz-Credential') ? fromQuery(query) : null;
}

function incomplete(why: string): SqsError {
  return new SqsError(errorKinds.incompleteSignature, why);
}

function fromHeader(request: SignedRequest, header: string): Signature {
  if (!header.startsWith(`${algorithm} `)) {
    throw incomplete("Authorization header requires 'Credential' parameter. Unsupported authorization type.");
  }
  const parts = new Map<string, string>();
  for (const part of header.slice(algorithm.length + 1).split(',')) {
    const at = part.indexOf('=');
    if (at > 0) parts.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  for (const name of ['Credential', 'SignedHeaders', 'Signature']) {
    if (!parts.has(name)) throw incomplete(`Authorization header requires '${name}' parameter.`);
  }
  const timestamp = headerOf(request, 'x-amz-date') || headerOf(request, 'date');
  if (timestamp === '')
    throw incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  return {
    ...credentialOf(parts.get('Credential')!),
    signedHeaders: parts.get('SignedHeaders')!.split(';'),
    signature: parts.get('Signature')!,
    timestamp,
    expiresS: null,
  };
}

function fromQuery(query: URLSearchParams): Signature {
  for (const name of ['X-Amz-Credential', 'X-Amz-SignedHeaders', 'X-Amz-Signature', 'X-Amz-Date', 'X-Amz-Expires']) {
    if (!query.has(name)) throw incomplete(`AWS query-string parameters must include '${name}'.`);
  }
  return {
    ...credentialOf(query.get('X-Amz-Credential')!),
    signedHeaders: query.get('X-Amz-SignedHeaders')!.split(';'),
    signature: query.get('X-Amz-Signature')!,
    timestamp: query.get('X-Amz-Date')!,
    expiresS: expiresOf(query.get('X-Amz-Expires')!),
  };
}

const expiresMaxS = 7 * 24 * 60 * 60;

function expiresOf(text: string): number {
  if (/^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= expiresMaxS) return Number(text);
  throw incomplete(`X-Amz-Expires must be between 1 and ${expiresMaxS} seconds.`);
}

function credentialOf(credential: string): Pick<Signature, 'accessKey' | 'date' | 'region' | 'service'> {
  const parts = credential.split('/');
  const [accessKey, date, region, service, end] = parts;
  if (parts.length !== 5 || end !== 'aws4_request') {
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  }
  return { accessKey: accessKey!, date: date!, region: region!, service: service! };
}

/** Throws where the signature is not one of this secret, for this region, and of now. */
export function verify(
  request: SignedRequest,
  signature: Signature,
  secret: string,
  region: string,
  services: readonly string[],
  nowMs: number,
): void {
  const mismatch = (why: string): SqsError => new SqsError(errorKinds.signatureDoesNotMatch, why);
  const signedMs = timeOf(signature.timestamp);
  if (Number.isNaN(signedMs))
    throw incomplete(`Date must be in ISO-8601 'basic format'. Got '${signature.timestamp}'.`);
  if (signature.timestamp.slice(0, 8) !== signature.date) {
    throw mismatch(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date: '${signature.date}' != '${signature.timestamp.slice(0, 8)}'.`,
    );
  }
  const untilMs = signature.expiresS === null ? signedMs + skewMs : signedMs + signature.expiresS * 1000;
  if (nowMs > untilMs)
    throw mismatch(`Signature expired: ${signature.timestamp} is now earlier than ${stamp(nowMs - skewMs)}.`);
  if (signedMs > nowMs + skewMs)
    throw mismatch(`Signature not yet current: ${signature.timestamp} is still later than ${stamp(nowMs + skewMs)}.`);
  if (signature.region !== region)
    throw mismatch(`Credential should be scoped to a valid region, not '${signature.region}'.`);
  if (!services.includes(signature.service)) {
    throw mismatch(`Credential should be scoped to correct service: '${services[0]}'.`);
  }
  if (!signature.signedHeaders.includes('host')) {
    throw mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  const expected = expectedSignature(request, signature, secret);
  const given = Buffer.from(signature.signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw mismatch(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
}

function timeOf(timestamp: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function stamp(timeMs: number): string {
  return new Date(timeMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

function expectedSignature(request: SignedRequest, signature: Signature, secret: string): Buffer {
  const { date, region, service, timestamp } = signature;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = `${algorithm}\n${timestamp}\n${scope}\n${hash('sha256', canonicalRequest(request, signature))}`;
  const known = `${secret} ${scope}`;
  let key = signingKeys.get(known);
  if (key === undefined) {
    key = Buffer.from(`AWS4${secret}`);
    for (const part of [date, region, service, 'aws4_request']) key = hmac(key, part);
    if (signingKeys.size >= signingKeysMax) signingKeys.clear();
    signingKeys.set(known, key);
  }
  return hmac(key, text);
}

/** What a secret signs with for a day, a region and a service: making it anew is half the work of a request's signature. */
const signingKeys = new Map<string, Buffer>();
const signingKeysMax = 100;

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function canonicalRequest(request: SignedRequest, { signedHeaders }: Signature): string {
  const path = request.url.split('?', 1)[0]!;
  const headers = signedHeaders.map((name) => `${name}:${headerOf(request, name).trim().replaceAll(/ +/g, ' ')}\n`);
  // What the client says its body's hash is proves nothing of the body.
  const bodyHash = hash('sha256', request.body);
  return [
    request.method,
    encodedPath(path),
    canonicalQuery(queryOf(request.url)),
    headers.join(''),
    signedHeaders.join(';'),
    bodyHash,
  ].join('\n');
}

function encodedPath(path: string): string {
  return path
    .split('/')
    .map((part) => encode(part))
    .join('/');
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs: [string, string][] = [];
  for (const [name, value] of new URLSearchParams(query)) {
    if (name !== 'X-Amz-Signature') pairs.push([encode(name), encode(value)]);
  }
  pairs.sort(([leftName, left], [rightName, right]) =>
    leftName === rightName ? (left < right ? -1 : 1) : leftName < rightName ? -1 : 1,
  );
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function headerOf(request: SignedRequest, name: string): string {
  const value = request.headers[name];
  return value === undefined ? '' : typeof value === 'string' ? value : value.join(',');
}

function queryOf(url: string): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}

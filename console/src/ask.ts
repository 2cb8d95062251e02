/** What went wrong, as the server says it. */
export class AskError extends Error {
  override readonly name = 'AskError';
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

let lostSession: () => void = () => {};

/** Called when the server does not know any more who asks. */
export function whenSessionIsLost(call: () => void): void {
  lostSession = call;
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export function withQuery(path: string, query: Query = {}): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') parts.set(name, String(value));
  }
  const text = parts.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** One part of a path. */
export const part = encodeURIComponent;

/** Says that a page of ours asks: a refusal is for the page to show, not for the browser. */
export const ownHeaders: Readonly<Record<string, string>> = { 'x-naru-console': '1' };

export async function ask<T>(
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
  signal?: AbortSignal,
  more: Readonly<Record<string, string>> = {},
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: { ...ownHeaders, ...more, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new AskError(0, 'naru does not answer: is it running?');
  }
  if (response.ok) return (response.status === 204 ? undefined : await textOrJson(response)) as T;
  throw await refusalOf(response);
}

async function textOrJson(response: Response): Promise<unknown> {
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
}

export async function refusalOf(response: Response): Promise<AskError> {
  let reason = `the request failed with ${response.status}`;
  try {
    const told = (await response.json()) as { readonly reason?: unknown };
    if (typeof told.reason === 'string') reason = told.reason;
  } catch {
    // What is no JSON came from something in between.
  }
  if (response.status === 401 && /^Login failed/.test(reason)) lostSession();
  return new AskError(response.status, reason);
}

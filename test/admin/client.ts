import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type NaruSettings, type RunningNaru, startNaru } from '../../src/embed.js';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what an API answers has as many shapes as it has routes
  readonly body: any;
  readonly headers: Headers;
}

/** Somebody who uses the management API. */
export class AdminClient {
  private readonly url: string;
  private readonly authorization: string | null;

  constructor(url: string, name?: string, password = 'p4ssword') {
    this.url = url;
    this.authorization = name === undefined ? null : `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  }

  as(name: string, password = 'p4ssword'): AdminClient {
    return new AdminClient(this.url, name, password);
  }

  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...headers, ...(this.authorization === null ? {} : { authorization: this.authorization }) },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers };
  }

  get(path: string): Promise<Answer> {
    return this.ask('GET', path);
  }

  /** What is there. */
  async read(path: string): Promise<Answer['body']> {
    const { status, body } = await this.get(path);
    assert.equal(status, 200, `GET ${path}: ${JSON.stringify(body)}`);
    return body;
  }

  put(path: string, body?: unknown): Promise<Answer> {
    return this.ask('PUT', path, body);
  }

  post(path: string, body?: unknown): Promise<Answer> {
    return this.ask('POST', path, body);
  }

  delete(path: string): Promise<Answer> {
    return this.ask('DELETE', path);
  }

  /** Changes that have to work. */
  async done(answer: Promise<Answer>): Promise<void> {
    const { status, body } = await answer;
    assert.ok(status === 201 || status === 204, `${status} ${JSON.stringify(body)}`);
  }
}

export interface Served {
  readonly naru: RunningNaru;
  readonly client: AdminClient;
}

/** A broker without users. */
export async function open(context: TestContext, settings: NaruSettings = {}): Promise<Served> {
  const naru = await startNaru({ memory: true, kafka: false, ...settings });
  context.after(() => naru.close());
  return { naru, client: new AdminClient(naru.http.url) };
}

/** One with the administrator `root`, as whom the client asks. */
export async function secured(context: TestContext): Promise<Served> {
  const { naru, client } = await open(context, { adminUser: 'root', adminPassword: 'p4ssword' });
  return { naru, client: client.as('root') };
}

/** A user with that name and these tags, as whom the client asks. */
export async function userWith(client: AdminClient, name: string, tags: string): Promise<AdminClient> {
  await client.done(client.put(`/api/users/${name}`, { password: 'p4ssword', tags }));
  return client.as(name);
}

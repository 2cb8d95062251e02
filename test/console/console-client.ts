import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';

export interface ViewEvent {
  readonly atMs: number;
  readonly view: {
    readonly alarms: readonly { readonly kind: string }[];
    // biome-ignore lint/suspicious/noExplicitAny: what a view says has as many shapes as there are views
    readonly data: any;
  };
}

/** A page that follows a view, as a browser does. */
export class Follower {
  private readonly reader: ReadableStreamDefaultReader<string>;
  private readonly control: AbortController;
  private text = '';

  private constructor(reader: ReadableStreamDefaultReader<string>, control: AbortController) {
    this.reader = reader;
    this.control = control;
  }

  static async open(context: TestContext, url: string, headers: Record<string, string> = {}): Promise<Follower> {
    const control = new AbortController();
    const response = await fetch(url, { headers: { 'x-naru-console': '1', ...headers }, signal: control.signal });
    assert.equal(response.status, 200, `GET ${url}`);
    assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const follower = new Follower(reader, control);
    context.after(() => follower.leave());
    return follower;
  }

  /** The next event; null when there are no more. */
  async event(): Promise<{ readonly name: string; readonly data: string } | null> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const lines = this.text.slice(0, end).split('\n');
        this.text = this.text.slice(end + 2);
        const field = (name: string): string | undefined =>
          lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
        const data = field('data');
        if (data !== undefined) return { name: field('event') ?? 'message', data };
        continue;
      }
      const { value, done } = await this.reader.read();
      if (done) return null;
      this.text += value;
    }
  }

  async view(): Promise<ViewEvent> {
    const event = await this.event();
    assert.equal(event?.name, 'view', `${event?.data}`);
    return JSON.parse(event!.data);
  }

  /** Views until one is as wanted. */
  async until(wanted: (data: ViewEvent['view']['data']) => boolean): Promise<ViewEvent['view']['data']> {
    for (;;) {
      const { view } = await this.view();
      if (wanted(view.data)) return view.data;
    }
  }

  leave(): void {
    this.control.abort();
  }
}

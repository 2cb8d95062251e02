import assert from 'node:assert/strict';

/** What a scrape said: values by name with labels, as they stand in the text. */
export class Samples {
  readonly values: Map<string, number> = new Map();

  constructor(text: string) {
    for (const line of text.split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      const at = line.lastIndexOf(' ');
      const key = line.slice(0, at);
      assert.ok(!this.values.has(key), `${key} is told twice`);
      this.values.set(key, line.endsWith('+Inf') ? Number.POSITIVE_INFINITY : Number(line.slice(at + 1)));
    }
  }

  of(key: string): number {
    const value = this.values.get(key);
    assert.ok(value !== undefined, `${key} is not told`);
    return value;
  }

  /** Those of RabbitMQ that count messages and are not 0, by the middle of their names. */
  get messages(): Record<string, number> {
    const found: Record<string, number> = {};
    for (const [key, value] of this.values) {
      const name = /^rabbitmq_global_messages_(\w+)_total\{/.exec(key)?.[1];
      if (name !== undefined && value !== 0) found[name] = value;
    }
    return found;
  }
}

export async function scrape(url: string, path = '/metrics'): Promise<Samples> {
  const response = await fetch(`${url}${path}`);
  assert.equal(response.status, 200);
  return new Samples(await response.text());
}

import { globFrom, pairFrom } from './arguments.js';
import { type Message, shown } from './message.js';

export interface FilterOptions {
  readonly key?: string | undefined;
  readonly header?: readonly string[] | undefined;
  readonly grep?: string | undefined;
}

export type Filter = (message: Message) => boolean;

/** All that is asked for has to fit; keys and headers by patterns, text anywhere in key, value or headers. */
export function filterFrom({ key, header, grep }: FilterOptions): Filter {
  const tests: Filter[] = [];
  if (key !== undefined) {
    const pattern = globFrom(key);
    tests.push((message) => pattern.test(textOf(message.queue?.routingKey ?? message.key)));
  }
  for (const each of header ?? []) {
    const [name, wanted] = each.includes('=') ? pairFrom('--header', each) : [each, '*'];
    const pattern = globFrom(wanted);
    tests.push((message) => headersNamed(message, name).some((value) => pattern.test(value)));
  }
  if (grep !== undefined) tests.push((message) => contains(message, grep));
  return (message) => tests.every((fits) => fits(message));
}

function contains(message: Message, text: string): boolean {
  if (message.value?.includes(text) === true || message.key?.includes(text) === true) return true;
  if (message.queue === null) return message.headers.some(([, value]) => value?.includes(text) === true);
  return message.queue.routingKey.includes(text) || JSON.stringify(message.queue.properties).includes(text);
}

function headersNamed({ headers, queue }: Message, name: string): string[] {
  if (queue === null) return headers.filter(([each]) => each === name).map(([, value]) => textOf(value));
  const given = queue.properties['headers'] as Readonly<Record<string, unknown>> | undefined;
  const value = given?.[name];
  if (value === undefined) return [];
  if (Buffer.isBuffer(value)) return [textOf(value)];
  return [typeof value === 'object' ? JSON.stringify(value) : String(value)];
}

function textOf(value: Buffer | string | null): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  const text = shown(value);
  return typeof text === 'string' ? text : value.toString('latin1');
}

import { XMLParser } from 'fast-xml-parser';
import type { Answer } from '../sqs/home.js';

/** Requests of both protocols as SDKs encode them, and answers of both in the shape that JSON has. */
export type Protocol = 'JSON' | 'query';
export const protocols: readonly Protocol[] = ['JSON', 'query'];

/** What was refused, told in the same words whichever protocol it came by: `400 InvalidParameterValue`. */
export class Refused extends Error {
  constructor(told: string, why: string) {
    super(told, { cause: why });
  }
}

export interface Wire {
  readonly protocol: Protocol;
  readonly endpoint: string;
  /** What is answered; throws `Refused`. */
  call(action: string, parameters: object): Promise<Answer>;
}

export function wireTo(endpoint: string, protocol: Protocol): Wire {
  const call = protocol === 'JSON' ? callByJson : callByQuery;
  return { protocol, endpoint, call: (action, parameters) => call(endpoint, action, parameters) };
}

/** Longer than any trial waits for messages. */
const patienceMs = 15_000;

async function asked(endpoint: string, request: RequestInit): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(endpoint, { ...request, signal: AbortSignal.timeout(patienceMs) });
    return { response, text: await response.text() };
  } catch (error) {
    throw new Refused('no answer', String(error));
  }
}

async function callByJson(endpoint: string, action: string, parameters: object): Promise<Answer> {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `AmazonSQS.${action}`,
    'x-amzn-query-mode': 'true',
  };
  const { response, text } = await asked(endpoint, { method: 'POST', headers, body: JSON.stringify(parameters) });
  if (response.status === 200) return text === '' ? {} : JSON.parse(text);
  throw refusedByJson(response, text);
}

export function refusedByJson(response: Response, text: string): Refused {
  const { __type = 'without a type', message = '' } = parsed(text) as { __type?: string; message?: string };
  return new Refused(`${response.status} ${nameIn(__type)}`, message);
}

/** Without what surrounds it, which is not the same everywhere: a trial of its own looks at that. */
function nameIn(text: string): string {
  return text
    .split('#')
    .at(-1)!
    .replace('AWS.SimpleQueueService.', '')
    .replace(/Exception$/, '');
}

function parsed(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    return { message: text };
  }
}

async function callByQuery(endpoint: string, action: string, parameters: object): Promise<Answer> {
  const form = new URLSearchParams({ Action: action, Version: '2012-11-05' });
  encode(form, action, parameters, '');
  const { response, text } = await asked(endpoint, { method: 'POST', body: form });
  if (response.status === 200) return decoded(action, text);
  throw refusedByQuery(response, text);
}

export function refusedByQuery(response: Response, text: string): Refused {
  const error = xml.parse(text)?.ErrorResponse?.Error;
  return new Refused(`${response.status} ${nameIn(error?.Code ?? 'without a code')}`, error?.Message ?? text);
}

const lists: Readonly<Record<string, string>> = {
  AttributeNames: 'AttributeName',
  MessageAttributeNames: 'MessageAttributeName',
  MessageSystemAttributeNames: 'MessageSystemAttributeName',
  TagKeys: 'TagKey',
  AWSAccountIds: 'AWSAccountId',
  Actions: 'ActionName',
};

const maps: Readonly<Record<string, readonly [string, string]>> = {
  Attributes: ['Attribute', 'Name'],
  MessageAttributes: ['MessageAttribute', 'Name'],
  MessageSystemAttributes: ['MessageSystemAttribute', 'Name'],
  tags: ['Tag', 'Key'],
  Tags: ['Tag', 'Key'],
};

function encode(form: URLSearchParams, action: string, parameters: object, prefix: string): void {
  for (const [name, value] of Object.entries(parameters)) {
    const map = maps[name];
    const list = name === 'Entries' ? `${action}RequestEntry` : lists[name];
    if (map !== undefined) {
      for (const [index, [key, part]] of Object.entries(value as object).entries()) {
        const at = `${prefix}${map[0]}.${index + 1}`;
        form.append(`${at}.${map[1]}`, key);
        put(form, action, `${at}.Value`, part);
      }
    } else if (list !== undefined) {
      for (const [index, item] of (value as unknown[]).entries()) {
        put(form, action, `${prefix}${list}.${index + 1}`, item);
      }
    } else put(form, action, `${prefix}${name}`, value);
  }
}

function put(form: URLSearchParams, action: string, name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null) encode(form, action, value, `${name}.`);
  else form.append(name, String(value));
}

const xml = new XMLParser({ parseTagValue: false, trimValues: false, htmlEntities: true });

function decoded(action: string, text: string): Answer {
  const response = xml.parse(text)?.[`${action}Response`];
  const result = response?.[`${action}Result`];
  return typeof result === 'object' ? shaped(action, result) : {};
}

const arrays: Readonly<Record<string, string>> = { Message: 'Messages', Result: 'Results', QueueUrl: 'QueueUrls' };
const entries: Readonly<Record<string, readonly [string, string]>> = {
  Attribute: ['Attributes', 'Name'],
  MessageAttribute: ['MessageAttributes', 'Name'],
  Tag: ['Tags', 'Key'],
};

function shaped(action: string, node: Record<string, unknown>): Record<string, unknown> {
  const shape: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(node)) {
    const items = [value].flat() as Record<string, unknown>[];
    const isOneUrl = name === 'QueueUrl' && !action.startsWith('List');
    // Those are told of with a message of the same name.
    const isText = name === 'Message' && typeof value === 'string';
    if (name.startsWith('#')) continue;
    const [map, key] = entries[name] ?? [];
    if (map !== undefined) shape[map] = Object.fromEntries(items.map((item) => [item[key!], item['Value']]));
    else if (name === `${action}ResultEntry`) shape['Successful'] = items.map((item) => shaped(action, item));
    else if (name === 'BatchResultErrorEntry') shape['Failed'] = items;
    else if (arrays[name] !== undefined && !isOneUrl && !isText) {
      shape[arrays[name]] = items.map((item) => (typeof item === 'object' ? shaped(action, item) : item));
    } else shape[name] = value;
  }
  return shape;
}

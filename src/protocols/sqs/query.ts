import { XMLBuilder } from 'fast-xml-parser';
import type { Parameters } from './call.js';
import type { SqsError } from './errors.js';

/**
 * The older protocol: forms in, XML out. A form is put into the shape that the JSON protocol has, and an answer of that
 * shape into XML, so that actions know of neither.
 */
export const queryNamespace = 'http://queue.amazonaws.com/doc/2012-11-05/';

/** What lists are called, one by one and together. */
const lists: Readonly<Record<string, string>> = {
  AttributeName: 'AttributeNames',
  MessageAttributeName: 'MessageAttributeNames',
  MessageSystemAttributeName: 'MessageSystemAttributeNames',
  TagKey: 'TagKeys',
  AWSAccountId: 'AWSAccountIds',
  ActionName: 'Actions',
  SendMessageBatchRequestEntry: 'Entries',
  DeleteMessageBatchRequestEntry: 'Entries',
  ChangeMessageVisibilityBatchRequestEntry: 'Entries',
};

/** What maps are called, entry by entry, and where an entry has its key. */
const maps: Readonly<Record<string, readonly [string, string]>> = {
  Attribute: ['Attributes', 'Name'],
  Tag: ['Tags', 'Key'],
  MessageAttribute: ['MessageAttributes', 'Name'],
  MessageSystemAttribute: ['MessageSystemAttributes', 'Name'],
};

interface Node extends Map<string, Node | string> {}

export function parametersOf(form: URLSearchParams): Parameters {
  const root: Node = new Map();
  for (const [name, value] of form) place(root, name.split('.'), value);
  return shaped(root);
}

function place(root: Node, path: readonly string[], value: string): void {
  let node = root;
  for (const step of path.slice(0, -1)) {
    const next = node.get(step);
    if (next instanceof Map) node = next;
    else {
      const made: Node = new Map();
      node.set(step, made);
      node = made;
    }
  }
  node.set(path.at(-1)!, value);
}

function shaped(node: Node): Parameters {
  const parameters: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of node) {
    const map = maps[name];
    if (typeof value === 'string') parameters[name] = value;
    else if (map !== undefined) parameters[map[0]] = mapOf(value, map[1]);
    else if (lists[name] !== undefined) parameters[lists[name]] = ordered(value).map(itemOf);
    else parameters[name] = shaped(value);
  }
  return parameters;
}

function ordered(node: Node): (Node | string)[] {
  return [...node.entries()].sort(([left], [right]) => Number(left) - Number(right)).map(([, value]) => value);
}

function itemOf(item: Node | string): unknown {
  return typeof item === 'string' ? item : shaped(item);
}

function mapOf(node: Node, keyName: string): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  for (const entry of ordered(node)) {
    if (typeof entry === 'string') continue;
    const key = entry.get(keyName);
    const value = entry.get('Value');
    if (typeof key !== 'string' || value === undefined) continue;
    map[key] = typeof value === 'string' ? value : shaped(value);
  }
  return map;
}

const builder = new XMLBuilder({
  ignoreAttributes: false,
  suppressEmptyNode: false,
  // A carriage return that is not written so is read as a line end.
  tagValueProcessor: (_name: string, value: unknown) => String(value).replaceAll('\r', '&#xD;'),
  processEntities: true,
});

const declaration = '<?xml version="1.0"?>';

export function xmlAnswer(
  action: string,
  answer: object,
  requestId: string,
  namespace: string = queryNamespace,
): string {
  const result = xmlShape(action, answer);
  return (
    declaration +
    builder.build({
      [`${action}Response`]: {
        '@_xmlns': namespace,
        ...(Object.keys(result).length > 0 || hasResult(action) ? { [`${action}Result`]: result } : {}),
        ResponseMetadata: { RequestId: requestId },
      },
    })
  );
}

function hasResult(action: string): boolean {
  return /^(Get|List|Receive|Create|Send|.*Batch$|Start|Cancel)/.test(action);
}

export function xmlError(error: SqsError, requestId: string, namespace: string = queryNamespace): string {
  return (
    declaration +
    builder.build({
      ErrorResponse: {
        '@_xmlns': namespace,
        Error: { Type: error.sender ? 'Sender' : 'Receiver', Code: error.code, Message: error.message, Detail: '' },
        RequestId: requestId,
      },
    })
  );
}

/** Flattened lists, as the older protocol has them: each item under its own name. */
function xmlShape(action: string, answer: object): Record<string, unknown> {
  const shape: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(answer)) {
    if (value === undefined) continue;
    if (name === 'QueueUrls' || name === 'queueUrls') shape['QueueUrl'] = value;
    else if (name === 'Messages') shape['Message'] = (value as object[]).map((message) => xmlShape(action, message));
    else if (name === 'Attributes') shape['Attribute'] = pairs(value as object, 'Name');
    else if (name === 'Tags') shape['Tag'] = pairs(value as object, 'Key');
    else if (name === 'MessageAttributes') shape['MessageAttribute'] = pairs(value as object, 'Name');
    else if (name === 'Successful') shape[`${action}ResultEntry`] = value;
    else if (name === 'Failed') shape['BatchResultErrorEntry'] = value;
    else if (name === 'Results') shape['Result'] = value;
    else shape[name] = value;
  }
  return shape;
}

function pairs(map: object, keyName: string): object[] {
  return Object.entries(map).map(([key, value]) => ({ [keyName]: key, Value: value as unknown }));
}

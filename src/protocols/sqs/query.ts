import type { Parameters } from './call.js';
import { errorKinds, SqsError } from './errors.js';

/**
 * The older protocol's requests: a form is put into the shape that the JSON protocol has, so that actions know of
 * neither. Answers: xml.ts.
 */

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

/** The deepest that is asked for: SendMessageBatchRequestEntry.1.MessageAttribute.2.Value.StringValue. */
const stepsMax = 8;
/** Ten entries with ten attributes each are some 500. */
const fieldsMax = 4000;

/** With `plain` names stay as they are, and everything numbered an object. */
export function parametersOf(form: URLSearchParams, plain = false): Parameters {
  const root: Node = new Map();
  let fields = 0;
  for (const [name, value] of form) {
    const path = name.split('.', stepsMax + 1);
    if (path.length > stepsMax || ++fields > fieldsMax) {
      throw new SqsError(errorKinds.malformedQuery, 'The query string is malformed or too long.');
    }
    place(root, path, value);
  }
  return plain ? plainly(root) : shaped(root);
}

function plainly(node: Node): Parameters {
  const parameters: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of node) parameters[name] = typeof value === 'string' ? value : plainly(value);
  return parameters;
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
    const map = Object.hasOwn(maps, name) ? maps[name] : undefined;
    const list = Object.hasOwn(lists, name) ? lists[name] : undefined;
    // An item on its own needs no number.
    if (typeof value === 'string') parameters[list ?? name] = list === undefined ? value : [value];
    else if (map !== undefined) parameters[map[0]] = mapOf(value, map[1]);
    else if (list !== undefined) parameters[list] = ordered(value).map(itemOf);
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
  const map: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const entry of typeof node.get(keyName) === 'string' ? [node] : ordered(node)) {
    if (typeof entry === 'string') continue;
    const key = entry.get(keyName);
    const value = entry.get('Value');
    if (typeof key !== 'string' || value === undefined) continue;
    map[key] = typeof value === 'string' ? value : shaped(value);
  }
  return map;
}

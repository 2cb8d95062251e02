import type { PermissionKind } from '../../broker/access/permissions.js';
import type { Queue } from '../../broker/queue/queue.js';
import { defaultVhost, queueKey } from '../../broker/queue-key.js';
import type { SqsContext } from './context.js';
import { errorKinds, invalid, missing, SqsError } from './errors.js';
import { nameInArn } from './queue-attributes.js';

/** What a client gives in a request, in the shape that the JSON protocol has it. */
export type Parameters = Readonly<Record<string, unknown>>;

export interface Caller {
  /** For permissions; '' where nobody is asked. */
  readonly user: string;
  readonly accessKey: string;
}

/** Whoever waits for the answer. */
export interface Client {
  readonly gone: boolean;
  /** Called at most once, also when the answer was sent. */
  whenGone(act: () => void): void;
}

/** One request: who asks, by which protocol, and for what. */
export class Call {
  readonly context: SqsContext;
  readonly action: string;
  readonly parameters: Parameters;
  readonly caller: Caller;
  /** What queue URLs in the answer begin with. */
  readonly urlBase: string;
  /** The older protocol, whose texts differ in places. */
  readonly isQuery: boolean;
  private readonly client: Client;

  constructor(
    context: SqsContext,
    action: string,
    parameters: Parameters,
    caller: Caller,
    urlBase: string,
    isQuery: boolean,
    client: Client = { gone: false, whenGone: () => {} },
  ) {
    this.context = context;
    this.action = action;
    this.parameters = parameters;
    this.caller = caller;
    this.urlBase = urlBase;
    this.isQuery = isQuery;
    this.client = client;
  }

  /** Nobody is there any more to be answered. */
  get gone(): boolean {
    return this.client.gone;
  }

  whenGone(act: () => void): void {
    this.client.whenGone(act);
  }

  // --- parameters ---

  text(name: string): string {
    const value = this.optionalText(name);
    if (value === null || value === '') throw missing(name);
    return value;
  }

  optionalText(name: string): string | null {
    const value = this.parameters[name];
    if (value === undefined || value === null) return null;
    if (typeof value !== 'string') throw wrongType(name);
    return value;
  }

  /** A whole number from `least` to `most`, or null. */
  number(name: string, least: number, most: number): number | null {
    return numberOf(this.parameters, name, least, most);
  }

  list(name: string): readonly unknown[] {
    const value = this.parameters[name];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) throw wrongType(name);
    return value;
  }

  texts(name: string): readonly string[] {
    return this.list(name).map((item) => {
      if (typeof item !== 'string') throw wrongType(name);
      return item;
    });
  }

  map(name: string): ReadonlyMap<string, string> {
    const value = this.parameters[name];
    const texts = new Map<string, string>();
    if (value === undefined || value === null) return texts;
    if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(name);
    for (const [key, text] of Object.entries(value)) {
      if (typeof text !== 'string') throw wrongType(name);
      texts.set(key, text);
    }
    return texts;
  }

  // --- queues ---

  /** The queue that QueueUrl names. */
  queue(kind: PermissionKind): Queue {
    return this.queueNamed(nameInUrl(this.text('QueueUrl')), kind);
  }

  queueNamed(name: string, kind: PermissionKind): Queue {
    this.may(kind, name);
    const queue = this.find(name);
    if (queue === null) throw this.noQueue();
    return queue;
  }

  find(name: string): Queue | null {
    const queue = this.context.broker.queues.get(queueKey(defaultVhost, name));
    return queue === undefined || queue.exclusiveTo !== null ? null : queue;
  }

  noQueue(): SqsError {
    const version = this.isQuery ? ' for this wsdl version' : '';
    return new SqsError(errorKinds.queueDoesNotExist, `The specified queue does not exist${version}.`);
  }

  /** Whether the caller gets to see a queue. */
  sees(name: string): boolean {
    const { permissions } = this.context.broker;
    const kinds: readonly PermissionKind[] = ['read', 'write', 'configure'];
    return kinds.some((kind) => permissions.allows(this.caller.user, defaultVhost, kind, name));
  }

  may(kind: PermissionKind, name: string): void {
    const { permissions } = this.context.broker;
    if (permissions.allows(this.caller.user, defaultVhost, kind, name)) return;
    throw new SqsError(
      errorKinds.accessDenied,
      `User: ${this.caller.user} is not authorized to perform: sqs:${this.action} on resource: ${this.arnOf(name)}`,
    );
  }

  urlOf(name: string): string {
    return `${this.urlBase}/${this.context.settings.accountId}/${encodeURIComponent(name)}`;
  }

  arnOf(name: string): string {
    const { region, accountId } = this.context.settings;
    return `arn:aws:sqs:${region}:${accountId}:${name}`;
  }

  queueOfArn(arn: string): Queue | null {
    return arn.startsWith('arn:aws') ? this.find(nameInArn(arn)) : null;
  }
}

const urlForm = /^(?:https?:\/\/[^/]+)?\/(?:[^/?#]+\/)*([^/?#]+)$/;

/** Wherever the URL leads: brokers get other addresses, and clients keep URLs. */
function nameInUrl(url: string): string {
  const name = urlForm.exec(url)?.[1];
  try {
    if (name !== undefined) return decodeURIComponent(name);
  } catch {
    // No name can be read from it.
  }
  throw new SqsError(errorKinds.invalidAddress, `The address ${url} is not valid for this endpoint.`);
}

export function wrongType(name: string): SqsError {
  return new SqsError(errorKinds.serialization, `The parameter ${name} is of the wrong type.`);
}

export function numberOf(parameters: Parameters, name: string, least: number, most: number): number | null {
  const value = parameters[name];
  if (value === undefined || value === null) return null;
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number') throw wrongType(name);
  if (!Number.isInteger(number) || number < least || number > most) throw outOfBounds(name, value, least, most);
  return number;
}

/** In the words that AWS has for it, which are not the same for all. */
function outOfBounds(name: string, value: unknown, least: number, most: number): SqsError {
  if (name === 'MaxResults') {
    return invalid(
      `Value for parameter MaxResults is invalid. Reason: MaxResults must be an integer between ${least} and ${most}.`,
    );
  }
  const bounds =
    name === 'DelaySeconds'
      ? `DelaySeconds must be >= ${least} and <= ${most}.`
      : name === 'WaitTimeSeconds'
        ? `Must be >= ${least} and <= ${most}, if provided.`
        : `Must be between ${least} and ${most}, if provided.`;
  return invalid(`Value ${String(value)} for parameter ${name} is invalid. Reason: ${bounds}`);
}

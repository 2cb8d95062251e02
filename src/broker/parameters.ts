import { type ByteReader, DecodeError } from '../lib/byte-reader.js';
import type { ByteWriter } from '../lib/byte-writer.js';
import type { JsonValue } from '../lib/json.js';
import type { Recorder, State } from '../log/state.js';
import type { Storage } from '../log/storage.js';
import { brokerErrorOf } from './refusal.js';
import { stateNumbers } from './state-numbers.js';
import type { Vhost } from './vhost.js';
import type { Vhosts } from './vhosts.js';

/** A setting of a part of the broker in one virtual host. */
export interface Parameter {
  readonly vhost: string;
  readonly component: string;
  readonly name: string;
  readonly value: JsonValue;
}

/** One for the whole broker. */
export interface GlobalParameter {
  readonly name: string;
  readonly value: JsonValue;
}

const operation = { set: 1, clear: 2, setGlobal: 3, clearGlobal: 4 } as const;
const snapshotVersion = 1;

/**
 * Parameters that tools keep in the broker and read back: kept and told, and nothing here acts on them. Limits and
 * policies, which RabbitMQ counts among its parameters, are states of their own.
 */
export class Parameters implements State {
  private readonly storage: Storage;
  private readonly recorder: Recorder;
  private readonly byKey = new Map<string, Parameter>();
  private readonly globals = new Map<string, GlobalParameter>();

  constructor(storage: Storage, vhosts: Vhosts) {
    this.storage = storage;
    this.recorder = storage.recorder(stateNumbers.parameters);
    storage.register(stateNumbers.parameters, this);
    vhosts.follow(this);
  }

  all(): IterableIterator<Parameter> {
    return this.byKey.values();
  }

  get(vhost: string, component: string, name: string): Parameter | undefined {
    return this.byKey.get(keyOf(vhost, component, name));
  }

  set(parameter: Parameter): void {
    const into = this.begin(operation.set);
    writeParameter(into, parameter);
    this.recorder.end();
    this.apply(parameter);
  }

  /** False when there is no such parameter. */
  clear(vhost: string, component: string, name: string): boolean {
    if (this.get(vhost, component, name) === undefined) return false;
    const into = this.begin(operation.clear);
    for (const text of [vhost, component, name]) into.string(text);
    this.recorder.end();
    return this.byKey.delete(keyOf(vhost, component, name));
  }

  allGlobal(): IterableIterator<GlobalParameter> {
    return this.globals.values();
  }

  getGlobal(name: string): GlobalParameter | undefined {
    return this.globals.get(name);
  }

  setGlobal(name: string, value: JsonValue): void {
    const into = this.begin(operation.setGlobal);
    into.string(name);
    into.string(JSON.stringify(value));
    this.recorder.end();
    this.globals.set(name, { name, value });
  }

  clearGlobal(name: string): boolean {
    if (!this.globals.has(name)) return false;
    this.begin(operation.clearGlobal).string(name);
    this.recorder.end();
    return this.globals.delete(name);
  }

  /** As a follower of the virtual hosts. */
  removing({ name: gone }: Vhost): void {
    for (const { vhost, component, name } of [...this.byKey.values()]) {
      if (vhost === gone) this.clear(vhost, component, name);
    }
  }

  private begin(kind: number): ByteWriter {
    const { refusal } = this.storage;
    if (refusal !== null) throw brokerErrorOf(refusal);
    const into = this.recorder.begin();
    into.u8(kind);
    return into;
  }

  private apply(parameter: Parameter): void {
    const { vhost, component, name } = parameter;
    this.byKey.set(keyOf(vhost, component, name), parameter);
  }

  // As a state.

  replay(from: ByteReader): void {
    const kind = from.u8();
    if (kind === operation.set) this.apply(readParameter(from));
    else if (kind === operation.clear) this.byKey.delete(keyOf(from.string(), from.string(), from.string()));
    else if (kind === operation.setGlobal) this.readGlobal(from);
    else if (kind === operation.clearGlobal) this.globals.delete(from.string());
    else throw new DecodeError(`an operation of unknown kind ${kind} on parameters`);
  }

  private readGlobal(from: ByteReader): void {
    const name = from.string();
    this.globals.set(name, { name, value: readJson(from) });
  }

  snapshot(into: ByteWriter): void {
    into.u8(snapshotVersion);
    into.uvarint(this.byKey.size);
    for (const parameter of this.byKey.values()) writeParameter(into, parameter);
    into.uvarint(this.globals.size);
    for (const { name, value } of this.globals.values()) {
      into.string(name);
      into.string(JSON.stringify(value));
    }
  }

  restore(from: ByteReader): void {
    const version = from.u8();
    if (version !== snapshotVersion) throw new DecodeError(`parameters of unknown version ${version}`);
    for (let left = from.uvarint(); left > 0; left--) this.apply(readParameter(from));
    for (let left = from.uvarint(); left > 0; left--) this.readGlobal(from);
  }
}

function keyOf(vhost: string, component: string, name: string): string {
  return JSON.stringify([vhost, component, name]);
}

function writeParameter(into: ByteWriter, { vhost, component, name, value }: Parameter): void {
  for (const text of [vhost, component, name]) into.string(text);
  into.string(JSON.stringify(value));
}

function readParameter(from: ByteReader): Parameter {
  return { vhost: from.string(), component: from.string(), name: from.string(), value: readJson(from) };
}

function readJson(from: ByteReader): JsonValue {
  try {
    return JSON.parse(from.string()) as JsonValue;
  } catch (error) {
    throw new DecodeError('a parameter whose value cannot be read', { cause: error });
  }
}

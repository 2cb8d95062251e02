import type { JsonObject, JsonValue } from '../../lib/json.js';
import type { Headers } from '../routing/headers.js';
import { headersFromJson } from '../routing/json-headers.js';

/** What somebody wrote is not what it has to be; told to them. */
export class InvalidDefinition extends Error {
  override readonly name = 'InvalidDefinition';
}

/** The fields of one object in JSON, read with the type they have to have. `where` is for messages. */
export class JsonFields {
  private readonly fields: JsonObject;
  readonly where: string;

  constructor(value: JsonValue | undefined, where: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new InvalidDefinition(`${where}: an object is expected`);
    }
    this.fields = value as JsonObject;
    this.where = where;
  }

  has(name: string): boolean {
    const value = this.get(name);
    return value !== undefined && value !== null;
  }

  get(name: string): JsonValue | undefined {
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
  }

  text(name: string, otherwise?: string): string {
    const value = this.get(name) ?? otherwise;
    if (typeof value !== 'string') throw this.wrong(name, 'a text');
    return value;
  }

  /** Also as the texts that clients of the REST API have always been allowed to write. */
  flag(name: string, otherwise?: boolean): boolean {
    const value = this.get(name) ?? otherwise;
    if (value === 'true') return true;
    if (value === 'false') return false;
    if (typeof value !== 'boolean') throw this.wrong(name, 'true or false');
    return value;
  }

  whole(name: string, otherwise?: number): number {
    const value = this.get(name) ?? otherwise;
    const number = typeof value === 'string' && /^-?[0-9]+$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw this.wrong(name, 'a whole number');
    return number;
  }

  /** The values of a list; one that is not there is empty. */
  list(name: string): readonly JsonValue[] {
    const value = this.get(name) ?? [];
    if (!Array.isArray(value)) throw this.wrong(name, 'a list');
    return value;
  }

  /** Tags are a list of texts, or one text with commas. */
  tags(name: string): readonly string[] {
    const value = this.get(name) ?? [];
    const list: readonly JsonValue[] = typeof value === 'string' ? value.split(',') : this.list(name);
    const tags: string[] = [];
    for (const tag of list) {
      if (typeof tag !== 'string') throw this.wrong(name, 'a list of texts');
      const trimmed = tag.trim();
      if (trimmed !== '' && !tags.includes(trimmed)) tags.push(trimmed);
    }
    return tags;
  }

  headers(name: string): Headers {
    const headers = headersFromJson(this.get(name) ?? {});
    if (headers === null) throw this.wrong(name, 'an object');
    return headers;
  }

  /** The entries of an object; one that is not there is empty, and so is an empty list. */
  entries(name: string): readonly (readonly [string, JsonValue])[] {
    const value = this.get(name) ?? {};
    if (Array.isArray(value) && value.length === 0) return [];
    if (typeof value !== 'object' || Array.isArray(value)) throw this.wrong(name, 'an object');
    return Object.entries(value as JsonObject);
  }

  inner(name: string): JsonFields {
    return new JsonFields(this.get(name) ?? {}, `${this.where}.${name}`);
  }

  wrong(name: string, expected: string): InvalidDefinition {
    return new InvalidDefinition(`${this.where}: ${name} has to be ${expected}`);
  }
}

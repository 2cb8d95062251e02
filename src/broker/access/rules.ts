import type { ByteReader } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';

/** What rules are about. The order is that of the stored form. */
export const resourceTypes = ['topic', 'group', 'cluster', 'transactional-id', 'delegation-token', 'user'] as const;
export type ResourceType = (typeof resourceTypes)[number];

/** What may be done to it. The order is that of the stored form. */
export const operations = [
  'all',
  'read',
  'write',
  'create',
  'delete',
  'alter',
  'describe',
  'cluster-action',
  'describe-configs',
  'alter-configs',
  'idempotent-write',
  'create-tokens',
  'describe-tokens',
] as const;
export type Operation = (typeof operations)[number];

export type PatternType = 'literal' | 'prefixed';

/** The one resource of type cluster. */
export const clusterName = 'kafka-cluster';
/** As the name of a literal pattern, a principal's name or a host: any. */
export const anyName = '*';
const anyPrincipal = 'User:*';

/** One line of an access control list. */
export interface Rule {
  readonly type: ResourceType;
  readonly pattern: PatternType;
  readonly name: string;
  readonly principal: string;
  readonly host: string;
  readonly operation: Operation;
  readonly allow: boolean;
}

/** Who asks. */
export interface Subject {
  /** `User:alice` */
  readonly principal: string;
  /** An address, without a port. */
  readonly host: string;
}

/** What an allow for the second implies for the first, besides itself. A deny implies nothing. */
const impliedBy: Partial<Record<Operation, readonly Operation[]>> = {
  describe: ['read', 'write', 'delete', 'alter'],
  'describe-configs': ['alter-configs'],
};

/** Everything that decides about the resources of one type. */
class RulesOfType {
  readonly literal = new Map<string, Rule[]>();
  readonly prefixed = new Map<string, Rule[]>();

  rulesFor(name: string): Rule[][] {
    const found: Rule[][] = [];
    const exact = this.literal.get(name);
    if (exact !== undefined) found.push(exact);
    const any = name === anyName ? undefined : this.literal.get(anyName);
    if (any !== undefined) found.push(any);
    for (const [prefix, rules] of this.prefixed) if (name.startsWith(prefix)) found.push(rules);
    return found;
  }
}

/** The access control list: which rules there are, and what follows from them. A deny wins over every allow. */
export class Rules {
  private readonly byKey = new Map<string, Rule>();
  private readonly byType = new Map<ResourceType, RulesOfType>();

  get size(): number {
    return this.byKey.size;
  }

  all(): IterableIterator<Rule> {
    return this.byKey.values();
  }

  has(rule: Rule): boolean {
    return this.byKey.has(keyOf(rule));
  }

  add(rule: Rule): void {
    const key = keyOf(rule);
    if (this.byKey.has(key)) return;
    this.byKey.set(key, rule);
    let ofType = this.byType.get(rule.type);
    if (ofType === undefined) {
      ofType = new RulesOfType();
      this.byType.set(rule.type, ofType);
    }
    const byName = ofType[rule.pattern];
    const list = byName.get(rule.name);
    if (list === undefined) byName.set(rule.name, [rule]);
    else list.push(rule);
  }

  remove(rule: Rule): void {
    const key = keyOf(rule);
    if (!this.byKey.delete(key)) return;
    const byName = this.byType.get(rule.type)![rule.pattern];
    const left = byName.get(rule.name)!.filter((other) => keyOf(other) !== key);
    if (left.length === 0) byName.delete(rule.name);
    else byName.set(rule.name, left);
  }

  clear(): void {
    this.byKey.clear();
    this.byType.clear();
  }

  /** `withoutRules` is the answer for a resource that no rule is about. */
  allows(subject: Subject, operation: Operation, type: ResourceType, name: string, withoutRules: boolean): boolean {
    const lists = this.byType.get(type)?.rulesFor(name) ?? [];
    if (lists.length === 0) return withoutRules;
    let allowed = false;
    for (const list of lists) {
      for (const rule of list) {
        if (!concerns(rule, subject)) continue;
        if (!rule.allow) {
          if (rule.operation === operation || rule.operation === 'all') return false;
        } else if (!allowed) allowed = covers(rule.operation, operation);
      }
    }
    return allowed;
  }

  /** Whether there is any resource of the type that the subject may do it to. */
  allowsSome(subject: Subject, operation: Operation, type: ResourceType, withoutRules: boolean): boolean {
    const ofType = this.byType.get(type);
    if (ofType === undefined) return withoutRules;
    const denied = (list: readonly Rule[]): boolean =>
      list.some(
        (rule) => !rule.allow && (rule.operation === operation || rule.operation === 'all') && concerns(rule, subject),
      );
    if (denied(ofType.literal.get(anyName) ?? [])) return false;
    const deniedPrefixes = [...ofType.prefixed].filter(([, list]) => denied(list)).map(([prefix]) => prefix);
    const open = (name: string, list: readonly Rule[], literal: boolean): boolean =>
      list.some((rule) => rule.allow && covers(rule.operation, operation) && concerns(rule, subject)) &&
      !deniedPrefixes.some((prefix) => name.startsWith(prefix)) &&
      !(literal && denied(list));
    for (const [name, list] of ofType.literal) if (open(name, list, name !== anyName)) return true;
    for (const [prefix, list] of ofType.prefixed) if (open(prefix, list, false)) return true;
    return withoutRules;
  }
}

function concerns(rule: Rule, subject: Subject): boolean {
  return (
    (rule.principal === subject.principal || rule.principal === anyPrincipal) &&
    (rule.host === anyName || rule.host === subject.host)
  );
}

function covers(granted: Operation, wanted: Operation): boolean {
  return granted === wanted || granted === 'all' || impliedBy[wanted]?.includes(granted) === true;
}

function keyOf({ type, pattern, name, principal, host, operation, allow }: Rule): string {
  return JSON.stringify([type, pattern, name, principal, host, operation, allow]);
}

export function writeRule(into: ByteWriter, rule: Rule): void {
  into.u8(resourceTypes.indexOf(rule.type));
  into.u8(rule.pattern === 'literal' ? 0 : 1);
  into.string(rule.name);
  into.string(rule.principal);
  into.string(rule.host);
  into.u8(operations.indexOf(rule.operation));
  into.u8(rule.allow ? 1 : 0);
}

export function readRule(from: ByteReader): Rule {
  return {
    type: resourceTypes[from.u8()]!,
    pattern: from.u8() === 0 ? 'literal' : 'prefixed',
    name: from.string(),
    principal: from.string(),
    host: from.string(),
    operation: operations[from.u8()]!,
    allow: from.u8() === 1,
  };
}

import { invalidParameter } from './errors.js';

type Scalar = string | number | boolean | null;

/** What a policy is held against: names with their values, nested where a body is. */
export interface Facts {
  readonly [name: string]: unknown;
}

export interface FilterPolicy {
  readonly [name: string]: unknown;
}

const depthMax = 8;
const textMax = 262_144;

/** Throws what is wrong with it. */
export function filterPolicyOf(text: string): FilterPolicy {
  if (text.length > textMax) throw invalidParameter('FilterPolicy: too long');
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw invalidParameter('FilterPolicy: failed to parse JSON.');
  }
  checkObject(policy, 1);
  return policy as FilterPolicy;
}

function fault(why: string): Error {
  return invalidParameter(`FilterPolicy: ${why}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function checkObject(policy: unknown, depth: number): void {
  if (!isObject(policy)) throw fault('Filter policy must be an object');
  if (depth > depthMax) throw fault('Filter policy is nested too deeply');
  for (const [name, conditions] of Object.entries(policy)) {
    if (name === '$or') {
      if (!Array.isArray(conditions) || conditions.length < 2) throw fault('"$or" must be an array of two or more');
      for (const alternative of conditions) checkObject(alternative, depth + 1);
    } else if (isObject(conditions)) checkObject(conditions, depth + 1);
    else if (!Array.isArray(conditions)) throw fault(`"${name}" must be an object or an array`);
    else {
      if (conditions.length === 0) throw fault('Empty arrays are not allowed');
      for (const condition of conditions) checkCondition(condition);
    }
  }
}

function checkCondition(condition: unknown): void {
  if (isScalar(condition)) return;
  if (!isObject(condition)) throw fault('Match value must be String, number, true, false, or null');
  const entries = Object.entries(condition);
  if (entries.length !== 1) throw fault('Only one key allowed in match expression');
  const [operator, operand] = entries[0]!;
  const bad = (why: string): Error => fault(`${operator} match pattern ${why}`);
  switch (operator) {
    case 'exists':
      if (typeof operand !== 'boolean') throw bad('must be either true or false.');
      return;
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
      if (typeof operand !== 'string') throw bad('must be a string');
      return;
    case 'numeric':
      checkNumeric(operand);
      return;
    case 'anything-but':
      checkAnythingBut(operand, bad);
      return;
    default:
      throw fault(`Unrecognized match type ${operator}`);
  }
}

function checkAnythingBut(operand: unknown, bad: (why: string) => Error): void {
  if (isObject(operand)) {
    const entries = Object.entries(operand);
    const [operator, text] = entries[0] ?? [];
    const known = operator === 'prefix' || operator === 'suffix' || operator === 'equals-ignore-case';
    if (entries.length !== 1 || !known || typeof text !== 'string') throw bad('is not supported');
    return;
  }
  const list = Array.isArray(operand) ? operand : [operand];
  if (list.length === 0 || !list.every((item) => typeof item === 'string' || typeof item === 'number')) {
    throw bad('must be a string, a number or a list of these');
  }
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function checkNumeric(operand: unknown): void {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw fault('Value of numeric must be an array of one or two comparisons');
  }
  for (let index = 0; index < operand.length; index += 2) {
    if (!Object.hasOwn(comparisons, String(operand[index]))) {
      throw fault(`Unrecognized numeric range operator: ${String(operand[index])}`);
    }
    if (typeof operand[index + 1] !== 'number') throw fault('Value of a numeric comparison must be a number');
  }
}

export function matches(policy: FilterPolicy, facts: Facts): boolean {
  for (const [name, conditions] of Object.entries(policy)) {
    if (name === '$or') {
      if (!(conditions as FilterPolicy[]).some((alternative) => matches(alternative, facts))) return false;
      continue;
    }
    const value = Object.hasOwn(facts, name) ? facts[name] : undefined;
    if (Array.isArray(conditions)) {
      const values = valuesOf(value);
      if (!conditions.some((condition) => holds(condition, values))) return false;
    } else if (!nestedMatches(conditions as FilterPolicy, value)) return false;
  }
  return true;
}

function nestedMatches(policy: FilterPolicy, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => nestedMatches(policy, item));
  return matches(policy, isObject(value) ? value : {});
}

/** Null where there is nothing. */
function valuesOf(value: unknown): readonly unknown[] | null {
  if (value === undefined) return null;
  return Array.isArray(value) ? value.flat(depthMax) : [value];
}

function holds(condition: unknown, values: readonly unknown[] | null): boolean {
  if (!isObject(condition)) return values?.includes(condition) ?? false;
  const [operator, operand] = Object.entries(condition)[0]!;
  if (operator === 'exists') return (values !== null) === operand;
  if (values === null) return false;
  return values.some((value) => one(operator, operand, value));
}

function one(operator: string, operand: unknown, value: unknown): boolean {
  switch (operator) {
    case 'prefix':
      return typeof value === 'string' && value.startsWith(operand as string);
    case 'suffix':
      return typeof value === 'string' && value.endsWith(operand as string);
    case 'equals-ignore-case':
      return typeof value === 'string' && value.toLowerCase() === (operand as string).toLowerCase();
    case 'numeric': {
      if (typeof value !== 'number') return false;
      const range = operand as readonly (string | number)[];
      for (let index = 0; index < range.length; index += 2) {
        if (!comparisons[String(range[index])]!(value, range[index + 1] as number)) return false;
      }
      return true;
    }
    default:
      if (isObject(operand)) {
        const [inner, text] = Object.entries(operand)[0]!;
        return !one(inner, text, value);
      }
      return Array.isArray(operand) ? !operand.includes(value) : operand !== value;
  }
}

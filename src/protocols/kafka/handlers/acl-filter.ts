import {
  anyName,
  type Operation,
  operations,
  type PatternType,
  type ResourceType,
  type Rule,
  resourceTypes,
} from '../../../broker/access/rules.js';
import {
  anyNumber,
  matchNumber,
  operationNumbers,
  patternTypeNumbers,
  permissionNumbers,
  resourceTypeNumbers,
} from '../operations.js';

/** Which rules are meant, in Kafka's numbers; null stands for any. */
export interface AclFilter {
  readonly resourceTypeFilter: number;
  readonly resourceNameFilter: string | null;
  readonly patternTypeFilter: number;
  readonly principalFilter: string | null;
  readonly hostFilter: string | null;
  readonly operation: number;
  readonly permissionType: number;
}

const patternTypes: readonly PatternType[] = ['literal', 'prefixed'];

export function resourceTypeOf(number: number): ResourceType | undefined {
  return resourceTypes.find((type) => resourceTypeNumbers[type] === number);
}

export function operationOf(number: number): Operation | undefined {
  return operations.find((operation) => operationNumbers[operation] === number);
}

export function patternTypeOf(number: number): PatternType | undefined {
  return patternTypes.find((type) => patternTypeNumbers[type] === number);
}

/** What is wrong with a filter: numbers that mean nothing. */
export function filterFault(filter: AclFilter): string | null {
  const { resourceTypeFilter, patternTypeFilter, operation, permissionType } = filter;
  if (resourceTypeFilter !== anyNumber && resourceTypeOf(resourceTypeFilter) === undefined) {
    return `There is no resource type ${resourceTypeFilter}.`;
  }
  const anyPattern = patternTypeFilter === anyNumber || patternTypeFilter === matchNumber;
  if (!anyPattern && patternTypeOf(patternTypeFilter) === undefined) {
    return `There is no pattern type ${patternTypeFilter}.`;
  }
  if (operation !== anyNumber && operationOf(operation) === undefined) return `There is no operation ${operation}.`;
  const { allow, deny } = permissionNumbers;
  const known = permissionType === anyNumber || permissionType === allow || permissionType === deny;
  return known ? null : `There is no permission type ${permissionType}.`;
}

export function matching(rules: Iterable<Rule>, filter: AclFilter): Rule[] {
  return Array.from(rules).filter((rule) => matches(rule, filter));
}

function matches(rule: Rule, filter: AclFilter): boolean {
  const permission = rule.allow ? permissionNumbers.allow : permissionNumbers.deny;
  return (
    isOrAny(resourceTypeNumbers[rule.type], filter.resourceTypeFilter) &&
    matchesName(rule, filter) &&
    (filter.principalFilter === null || filter.principalFilter === rule.principal) &&
    (filter.hostFilter === null || filter.hostFilter === rule.host) &&
    isOrAny(operationNumbers[rule.operation], filter.operation) &&
    isOrAny(permission, filter.permissionType)
  );
}

function isOrAny(number: number, wanted: number): boolean {
  return wanted === anyNumber || wanted === number;
}

/** `match` means every rule that is about the name; the other pattern types, rules of exactly this form. */
function matchesName(rule: Rule, { resourceNameFilter: name, patternTypeFilter: type }: AclFilter): boolean {
  if (type !== anyNumber && type !== matchNumber && type !== patternTypeNumbers[rule.pattern]) return false;
  if (name === null) return true;
  if (type !== matchNumber) return rule.name === name;
  if (rule.pattern === 'prefixed') return name.startsWith(rule.name);
  return rule.name === name || rule.name === anyName;
}

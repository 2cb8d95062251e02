import type { FieldTable } from '../codec/field-table.js';
import { MethodId } from '../codec/methods.js';
import { AmqpError, replyCodes } from '../errors.js';

/** Whose turn comes first: consumers of the highest priority that have room. */
export function priorityOf(args: FieldTable): number {
  const field = args.get('x-priority');
  if (field === undefined) return 0;
  const value = typeof field.value === 'bigint' ? Number(field.value) : field.value;
  if (typeof value === 'number' && Number.isInteger(value) && !'fdDT'.includes(field.tag)) return value;
  throw new AmqpError(
    replyCodes.preconditionFailed,
    "invalid arg 'x-priority' for consumer: it has to be a whole number",
    MethodId.basicConsume,
  );
}

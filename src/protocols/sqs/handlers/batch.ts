import { type Call, type Parameters, wrongType } from '../call.js';
import { errorKinds, SqsError, told } from '../errors.js';

const entriesMax = 10;
const idForm = /^[A-Za-z0-9_-]{1,80}$/;

/** What is told of an entry of a batch that was not taken. */
export interface Failed {
  readonly Id: string;
  readonly Code: string;
  readonly Message: string;
  readonly SenderFault: boolean;
}

/**
 * Goes through the entries of a batch. What is wrong with the batch fails all of it, what is wrong with one entry only
 * that one.
 */
export function eachEntry(call: Call, failed: Failed[], act: (entry: Parameters, id: string) => void): void {
  const entries = call.list('Entries') as readonly Parameters[];
  if (entries.length === 0) {
    throw new SqsError(errorKinds.emptyBatch, 'There should be at least one entry in the request.');
  }
  if (entries.length > entriesMax) {
    throw new SqsError(
      errorKinds.tooManyEntries,
      `Maximum number of entries per request are ${entriesMax}. You have sent ${entries.length}.`,
    );
  }
  const ids = new Set<string>();
  for (const entry of entries) {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) throw wrongType('Entries');
    const id = entry['Id'];
    if (id !== undefined && id !== null && typeof id !== 'string') throw wrongType('Id');
    if (typeof id !== 'string' || !idForm.test(id)) {
      throw new SqsError(
        errorKinds.invalidEntryId,
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    }
    if (ids.has(id)) throw new SqsError(errorKinds.idsNotDistinct, `Id ${id} repeated.`);
    ids.add(id);
  }
  for (const entry of entries) {
    const id = String(entry['Id']);
    try {
      act(entry, id);
    } catch (error) {
      failed.push(failedFor(id, error));
    }
  }
}

/** Throws what is wrong with more than the entry. */
export function failedFor(id: string, error: unknown): Failed {
  const telling = told(error);
  // What could not be read is wrong with the request, not with an entry.
  if (telling === null || telling.type === errorKinds.serialization.type) throw error;
  return { Id: id, Code: telling.code, Message: telling.message, SenderFault: telling.sender };
}

export function outcome(successful: readonly string[], failed: readonly Failed[]): object {
  return {
    ...(successful.length > 0 ? { Successful: successful.map((Id) => ({ Id })) } : {}),
    ...(failed.length > 0 ? { Failed: failed } : {}),
  };
}

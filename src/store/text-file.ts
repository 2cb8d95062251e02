import { readFileSync } from 'node:fs';
import { storeError } from './node-files.js';

/** A file that a person wrote and named by its path, such as the configuration. Throws StoreError. */
export function readTextFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw storeError('read', path, cause);
  }
}

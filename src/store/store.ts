import type { Files } from './files.js';
import type { Meta } from './meta.js';
import type { Objects } from './objects.js';

/** The waist: all that the layers above know of where bytes lie. */
export interface Store {
  readonly files: Files;
  readonly objects: Objects;
  readonly meta: Meta;
}

import { join } from 'node:path';
import { type Clock, systemClock } from '../lib/clock.js';
import { openNodeFiles } from './node-files.js';
import { openNodeMeta } from './node-meta.js';
import { openNodeObjects } from './node-objects.js';
import type { Store } from './store.js';

/** A store in a folder of this machine: files at its top, objects and meta in folders of their own. */
export async function openNodeStore(folder: string, clock: Clock = systemClock): Promise<Store> {
  const files = await openNodeFiles(folder);
  return {
    files,
    objects: await openNodeObjects(join(folder, 'objects')),
    meta: await openNodeMeta(join(folder, 'meta'), clock, folder),
  };
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Files that come with the program, by their names below the folder, with slashes: read once and whole. Null where the folder
 * is not there, as in a checkout that was only compiled.
 */
export function bundledFiles(folder: URL): Map<string, Buffer> | null {
  const root = fileURLToPath(folder);
  let names: string[];
  try {
    names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  } catch {
    return null;
  }
  const files = new Map<string, Buffer>();
  for (const name of names) {
    if (!/\.[a-z0-9]+$/.test(name)) continue;
    files.set(name.replaceAll('\\', '/'), readFileSync(join(root, name)));
  }
  return files;
}

import { assert } from '../lib/assert.js';

/**
 * Names are made by our own layers, never taken from the wire as they come: one that could leave the store is a
 * bug, and asserted.
 */
export function assertName(name: string): void {
  assert(isName(name), `not a name inside the store: ${JSON.stringify(name)}`);
}

/** The top of the store is `''`. */
export function assertFolderName(name: string): void {
  if (name !== '') assertName(name);
}

function isName(name: string): boolean {
  if (name.includes('\\') || name.includes('\0')) return false;
  return name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

export function folderOf(name: string): string {
  const cut = name.lastIndexOf('/');
  return cut < 0 ? '' : name.slice(0, cut);
}

export function within(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** `folder` and the folders above it, the top (`''`) last. */
export function foldersAbove(folder: string): string[] {
  const folders: string[] = [];
  for (let at = folder; at !== ''; at = folderOf(at)) folders.push(at);
  folders.push('');
  return folders;
}

export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

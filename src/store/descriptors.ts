import { readdirSync, readFileSync } from 'node:fs';

/** File descriptors of this process: how many are open, and how many may be. Null where the system does not tell. */
export function openDescriptors(): { readonly open: number; readonly most: number } | null {
  try {
    // The one that reads the folder is among them.
    const open = readdirSync('/proc/self/fd').length - 1;
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return { open, most: soft === undefined || soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft) };
  } catch {
    return null;
  }
}

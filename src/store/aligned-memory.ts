import { readFileSync } from 'node:fs';

/** The one kind of memory that JavaScript can ask for and be sure that it begins on a page. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
};
const webAssemblyPageBytes = 64 * 1024;

/**
 * For each of them the system sets ten gigabytes of addresses aside, and only a full collection gives them back. A process
 * has more than ten thousand times that, but what it has to do is not to depend on it.
 */
const manyMax = 128;

const aligned = new WeakSet<ArrayBufferLike>();
let alive = 0;
const collected = new FinalizationRegistry<undefined>(() => {
  alive--;
});
let refused = false;
let addressesLimited: boolean | null = null;

/** Memory that begins on a page, all zeros. Null where the process may not have the addresses. */
export function alignedMemory(byteCount: number): Buffer | null {
  if (refused) return null;
  try {
    const { buffer } = new WebAssembly.Memory({ initial: Math.ceil(byteCount / webAssemblyPageBytes) });
    aligned.add(buffer);
    collected.register(buffer, undefined);
    alive++;
    return Buffer.from(buffer, 0, byteCount);
  } catch {
    refused = true;
    return null;
  }
}

/** As `alignedMemory`, for who takes many: null as well where there are many already, or addresses are scarce. */
export function oneOfManyAligned(byteCount: number): Buffer | null {
  addressesLimited ??= areLimited();
  return addressesLimited || alive >= manyMax ? null : alignedMemory(byteCount);
}

/** Whether somebody limited the addresses that the process may have (`ulimit -v`): what it takes here it would lack elsewhere. */
function areLimited(): boolean {
  try {
    return !/^Max address space +unlimited /m.test(readFileSync('/proc/self/limits', 'latin1'));
  } catch {
    // Not Linux: nothing is written past a page cache there, so it does not matter where on a page something lies.
    return true;
  }
}

/** Whether the bytes lie in memory of that kind: then `byteOffset` says where in its page the first one is. */
export function isAligned({ buffer }: Buffer): boolean {
  return aligned.has(buffer);
}

/** The one kind of memory that JavaScript can ask for and be sure that it begins on a page. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
};
const webAssemblyPageBytes = 64 * 1024;

const aligned = new WeakSet<ArrayBufferLike>();
let refused = false;

/**
 * Memory that begins on a page, all zeros. Null where the process may not have the address space that goes with it, some
 * gigabytes each time, of which nothing but these bytes is ever used.
 */
export function alignedMemory(byteCount: number): Buffer | null {
  if (refused) return null;
  try {
    const { buffer } = new WebAssembly.Memory({ initial: Math.ceil(byteCount / webAssemblyPageBytes) });
    aligned.add(buffer);
    return Buffer.from(buffer, 0, byteCount);
  } catch {
    refused = true;
    return null;
  }
}

/** Whether the bytes lie in memory of that kind: then `byteOffset` says where in its page the first one is. */
export function isAligned({ buffer }: Buffer): boolean {
  return aligned.has(buffer);
}

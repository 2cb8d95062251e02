import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

/**
 * Builds the console beside what was compiled, where the HTTP front looks for it, with each file compressed once and for all.
 * Fails when it is larger than a page may be that opens at once.
 */
const compiled = fileURLToPath(new URL('..', import.meta.url));
const source = fileURLToPath(new URL('../../console', import.meta.url));
const target = join(compiled, 'console');
const compressedBytesMax = 150 * 1024;

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
await build({
  root: source,
  configFile: false,
  logLevel: 'warn',
  base: '/',
  publicDir: 'public',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: target,
    emptyOutDir: true,
    target: 'es2022',
    // What is inlined would need a policy that lets it in.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});

let total = 0;
for (const name of readdirSync(target, { recursive: true, encoding: 'utf8' })) {
  if (!/\.(html|js|css|svg)$/.test(name)) continue;
  const path = join(target, name);
  const bytes = readFileSync(path);
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  writeFileSync(`${path}.br`, brotli);
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  total += brotli.length;
}
if (total > compressedBytesMax) {
  throw new Error(`the console is ${total} bytes compressed, and may have ${compressedBytesMax}`);
}

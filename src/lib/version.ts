import { createRequire } from 'node:module';

/** The version in package.json, which lies beside `dist/` in a checkout and in the published package alike. */
export const version: string = readVersion();

function readVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('../../../package.json');
  return (manifest as { readonly version: string }).version;
}

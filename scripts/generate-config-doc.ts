import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configDocument } from '../src/config/document.js';

/** Writes `docs/config.md` from the table of options; with `--check` only says whether it is up to date. */
const path = fileURLToPath(new URL('../../docs/config.md', import.meta.url));
const wanted = configDocument();

if (process.argv.includes('--check')) {
  if (readFileSync(path, 'utf8') !== wanted) {
    console.error('docs/config.md does not match src/config/options.ts: run `npm run generate`');
    process.exit(1);
  }
} else {
  writeFileSync(path, wanted);
}

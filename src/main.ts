#!/usr/bin/env node
import { whyTooOld } from './cli/node-version.js';

const tooOld = whyTooOld(process.versions.node);
if (tooOld !== undefined) {
  process.stderr.write(`${tooOld}\n`);
  process.exitCode = 1;
} else {
  // Not before the check: an older Node might not even load it.
  const { runProgram } = await import('./cli/program.js');
  process.exitCode = await runProgram(process.argv.slice(2));
}

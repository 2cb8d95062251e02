#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { whyTooOld } from './cli/node-version.js';

const tooOld = whyTooOld(process.versions.node);
if (tooOld !== undefined) {
  process.stderr.write(`${tooOld}\n`);
  process.exitCode = 1;
} else {
  // A broker calls much of its code hundreds of times a second, not millions: V8 would interpret that for minutes, and without
  // learning from it. Compiled at its first call, a consumer's first gigabyte costs 0.8 to 0.9 CPU seconds in place of 1.0 to
  // 1.2. A start takes 30 ms and 3 MB more.
  for (const flag of ['--always-sparkplug', '--no-lazy-feedback-allocation']) setFlagsFromString(flag);
  // Not before the check: an older Node might not even load it.
  const { runProgram } = await import('./cli/program.js');
  process.exitCode = await runProgram(process.argv.slice(2));
}

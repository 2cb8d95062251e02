import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What tests with tools of other languages share: whether a tool is there, and where fetched things are kept. */
const root = new URL('../../../', import.meta.url);
const cache = fileURLToPath(new URL('node_modules/.cache/naru/', root));

/** Whether to skip, and why; where everything is required to be there, as in CI, that is an error instead. */
export function skipUnlessThere(missing: string | undefined): string | false {
  if (missing !== undefined && process.env['NARU_INTEROP'] === 'required') throw new Error(missing);
  return missing ?? false;
}

export function runs(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** A source file of a program in another language; it is not compiled along with the tests. */
export function sourcePath(path: string): string {
  return fileURLToPath(new URL(`test/interop/${path}`, root));
}

export function cachePath(name: string, folder: string = cache): string {
  return join(folder, name);
}

/**
 * Fills a folder once; whoever looks for it later finds it whole or not at all. Throws when that fails: a registry
 * out of reach is not a reason to pass.
 */
export function fillOnce(folder: string, fill: (half: string) => void): void {
  if (existsSync(folder)) return;
  const half = `${folder}.${process.pid}.half`;
  mkdirSync(half, { recursive: true });
  try {
    fill(half);
    renameSync(half, folder);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
}

/** Runs a command that has to succeed, and answers what it prints. */
export function succeed(command: string, args: readonly string[], cwd?: string): string {
  const run = spawnSync(command, args, { encoding: 'utf8', ...(cwd === undefined ? {} : { cwd }) });
  if (run.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${run.status}: ${run.stdout}${run.stderr}`);
  return run.stdout;
}

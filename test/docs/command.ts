import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Stands for `npx`, `npm` and `curl` where examples of the documents run. */

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const manifest = fileURLToPath(new URL('../../../package.json', import.meta.url));
const [name, ...args] = process.argv.slice(2);

switch (name) {
  case 'npx':
    if (args[0] !== 'naru') fail(`nothing is known of npx ${args[0]}`);
    process.exitCode = await naru(args.slice(1));
    break;
  case 'npm':
    process.exitCode = await npm(args);
    break;
  case 'curl':
    await curl(args);
    break;
  default:
    fail(`nothing is known of ${name}`);
}

/** A start ends when it is ready: the examples go on behind it. */
function naru(words: readonly string[]): Promise<number> {
  const starts = words[0] === 'start';
  const stdio = ['inherit', starts ? 'pipe' : 'inherit', 'inherit'] as const;
  const child = spawn(process.execPath, [main, ...words], { stdio: [...stdio] });
  child.stdout?.setEncoding('utf8').once('data', (text: string) => {
    process.stdout.write(text);
    child.kill('SIGTERM');
  });
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
}

/** What is installed is; scripts have to be there. */
async function npm(words: readonly string[]): Promise<number> {
  const { scripts } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly scripts: Record<string, string> };
  if (words[0] === 'ci' || words[0] === 'install') return 0;
  if (words[0] === 'start') return naru(['start', ...words.slice(1).filter((word) => word !== '--')]);
  const script = words[0] === 'run' ? words[1]! : words[0]!;
  if (scripts[script] === undefined) fail(`package.json has no script ${script}`);
  return 0;
}

async function curl(words: readonly string[]): Promise<void> {
  const [url, ...more] = words;
  if (url === undefined || more.length > 0) fail('curl is known with an address alone');
  const response = await fetch(url.startsWith('http') ? url : `http://${url}`);
  process.stdout.write(await response.text());
  if (!response.ok) fail(`${url}: ${response.status}`);
}

function fail(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whyNotImport, whyNotTogether } from './import-rules.js';
import { lineAt, readSource } from './source-text.js';

/** The house rules that no compiler and no formatter holds, each with the place where it is broken. */
export interface Finding {
  /** Relative to the checked folder. */
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

const codeFolders: readonly string[] = ['src', 'test', 'bench', 'scripts'];
const textFolders: readonly string[] = [...codeFolders, 'docs', 'examples', '.ci', 'console'];
const textFiles: readonly string[] = ['README.md', 'CONTRIBUTING.md', 'package.json', 'biome.json', 'tsconfig.json'];
const skippedFolders: ReadonlySet<string> = new Set(['node_modules', 'dist', 'data']);

const linesMax = 600;
const generated = /(^|\/)codec\//;
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|contract)(\.support)?)?\.ts$/;
const kebabFolder = /^\.?[a-z0-9]+(-[a-z0-9]+)*$/;
/** Names that say nothing: whatever has no noun of its own ends up in them. */
const emptyWord = /^(utils?|managers?|helpers?|commons?)$/;
const declaration = /\b(?:class|interface|type|function|const|let)\s+(\w+)/g;
const machinePath = new RegExp(`(?<![\\w.:/])/(?:${['home', 'Users', 'root', 'work'].join('|')})/[\\w.-]+`, 'g');
const onlyTest = /\b(?:test|it|describe|suite)\.only\b|\bonly\s*:\s*true\b/g;

const handedIn: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)/g, 'the time comes from the clock handed in'],
  [/\bperformance\.(?:now|timeOrigin)\b|\bprocess\.hrtime\b/g, 'durations come from the clock handed in'],
  [/\b(?:setTimeout|setInterval|setImmediate)\b/g, 'timers come from the clock handed in'],
  [/\bMath\.random\b/g, 'chance comes from the random numbers handed in'],
];

const notOurs: readonly (readonly [RegExp, string])[] = [
  [/\benum\s+\w/g, 'no enum: a union of literals says the same and is erased'],
  [/\bexport\s+default\b|\bas\s+default\b/g, 'no default export: a thing has one name'],
];

/** Every finding in the tree at `root`, in order of file and line. */
export function tidy(root: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const file of filesOf(root, textFolders)) {
    const text = readFileSync(join(root, file), 'utf8');
    findMachinePaths(file, text, findings);
    if (file.endsWith('.ts') && codeFolders.includes(file.split('/')[0]!)) findInCode(file, text, findings);
  }
  return findings.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

function findInCode(file: string, text: string, findings: Finding[]): void {
  const { code, imports } = readSource(text);
  const add = (line: number, message: string): void => {
    findings.push({ file, line, message });
  };
  const addAll = (pattern: RegExp, message: string): void => {
    for (const match of code.matchAll(pattern)) add(lineAt(code, match.index), message);
  };
  const isTest = /\.(test|contract)\./.test(file);

  findNames(file, code, add);
  const lines = text.split('\n').length - 1;
  if (lines > linesMax && !generated.test(file)) {
    add(linesMax + 1, `${lines} lines, ${linesMax} are the most: which noun is missing?`);
  }
  for (const [pattern, message] of notOurs) addAll(pattern, message);
  if (isTest) addAll(onlyTest, 'a test that runs alone hides the others');
  if (!isTest && file !== 'src/embed.ts' && onlyPassesOn(code))
    add(1, 'no barrel file: import a thing from where it is');
  if (!file.startsWith('src/')) return;

  const below = file.slice('src/'.length);
  for (const { from, line } of imports) {
    const reason = whyNotImport(below, from);
    if (reason !== undefined) add(line, `${from}: ${reason}`);
  }
  const together = whyNotTogether(
    below,
    imports.map((entry) => entry.from),
  );
  if (together !== undefined) add(1, together);
  if (!isTest && !below.startsWith('lib/')) for (const [pattern, message] of handedIn) addAll(pattern, message);
}

function findNames(file: string, code: string, add: (line: number, message: string) => void): void {
  const folders = file.split('/');
  const name = folders.pop()!;
  if (!kebabCase.test(name)) add(1, 'file names are kebab-case');
  if (!folders.every((folder) => kebabFolder.test(folder))) add(1, 'folder names are kebab-case');
  if (name === 'index.ts') add(1, 'no index.ts: a file is named after its noun');
  const words = [...folders, name.replace(/\..*$/, '')].flatMap((part) => part.split('-'));
  for (const word of words) if (emptyWord.test(word)) add(1, `a file called “${word}” has no noun of its own`);
  for (const match of code.matchAll(declaration)) {
    const parts = match[1]!.split(/(?=[A-Z])|_/).map((part) => part.toLowerCase());
    const last = parts.at(-1)!;
    if (emptyWord.test(last)) add(lineAt(code, match.index), `${match[1]}: “${last}” names nothing`);
  }
}

/** Nothing in it but `export … from`. */
function onlyPassesOn(code: string): boolean {
  const rest = code.replaceAll(/\bexport\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*(['"]) *\1;?/g, '');
  return rest.trim() === '' && code.trim() !== '';
}

function findMachinePaths(file: string, text: string, findings: Finding[]): void {
  for (const match of text.matchAll(machinePath)) {
    findings.push({ file, line: lineAt(text, match.index), message: `${match[0]} exists on one machine only` });
  }
}

/** Text files below the folders, and those at the top that are named, relative to `root` and with slashes. */
function filesOf(root: string, folders: readonly string[]): string[] {
  const found = textFiles.filter((name) => statSync(join(root, name), { throwIfNoEntry: false })?.isFile() === true);
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!skippedFolders.has(entry.name)) walk(path);
      } else if (entry.isFile() && isText(entry.name)) {
        found.push(path);
      }
    }
  };
  for (const folder of folders) {
    if (statSync(join(root, folder), { throwIfNoEntry: false })?.isDirectory() === true) walk(folder);
  }
  return found;
}

function isText(name: string): boolean {
  return /\.(ts|tsx|js|mjs|cjs|json|md|yaml|yml|sh|css|html)$/.test(name) || !name.includes('.');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const findings = tidy(fileURLToPath(new URL('../..', import.meta.url)));
  for (const { file, line, message } of findings) console.error(`${file}:${line}: ${message}`);
  if (findings.length > 0) {
    console.error(`${findings.length} house rules broken`);
    process.exit(1);
  }
}

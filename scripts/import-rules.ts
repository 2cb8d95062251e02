import { posix } from 'node:path';

/**
 * Who imports whom, downward only. A file belongs to the first area that its path (below `src/`) fits; an area may
 * import itself and the areas named. See docs/ARCHITECTURE.md for the reasons.
 */
interface Area {
  readonly name: string;
  readonly files: RegExp;
  readonly mayImport: readonly string[];
}

const domain = ['broker', 'log', 'store', 'lib'];

const areas: readonly Area[] = [
  { name: 'main', files: /^main(\.test)?\.ts$/, mayImport: ['cli', 'naru', 'config', 'lib'] },
  { name: 'embed', files: /^embed(\.test)?\.ts$/, mayImport: ['naru', 'config', 'lib'] },
  {
    name: 'naru',
    files: /^(naru|broker-options)(\.test)?\.ts$/,
    mayImport: ['protocols', 'front', 'admin', 'cluster', 'config', ...domain],
  },
  { name: 'cli', files: /^cli\//, mayImport: ['naru', 'config', 'store', 'lib'] },
  { name: 'config', files: /^config\//, mayImport: ['lib'] },
  { name: 'codec', files: /^protocols\/[^/]+\/codec\//, mayImport: ['lib'] },
  { name: 'schema', files: /^protocols\/[^/]+\/schema(\/|\.ts$)/, mayImport: ['lib'] },
  { name: 'front', files: /^protocols\/[^/]+\//, mayImport: ['codec', 'schema', 'protocols', ...domain] },
  { name: 'protocols', files: /^protocols\/[^/]+\.ts$/, mayImport: ['lib'] },
  { name: 'admin', files: /^admin\//, mayImport: ['protocols', ...domain] },
  { name: 'cluster', files: /^cluster\//, mayImport: domain },
  { name: 'broker', files: /^broker\//, mayImport: ['log', 'store', 'lib'] },
  { name: 'log', files: /^log\//, mayImport: ['store', 'lib'] },
  { name: 'store', files: /^store\//, mayImport: ['lib'] },
  { name: 'lib', files: /^lib\//, mayImport: [] },
];

/** Node's own modules that only some files may touch, so that a test or the simulation can stand in for them. */
interface Restriction {
  readonly modules: ReadonlySet<string>;
  readonly onlyIn: RegExp;
  readonly where: string;
}

const restrictions: readonly Restriction[] = [
  { modules: new Set(['fs', 'fs/promises']), onlyIn: /^store\//, where: 'src/store' },
  {
    modules: new Set(['net', 'tls']),
    onlyIn: /^protocols\/(listener|http-listener|connection)\.ts$/,
    where: 'src/protocols/listener.ts, http-listener.ts and connection.ts',
  },
  {
    modules: new Set(['http', 'https', 'http2', 'dgram']),
    onlyIn: /^((admin|protocols\/sqs)\/|protocols\/http-listener\.ts$)/,
    where: 'src/protocols/http-listener.ts, src/admin and src/protocols/sqs',
  },
  { modules: new Set(['timers', 'timers/promises']), onlyIn: /^lib\//, where: 'src/lib' },
];

/** Files of a front that may see wire types and domain types at once. */
const seesBoth = /^protocols\/[^/]+\/(handlers\/.*|channel\/.*|session|channel|errors)(\.test)?\.ts$/;

/** Why `file` (below `src/`) may not import `specifier`; undefined when it may. */
export function whyNotImport(file: string, specifier: string): string | undefined {
  const isTest = /\.(test|contract)\./.test(file);
  if (!specifier.startsWith('.')) return isTest ? undefined : whyNotModule(file, specifier);
  const target = posix.normalize(posix.join(posix.dirname(file), specifier)).replace(/\.js$/, '.ts');
  if (target.startsWith('../')) return isTest ? undefined : 'what ships does not import tests, scripts or benchmarks';
  if (!isTest && /\.(test|contract)\./.test(target)) return 'what ships does not import tests';
  const from = areaOf(file);
  const to = areaOf(target);
  if (from === undefined || to === undefined) return `${from === undefined ? file : target} lies in no area we know`;
  if (from.name !== to.name) {
    return from.mayImport.includes(to.name) && sameFront(file, target)
      ? undefined
      : `${from.name} may not import ${to.name}${sameFront(file, target) ? '' : ' of another front'}`;
  }
  return sameFront(file, target) ? undefined : 'no front imports another';
}

function whyNotModule(file: string, specifier: string): string | undefined {
  const name = specifier.replace(/^node:/, '');
  const restriction = restrictions.find((candidate) => candidate.modules.has(name));
  return restriction === undefined || restriction.onlyIn.test(file)
    ? undefined
    : `${specifier} belongs in ${restriction.where} only`;
}

/** Both in the same front, or one of them in none. */
function sameFront(file: string, target: string): boolean {
  const one = frontOf(file);
  const other = frontOf(target);
  return one === undefined || other === undefined || one === other;
}

function frontOf(file: string): string | undefined {
  return /^protocols\/([^/]+)\//.exec(file)?.[1];
}

/** Why one file of a front may not have all of these imports; undefined when it may. */
export function whyNotTogether(file: string, specifiers: readonly string[]): string | undefined {
  if (areaOf(file)?.name !== 'front' || seesBoth.test(file) || /\.test\./.test(file)) return undefined;
  const targets = specifiers
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => areaOf(posix.normalize(posix.join(posix.dirname(file), specifier)).replace(/\.js$/, '.ts')));
  const wire = targets.some((area) => area?.name === 'codec');
  const neutral = targets.some((area) => area !== undefined && ['broker', 'log', 'store'].includes(area.name));
  return wire && neutral
    ? 'only handlers, session, channel and errors of a front see both wire and domain types'
    : undefined;
}

function areaOf(file: string): Area | undefined {
  return areas.find((area) => area.files.test(file));
}

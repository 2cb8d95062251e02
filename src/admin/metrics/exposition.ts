import type { Histogram } from '../../lib/histogram.js';

export type Format = 'text' | 'openmetrics';

export const contentTypes: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** The format that somebody accepts rather; the older one for who does not say. */
export function formatFor(accept: string | undefined): Format {
  let [best, quality] = ['text' as Format, 0];
  for (const part of (accept ?? '').split(',')) {
    const [type, ...parameters] = part.split(';').map((each) => each.trim().toLowerCase());
    const format = type === 'application/openmetrics-text' ? 'openmetrics' : type === 'text/plain' ? 'text' : null;
    const given = parameters.find((each) => each.startsWith('q='))?.slice(2);
    const weight = given === undefined ? 1 : Number(given);
    if (format !== null && weight > quality) [best, quality] = [format, weight];
  }
  return best;
}

/** Names and values of labels as they stand between braces. */
export function labels(pairs: Readonly<Record<string, string | number>>): string {
  let text = '';
  for (const name in pairs) text += `${text === '' ? '' : ','}${name}="${escaped(String(pairs[name]))}"`;
  return text;
}

const special = /[\\\n"]/g;

function escaped(value: string): string {
  // Nearly always there is nothing to do.
  return value.search(special) < 0
    ? value
    : value.replaceAll(special, (found) => (found === '\n' ? '\\n' : `\\${found}`));
}

function told(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

/**
 * The text that Prometheus scrapes, in its own format (0.0.4) or OpenMetrics (1.0.0). A family is opened, then its
 * samples follow; names of counters are given with the `_total` that their samples have.
 */
export class Exposition {
  readonly format: Format;
  private readonly lines: string[] = [];
  private readonly names = new Set<string>();
  private name = '';

  constructor(format: Format) {
    this.format = format;
  }

  family(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): this {
    if (this.names.has(name)) throw new Error(`the metric ${name} is told twice`);
    this.names.add(name);
    this.name = name;
    const bare = this.format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
    const quotes = this.format === 'openmetrics' ? special : /[\\\n]/g;
    const text = help.replaceAll(quotes, (found) => (found === '\n' ? '\\n' : `\\${found}`));
    this.lines.push(`# HELP ${bare} ${text}`, `# TYPE ${bare} ${type}`);
    return this;
  }

  /** `within`: what `labels` made, or nothing. */
  sample(value: number, within = ''): this {
    this.lines.push(`${this.name}${within === '' ? '' : `{${within}}`} ${told(value)}`);
    return this;
  }

  gauge(name: string, help: string, value: number, within = ''): void {
    this.family(name, 'gauge', help).sample(value, within);
  }

  counter(name: string, help: string, value: number, within = ''): void {
    this.family(name, 'counter', help).sample(value, within);
  }

  histogram(name: string, help: string, { bounds, counts, sum }: Histogram, within = ''): void {
    this.family(name, 'histogram', help);
    const before = within === '' ? '' : `${within},`;
    let count = 0;
    for (let at = 0; at < counts.length; at++) {
      count += counts[at]!;
      // RabbitMQ's dashboard asks for the bound "100", not "100.0", whichever format was scraped.
      this.lines.push(`${name}_bucket{${before}le="${told(bounds[at] ?? Number.POSITIVE_INFINITY)}"} ${count}`);
    }
    const rest = within === '' ? '' : `{${within}}`;
    this.lines.push(`${name}_sum${rest} ${told(sum)}`, `${name}_count${rest} ${count}`);
  }

  text(): string {
    const end = this.format === 'openmetrics' ? '# EOF\n' : '';
    return `${this.lines.join('\n')}\n${end}`;
  }
}

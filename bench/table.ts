import { type Metric, medianOf, metrics, shown } from './metrics.js';
import type { Result, Row, SinkRow } from './results.js';

/** A result as rows of text: one line for each workload and contender, the ratio behind each number of Naru's. */
export interface Table {
  readonly head: readonly string[];
  readonly lines: readonly (readonly string[])[];
}

const own = 'Naru';

function used(rows: readonly Row[]): Metric[] {
  return metrics.filter(({ key }) => rows.some(({ samples }) => samples.some((sample) => sample[key] !== undefined)));
}

/** How many times as much or as fast: `2.1×`, told at the peer's number and seen from Naru. */
function ratio(ownValue: number, peerValue: number, metric: Metric): string {
  if (metric.better === undefined || Number.isNaN(ownValue) || Number.isNaN(peerValue) || peerValue === 0) return '';
  return ` (${(ownValue / peerValue).toFixed(2)}×)`;
}

export function tableOf(result: Result): Table {
  const columns = used(result.rows);
  const sinks = new Map(result.sinks.map((sink) => [keyOf(sink), sink] as const));
  const head = ['workload', 'generator', 'broker', ...columns.map(({ title }) => title)];
  if (sinks.size > 0) head.push('generator alone');
  const lines: string[][] = [];
  let last = '';
  for (const row of ordered(result.rows)) {
    const naru = result.rows.find((other) => keyOf(other) === keyOf(row) && other.contender === own);
    const numbers = columns.map((metric) => {
      const value = medianOf(row, metric.key);
      const compared = row === naru || naru === undefined ? '' : ratio(medianOf(naru, metric.key), value, metric);
      return `${shown(value, metric)}${compared}`;
    });
    const first = keyOf(row) !== last;
    last = keyOf(row);
    const line = [first ? row.workload : '', first ? row.generator : '', row.contender, ...numbers];
    if (sinks.size > 0) {
      const alone = sinks.get(last)?.sample['rate'];
      line.push(first && alone !== undefined ? `${shown(alone, metrics[0]!)}/s` : '');
    }
    lines.push(line);
  }
  return { head, lines };
}

/** Workloads in the order they first came, and what belongs to one together. */
function ordered(rows: readonly Row[]): Row[] {
  const keys = [...new Set(rows.map(keyOf))];
  return keys.flatMap((key) => rows.filter((row) => keyOf(row) === key));
}

function keyOf(row: Row | SinkRow): string {
  return `${row.workload}\n${row.generator}`;
}

export function asText({ head, lines }: Table): string {
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]!.length)));
  const put = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column < 3 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  return [put(head), ...lines.map(put)].join('\n');
}

export function asMarkdown({ head, lines }: Table): string {
  const put = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column < 3 ? '---' : '--:'));
  return [put(head), put(rule), ...lines.map(put)].join('\n');
}

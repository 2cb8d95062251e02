/** The numbers that a workload may measure, and how tables show them. In the order of a table's columns. */
export interface Metric {
  readonly key: string;
  readonly title: string;
  readonly digits: number;
  /** Which way is good; undefined where a number is only told. */
  readonly better?: 'more' | 'less';
}

export const metrics: readonly Metric[] = [
  { key: 'rate', title: 'records/s', digits: 0, better: 'more' },
  { key: 'transactionRate', title: 'transactions/s', digits: 0, better: 'more' },
  { key: 'drainRate', title: 'drained/s', digits: 0, better: 'more' },
  { key: 'commitRate', title: 'commits/s', digits: 0, better: 'more' },
  { key: 'cpuPerMillion', title: 'CPU s/million', digits: 3, better: 'less' },
  { key: 'ackP50', title: 'ack p50 ms', digits: 2 },
  { key: 'ackP99', title: 'ack p99 ms', digits: 2, better: 'less' },
  { key: 'ackP999', title: 'ack p99.9 ms', digits: 2 },
  { key: 'endToEndP50', title: 'read p50 ms', digits: 2 },
  { key: 'endToEndP99', title: 'read p99 ms', digits: 2, better: 'less' },
  { key: 'endToEndP999', title: 'read p99.9 ms', digits: 2 },
  { key: 'coldMs', title: 'all join, ms', digits: 0, better: 'less' },
  { key: 'leaveMs', title: 'one leaves, ms', digits: 0, better: 'less' },
  { key: 'createMs', title: 'made in ms', digits: 0, better: 'less' },
  { key: 'emptyStartMs', title: 'start, empty, ms', digits: 0, better: 'less' },
  { key: 'importMs', title: 'import ms', digits: 0, better: 'less' },
  { key: 'startMs', title: 'start ms', digits: 0, better: 'less' },
  { key: 'resetMs', title: 'reset ms', digits: 1, better: 'less' },
  { key: 'closeMs', title: 'close ms', digits: 1, better: 'less' },
  { key: 'recoverMs', title: 'start after kill -9, ms', digits: 0, better: 'less' },
  { key: 'journalMb', title: 'journal read MB', digits: 0 },
  { key: 'recoveredMb', title: 'RSS then MB', digits: 0, better: 'less' },
  { key: 'idleMb', title: 'idle RSS MB', digits: 0, better: 'less' },
  { key: 'eachKb', title: 'KB each', digits: 1, better: 'less' },
  { key: 'idleCpu', title: 'idle CPU %', digits: 2, better: 'less' },
  { key: 'peakMb', title: 'peak RSS MB', digits: 0, better: 'less' },
];

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function shown(value: number, metric: Metric): string {
  if (Number.isNaN(value)) return '';
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(metric.digits);
}

export function metricOf(key: string): Metric {
  const metric = metrics.find((each) => each.key === key);
  if (metric === undefined) throw new Error(`no metric ${key}`);
  return metric;
}

/** Of the rounds of a row; NaN where it was not measured. */
export function medianOf(row: { readonly samples: readonly Readonly<Record<string, number>>[] }, key: string): number {
  const values = row.samples.map((sample) => sample[key]).filter((value) => value !== undefined);
  return values.length === 0 ? Number.NaN : median(values);
}

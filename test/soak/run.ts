import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { grouped, keep } from '../torture/figures.js';
import { soak } from './soak.js';

/**
 * `npm run soak -- --minutes 60 [--rate 1] [--keep]`: a steady load on all fronts, in which everything comes and goes, and
 * whether memory, handles and disk stay as they are. `--rate`: how many times the usual pace.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
const rate = Number(values.rate);
const everyMs = Math.min(2000, (minutes * 60_000) / 60);
const folder = await mkdtemp(join(process.env['NARU_BENCH_DIR'] ?? tmpdir(), 'naru-soak-'));
const outcome = await soak(join(folder, 'data'), minutes, rate, everyMs, console.log).finally(() =>
  rm(folder, { recursive: true, force: true }),
);
const withUnit = (value: number, unit: string): string =>
  unit === '' ? grouped(value) : `${grouped(value, 1)} ${unit}`;
const rows = outcome.watched.map(({ what, unit, first, last, trend, flat }) => [
  what,
  withUnit(first, unit),
  withUnit(last, unit),
  withUnit(trend.level, unit),
  `${trend.perHour >= 0 ? '+' : '−'}${withUnit(Math.abs(trend.perHour), unit)}`,
  flat ? 'flat' : 'grows',
]);
const columns = ['', 'first', 'last', 'falls back to', 'line, in an hour', ''];
const done = outcome.told.map(([what, count]) => `${what}: ${grouped(count)}`).join('; ');
const notes = [`${done}.`, `Warnings and errors that the broker logged: ${outcome.complaints.length}.`];
console.log([columns, ...rows].map((row) => row.join(' | ')).join('\n'));
for (const note of notes) console.log(note);
for (const complaint of outcome.complaints.slice(0, 10)) console.error(complaint);
if (values.keep) {
  keep({ name: 'soak', command: `npm run soak -- --minutes ${minutes} --rate ${rate}`, columns, rows, notes });
}
if (outcome.complaints.length > 0 || outcome.watched.some(({ flat }) => !flat)) process.exit(1);

import { type Metric, medianOf, metricOf, shown } from './metrics.js';
import type { Result, Row } from './results.js';

/** Bars of a kept result, as SVG that is read on light and on dark ground. One panel for each number worth a picture. */
const width = 820;
const labelWidth = 300;
const barWidth = 380;
const barHeight = 15;
const groupGap = 9;

/** Numbers that make a panel, at most two of them; the first that a result has come first. */
const pictured = [
  'rate',
  'drainRate',
  'commitRate',
  'transactionRate',
  'endToEndP99',
  'ackP99',
  'startMs',
  'recoverMs',
  'coldMs',
  'idleMb',
  'eachKb',
  'cpuPerMillion',
];
const panelsMax = 3;

const style = `
  text { font: 12px system-ui, sans-serif; fill: #24292f; }
  .title { font-size: 14px; font-weight: 600; }
  .small { font-size: 11px; fill: #57606a; }
  .b0 { fill: #1f7a5c; } .b1 { fill: #8c959f; } .b2 { fill: #b08c4a; } .b3 { fill: #7a7fb5; } .b4 { fill: #b3727a; } .b5 { fill: #6aa0b5; } .b6 { fill: #9a9a5a; }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .small { fill: #9da7b1; } .b0 { fill: #3fb68b; } }
`;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

class Drawing {
  private readonly parts: string[] = [];
  private readonly contenders: readonly string[];
  y = 0;

  constructor(contenders: readonly string[]) {
    this.contenders = contenders;
  }

  text(x: number, className: string, content: string, anchor = 'start'): void {
    const named = className === '' ? '' : ` class="${className}"`;
    this.parts.push(`<text x="${x}" y="${this.y}"${named} text-anchor="${anchor}">${escaped(content)}</text>`);
  }

  legend(): void {
    this.y += 20;
    let x = 10;
    this.contenders.forEach((contender, index) => {
      this.parts.push(`<rect class="b${index % 7}" x="${x}" y="${this.y - 10}" width="11" height="11" rx="2"/>`);
      this.text(x + 16, '', contender);
      x += 34 + contender.length * 6.6;
    });
  }

  panel(metric: Metric, rows: readonly Row[]): void {
    const measured = rows.filter((row) => !Number.isNaN(medianOf(row, metric.key)));
    const most = Math.max(...measured.map((row) => medianOf(row, metric.key)));
    this.y += 28;
    this.text(10, 'small', `${metric.title}${metric.better === 'less' ? ' (less is better)' : ''}`);
    let last = '';
    for (const row of measured) {
      const name = [row.workload, row.generator].filter((part) => part !== '').join(', ');
      const first = name !== last;
      last = name;
      this.y += barHeight + (first ? groupGap : 1);
      if (first) this.text(labelWidth - 8, '', name.length > 46 ? `${name.slice(0, 45)}…` : name, 'end');
      const value = medianOf(row, metric.key);
      const length = Math.max(1, Math.round((value / most) * barWidth));
      const colour = Math.max(0, this.contenders.indexOf(row.contender)) % 7;
      const box = `x="${labelWidth}" y="${this.y - barHeight + 4}" width="${length}" height="${barHeight - 2}" rx="2"`;
      this.parts.push(`<rect class="b${colour}" ${box}/>`);
      this.text(labelWidth + length + 6, 'small', shown(value, metric));
    }
  }

  finished(): string {
    const height = this.y + 16;
    const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`;
    return `${[head, `<style>${style}</style>`, ...this.parts, '</svg>'].join('\n')}\n`;
  }
}

export function chartOf(result: Result): string {
  const keys = [...new Set(result.rows.map(({ workload, generator }) => `${workload}\n${generator}`))];
  const rows = keys.flatMap((key) => result.rows.filter((row) => `${row.workload}\n${row.generator}` === key));
  const contenders = [...new Set(result.rows.map(({ contender }) => contender))];
  const drawing = new Drawing(contenders);
  drawing.y = 22;
  drawing.text(10, 'title', result.title);
  drawing.legend();
  const there = pictured.filter((key) => rows.some((row) => !Number.isNaN(medianOf(row, key))));
  // How fast it is and what that costs; how long it takes and how much it holds.
  const rated = there.filter((key) => !['endToEndP99', 'ackP99'].includes(key) || !there.includes('rate'));
  for (const key of rated.slice(0, panelsMax)) drawing.panel(metricOf(key), rows);
  return drawing.finished();
}

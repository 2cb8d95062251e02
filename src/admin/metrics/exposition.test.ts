import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from '../../lib/histogram.js';
import { Exposition, formatFor, labels } from './exposition.js';

test('a family is its help, its type and its samples', () => {
  const out = new Exposition('text');
  out
    .family('a_total', 'counter', 'How \\ many\nthere "were".')
    .sample(1, labels({ x: 1 }))
    .sample(2.5);
  out.gauge('b', 'None.', Number.POSITIVE_INFINITY);
  assert.equal(
    out.text(),
    '# HELP a_total How \\\\ many\\nthere "were".\n# TYPE a_total counter\na_total{x="1"} 1\na_total 2.5\n' +
      '# HELP b None.\n# TYPE b gauge\nb +Inf\n',
  );
});

test('OpenMetrics names a counter without its ending, quotes quotes in help, and ends', () => {
  const out = new Exposition('openmetrics');
  out.counter('a_total', 'Those "seen".', 1);
  assert.equal(out.text(), '# HELP a Those \\"seen\\".\n# TYPE a counter\na_total 1\n# EOF\n');
});

test('values of labels cannot break out of their quotes', () => {
  assert.equal(labels({ queue: 'a"b\\c\nd', n: 0 }), 'queue="a\\"b\\\\c\\nd",n="0"');
});

test('buckets of a histogram are sums up to their bound', () => {
  const out = new Exposition('text');
  const histogram = new Histogram([0.5, 100]);
  for (const value of [0.1, 0.2, 7, 1000]) histogram.observe(value);
  out.histogram('h', 'H.', histogram, labels({ p: 'x' }));
  assert.deepEqual(out.text().split('\n').slice(2, -1), [
    'h_bucket{p="x",le="0.5"} 2',
    'h_bucket{p="x",le="100"} 3',
    'h_bucket{p="x",le="+Inf"} 4',
    'h_sum{p="x"} 1007.3',
    'h_count{p="x"} 4',
  ]);
});

test('a family cannot be told twice', () => {
  const out = new Exposition('text');
  out.gauge('a', 'A.', 1);
  assert.throws(() => out.gauge('a', 'A.', 2));
});

test('the format is the one that is accepted rather', () => {
  assert.equal(formatFor(undefined), 'text');
  assert.equal(formatFor('*/*'), 'text');
  assert.equal(formatFor('text/html'), 'text');
  const prometheus = 'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75';
  assert.equal(formatFor(`${prometheus},text/plain;version=0.0.4;q=0.5,*/*;q=0.1`), 'openmetrics');
  assert.equal(formatFor('text/plain;version=0.0.4;q=0.6,application/openmetrics-text;q=0.5'), 'text');
});

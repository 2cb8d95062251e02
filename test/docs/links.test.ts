import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { documents, textOf } from './blocks.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

test('what documents link to is there', () => {
  for (const document of documents()) {
    for (const [, target] of textOf(document).matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      assert.ok(existsSync(join(root, dirname(document), target!)), `${document} links to ${target}`);
    }
  }
});

test('alerts that documents name are among the rules', () => {
  const rules = textOf('docs/grafana/alerts.yml');
  const named = [...textOf('docs/operations.md').matchAll(/`(Naru[A-Z]\w+)`/g)].map(([, name]) => name!);
  assert.notEqual(named.length, 0);
  for (const name of named) assert.ok(rules.includes(`alert: ${name}\n`), name);
});

test('options that documents name are there', async () => {
  const { optionRows } = await import('../../src/config/options.js');
  const names = new Set(optionRows.flatMap(({ name }) => [name, `no-${name}`]));
  for (const document of ['docs/operations.md', 'docs/security.md']) {
    for (const [, name] of textOf(document).matchAll(/`(?!x-)([a-z]+(?:-[a-z]+)+)`/g)) {
      if (/-(ms|max|min|bytes|grace|tls|cert|key|user)$/.test(name!))
        assert.ok(names.has(name!), `${document}: ${name}`);
    }
  }
});

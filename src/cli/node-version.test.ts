import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyTooOld } from './node-version.js';

test('a Node below the floor is named together with what is needed', () => {
  for (const version of ['14.21.3', '18.20.0', '20.18.9']) {
    assert.equal(whyTooOld(version), `naru needs Node 20.19 or newer, and this is Node ${version}`);
  }
  for (const version of ['20.19.0', '20.20.2', '22.0.0', '24.21.0', '100.1.0']) {
    assert.equal(whyTooOld(version), undefined);
  }
});

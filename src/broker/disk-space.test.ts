import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../lib/logger.js';
import { VirtualClock } from '../lib/virtual-clock.js';
import type { Files } from '../store/files.js';
import { DiskSpace } from './disk-space.js';

class Disk {
  free = 1000;
  asked = 0;

  get files(): Files {
    return {
      freeBytes: async () => {
        this.asked++;
        if (this.free < 0) throw new Error('no such disk');
        return this.free;
      },
    } as unknown as Files;
  }
}

test('a disk is low while less is free than is asked for, which is looked at again and again', async () => {
  const disk = new Disk();
  const clock = new VirtualClock();
  const space = new DiskSpace(disk.files, clock, silentLogger, 500);
  await clock.until(space.start());
  assert.equal(space.low, false);
  assert.equal(space.freeBytes, 1000);
  disk.free = 499;
  await clock.advance(10_000);
  assert.equal(space.low, true);
  disk.free = 500;
  await clock.advance(500);
  assert.equal(space.low, false, 'a disk that was low is looked at more often');
  await space.stop();
  assert.equal(clock.pending, 0);
});

test('what cannot be asked leaves things as they are', async () => {
  const disk = new Disk();
  const clock = new VirtualClock();
  const space = new DiskSpace(disk.files, clock, silentLogger, 500);
  await clock.until(space.start());
  disk.free = -1;
  await clock.advance(10_000);
  assert.equal(space.low, false);
  assert.equal(disk.asked, 2);
  disk.free = 0;
  await clock.advance(10_000);
  assert.equal(space.low, true);
  await space.stop();
});

test('without a limit the disk is looked at once, for who wants to know, and is never low', async () => {
  const disk = new Disk();
  disk.free = 0;
  const clock = new VirtualClock();
  const space = new DiskSpace(disk.files, clock, silentLogger, 0);
  await clock.until(space.start());
  assert.equal(space.low, false);
  assert.equal(clock.pending, 0);
  await space.stop();
});

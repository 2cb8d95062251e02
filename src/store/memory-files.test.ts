import { systemClock } from '../lib/clock.js';
import { SeededRandom } from '../lib/random.js';
import { powerCutFaults } from './faults.js';
import { filesContract } from './files.contract.js';
import { MemoryDisk } from './memory-disk.js';

filesContract('memory files', async () => {
  const disk = new MemoryDisk();
  return { files: disk.files, close: async () => undefined };
});

filesContract('memory files that can crash', async () => {
  const disk = new MemoryDisk(systemClock, new SeededRandom(1), powerCutFaults());
  return { files: disk.files, close: async () => undefined };
});

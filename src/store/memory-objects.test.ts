import { MemoryDisk } from './memory-disk.js';
import { objectsContract } from './objects.contract.js';

objectsContract('memory objects', async () => ({ objects: new MemoryDisk().objects, close: async () => undefined }));

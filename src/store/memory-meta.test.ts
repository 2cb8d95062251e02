import { MemoryDisk } from './memory-disk.js';
import { metaContract } from './meta.contract.js';

metaContract('memory meta', async () => ({ meta: new MemoryDisk().meta, close: async () => undefined }));

import type { DefinitionOrigin } from '../broker/definitions/definitions.js';
import { Slices } from '../lib/slices.js';
import { version } from '../lib/version.js';
import type { Api, Call } from './api.js';
import { clusterNameOf, product, rabbitVersion } from './identity.js';

/** Everything but messages: a broker may have many queues. */
const definitionBytesMax = 64 * 1024 * 1024;

/** Definitions, out and in. Whoever gets them gets what is kept of passwords too. */
export function definitionRoutes(api: Api): void {
  const originOf = (call: Call): DefinitionOrigin => ({
    product,
    version,
    rabbitVersion,
    clusterName: clusterNameOf(call.broker),
  });
  api.get('/api/definitions', 'administrator', (call) => {
    offerDownload(call);
    return call.broker.definitions.exportAll(originOf(call));
  });
  api.get('/api/definitions/:vhost', 'administrator', (call) => {
    offerDownload(call);
    return call.broker.definitions.exportVhost(call.vhost(), originOf(call));
  });
  for (const path of ['/api/definitions', '/api/definitions/:vhost']) {
    const take = async (call: Call): Promise<undefined> => {
      const { definitions, storage } = call.broker;
      const slices = new Slices(storage.clock);
      if (call.param('vhost') === '') await definitions.importAll(call.json, slices);
      else await definitions.importVhost(call.vhost(), call.json, slices);
    };
    api.post(path, 'administrator', take, definitionBytesMax);
    api.put(path, 'administrator', take, definitionBytesMax);
  }
}

/** With `download` a browser saves it under that name. */
function offerDownload(call: Call): void {
  const { download } = call.query;
  if (typeof download !== 'string' || !/^[\w.-]{1,100}$/.test(download)) return;
  call.responseHeader('content-disposition', `attachment; filename=${download}`);
}

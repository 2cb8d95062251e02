import type { Broker } from '../broker/broker.js';

/** What tools are told they talk to. */
export const product = 'Naru';

/** The version of RabbitMQ whose API this is: tools ask for it before they use what came with it. */
export const rabbitVersion = '4.2.0';

/** What the one node is called where RabbitMQ has names of nodes. */
export const nodeName = 'naru@localhost';

/** The parameter by which RabbitMQ keeps the name of a cluster. */
export const clusterNameParameter = 'cluster_name';

export function clusterNameOf({ parameters }: Broker): string {
  const named = parameters.getGlobal(clusterNameParameter)?.value;
  return typeof named === 'string' ? named : nodeName;
}

/** One wire protocol, or the admin API: what the composition root opens and closes. */
export interface Front {
  readonly name: 'kafka' | 'amqp' | 'sqs' | 'http' | 'metrics';
  /** Answers where it really listens: port 0 takes a free one. */
  listen(): Promise<Address>;
  /** Stops accepting, lets what is in flight finish within the grace time, then cuts the rest. */
  close(): Promise<void>;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:9092`, `[::1]:9092` */
export function formatAddress(address: Address): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

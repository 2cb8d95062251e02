import type { Message } from './notation.js';

/** Version 1 precedes requests of plain versions, 2 those of flexible ones; even there the client id is not compact. */
export const requestHeader: Message = {
  name: 'RequestHeader',
  versions: '1-2',
  flexible: '2+',
  fields: {
    requestApiKey: { type: 'int16' },
    requestApiVersion: { type: 'int16' },
    correlationId: { type: 'int32' },
    clientId: { type: 'string', nullable: '1+', neverCompact: true },
  },
};

export const responseHeader: Message = {
  name: 'ResponseHeader',
  versions: '0-1',
  flexible: '1+',
  fields: {
    correlationId: { type: 'int32' },
  },
};

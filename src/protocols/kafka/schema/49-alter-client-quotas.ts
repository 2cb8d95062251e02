import type { Api } from './notation.js';

/** An entity without a name is the default one of its type. */
export const alterClientQuotas: Api = {
  key: 49,
  name: 'AlterClientQuotas',
  versions: '0-1',
  flexible: '1+',
  request: {
    entries: {
      array: true,
      struct: 'AlterClientQuotasRequestEntryData',
      fields: {
        entity: {
          array: true,
          struct: 'AlterClientQuotasRequestEntityData',
          fields: {
            entityType: { type: 'string' },
            entityName: { type: 'string', nullable: '0+' },
          },
        },
        ops: {
          array: true,
          struct: 'OpData',
          fields: {
            key: { type: 'string' },
            value: { type: 'float64' },
            remove: { type: 'bool' },
          },
        },
      },
    },
    validateOnly: { type: 'bool' },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    entries: {
      array: true,
      struct: 'AlterClientQuotasResponseEntryData',
      fields: {
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: '0+', fallback: null },
        entity: {
          array: true,
          struct: 'AlterClientQuotasResponseEntityData',
          fields: {
            entityType: { type: 'string' },
            entityName: { type: 'string', nullable: '0+' },
          },
        },
      },
    },
  },
};

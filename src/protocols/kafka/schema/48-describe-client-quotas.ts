import type { Api } from './notation.js';

/** A match type of 0 names the entity, 1 asks for the default one and 2 for any. */
export const describeClientQuotas: Api = {
  key: 48,
  name: 'DescribeClientQuotas',
  versions: '0-1',
  flexible: '1+',
  request: {
    components: {
      array: true,
      struct: 'ComponentData',
      fields: {
        entityType: { type: 'string' },
        matchType: { type: 'int8' },
        match: { type: 'string', nullable: '0+' },
      },
    },
    strict: { type: 'bool' },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: '0+', fallback: null },
    entries: {
      nullable: '0+',
      array: true,
      struct: 'EntryData',
      fields: {
        entity: {
          array: true,
          struct: 'EntityData',
          fields: {
            entityType: { type: 'string' },
            entityName: { type: 'string', nullable: '0+' },
          },
        },
        values: {
          array: true,
          struct: 'ValueData',
          fields: {
            key: { type: 'string' },
            value: { type: 'float64' },
          },
        },
      },
    },
  },
};

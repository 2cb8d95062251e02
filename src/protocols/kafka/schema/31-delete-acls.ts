import type { Api } from './notation.js';

/** The answer to each filter lists all that matched it, each with an error of its own. */
export const deleteAcls: Api = {
  key: 31,
  name: 'DeleteAcls',
  versions: '0-3',
  flexible: '2+',
  request: {
    filters: {
      array: true,
      struct: 'DeleteAclsFilter',
      fields: {
        resourceTypeFilter: { type: 'int8' },
        resourceNameFilter: { type: 'string', nullable: '0+' },
        patternTypeFilter: { type: 'int8', versions: '1+', fallback: 3 },
        principalFilter: { type: 'string', nullable: '0+' },
        hostFilter: { type: 'string', nullable: '0+' },
        operation: { type: 'int8' },
        permissionType: { type: 'int8' },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    filterResults: {
      array: true,
      struct: 'DeleteAclsFilterResult',
      fields: {
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: '0+', fallback: null },
        matchingAcls: {
          array: true,
          struct: 'DeleteAclsMatchingAcl',
          fields: {
            errorCode: { type: 'int16' },
            errorMessage: { type: 'string', nullable: '0+', fallback: null },
            resourceType: { type: 'int8' },
            resourceName: { type: 'string' },
            patternType: { type: 'int8', versions: '1+', fallback: 3 },
            principal: { type: 'string' },
            host: { type: 'string' },
            operation: { type: 'int8' },
            permissionType: { type: 'int8' },
          },
        },
      },
    },
  },
};

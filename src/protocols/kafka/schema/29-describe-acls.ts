import type { Api } from './notation.js';

/** From version 1 on a pattern is literal or a prefix; what version 0 asks for is literal. */
export const describeAcls: Api = {
  key: 29,
  name: 'DescribeAcls',
  versions: '0-3',
  flexible: '2+',
  request: {
    resourceTypeFilter: { type: 'int8' },
    resourceNameFilter: { type: 'string', nullable: '0+' },
    patternTypeFilter: { type: 'int8', versions: '1+', fallback: 3 },
    principalFilter: { type: 'string', nullable: '0+' },
    hostFilter: { type: 'string', nullable: '0+' },
    operation: { type: 'int8' },
    permissionType: { type: 'int8' },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: '0+', fallback: null },
    resources: {
      array: true,
      struct: 'DescribeAclsResource',
      fields: {
        resourceType: { type: 'int8' },
        resourceName: { type: 'string' },
        patternType: { type: 'int8', versions: '1+', fallback: 3 },
        acls: {
          array: true,
          struct: 'AclDescription',
          fields: {
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

import { produce } from './00-produce.js';
import { fetch } from './01-fetch.js';
import { listOffsets } from './02-list-offsets.js';
import { metadata } from './03-metadata.js';
import { offsetCommit } from './08-offset-commit.js';
import { offsetFetch } from './09-offset-fetch.js';
import { findCoordinator } from './10-find-coordinator.js';
import { joinGroup } from './11-join-group.js';
import { heartbeat } from './12-heartbeat.js';
import { leaveGroup } from './13-leave-group.js';
import { syncGroup } from './14-sync-group.js';
import { describeGroups } from './15-describe-groups.js';
import { listGroups } from './16-list-groups.js';
import { apiVersions } from './18-api-versions.js';
import { createTopics } from './19-create-topics.js';
import { deleteTopics } from './20-delete-topics.js';
import { deleteRecords } from './21-delete-records.js';
import { initProducerId } from './22-init-producer-id.js';
import { describeConfigs } from './32-describe-configs.js';
import { createPartitions } from './37-create-partitions.js';
import { deleteGroups } from './42-delete-groups.js';
import { describeCluster } from './60-describe-cluster.js';
import { consumerProtocolAssignment, consumerProtocolSubscription } from './consumer-protocol.js';
import { groupMetadataKey, groupMetadataValue, offsetCommitKey, offsetCommitValue } from './group-records.js';
import { requestHeader, responseHeader } from './headers.js';
import type { Api, Message } from './notation.js';

/** Every declaration by the name of its file, which is also the name of the generated one. */
export const KAFKA_APIS: Readonly<Record<string, Api>> = {
  '00-produce': produce,
  '01-fetch': fetch,
  '02-list-offsets': listOffsets,
  '03-metadata': metadata,
  '08-offset-commit': offsetCommit,
  '09-offset-fetch': offsetFetch,
  '10-find-coordinator': findCoordinator,
  '11-join-group': joinGroup,
  '12-heartbeat': heartbeat,
  '13-leave-group': leaveGroup,
  '14-sync-group': syncGroup,
  '15-describe-groups': describeGroups,
  '16-list-groups': listGroups,
  '18-api-versions': apiVersions,
  '19-create-topics': createTopics,
  '20-delete-topics': deleteTopics,
  '21-delete-records': deleteRecords,
  '22-init-producer-id': initProducerId,
  '32-describe-configs': describeConfigs,
  '37-create-partitions': createPartitions,
  '42-delete-groups': deleteGroups,
  '60-describe-cluster': describeCluster,
};

export const KAFKA_MESSAGES: Readonly<Record<string, readonly Message[]>> = {
  headers: [requestHeader, responseHeader],
  'group-records': [offsetCommitKey, offsetCommitValue, groupMetadataKey, groupMetadataValue],
  'consumer-protocol': [consumerProtocolSubscription, consumerProtocolAssignment],
};

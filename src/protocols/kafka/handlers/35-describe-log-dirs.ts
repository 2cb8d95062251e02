import type { Call } from '../call.js';
import {
  type DescribableLogDirTopic,
  type DescribeLogDirsTopic,
  decodeDescribeLogDirsRequest,
  encodeDescribeLogDirsResponse,
  newDescribeLogDirsResponse,
  newDescribeLogDirsResult,
} from '../codec/35-describe-log-dirs.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsCluster } from './authorize.js';

/** Stands for "not known", as Kafka has it. */
const unknownBytes = -1;

/**
 * DescribeLogDirs: the one folder, the size of each partition in it with what is still only in the journal, and how
 * much room is left. Null asks for all partitions; those that are not there are left out, as Kafka does.
 *
 * Of several brokers in this process, each tells of the partitions it leads: who adds them up counts nothing twice.
 */
export const describeLogDirs: Handler = {
  key: ApiKey.DescribeLogDirs,
  async handle(call) {
    const { topics } = decodeDescribeLogDirsRequest(call.reader, call.version);
    const response = newDescribeLogDirsResponse();
    if (allowsCluster(call, 'describe')) {
      const result = newDescribeLogDirsResult();
      result.logDir = call.context.settings.logDir;
      result.usableBytes = await freeBytes(call);
      result.totalBytes = unknownBytes;
      result.topics = sizes(call, topics);
      response.results.push(result);
    } else response.errorCode = ErrorCode.CLUSTER_AUTHORIZATION_FAILED;
    call.respond(encodeDescribeLogDirsResponse, response);
  },
};

async function freeBytes(call: Call): Promise<number> {
  try {
    const bytes = await call.context.broker.storage.files.freeBytes();
    return Number.isSafeInteger(bytes) ? bytes : unknownBytes;
  } catch {
    return unknownBytes;
  }
}

function sizes(call: Call, asked: readonly DescribableLogDirTopic[] | null): DescribeLogDirsTopic[] {
  const { broker, nodes } = call.context;
  const { port } = call.session.connection.ends.local;
  const self = nodes.all().find((node) => node.port === port)?.id ?? nodes.controllerId;
  const wanted = asked === null ? null : new Map(asked.map(({ topic, partitions }) => [topic, new Set(partitions)]));
  const told: DescribeLogDirsTopic[] = [];
  for (const topic of broker.catalog.topics()) {
    const indexes = wanted?.get(topic.name);
    if (wanted !== null && indexes === undefined) continue;
    const partitions = topic.partitions
      .filter((partition) => nodes.leaderOf(partition) === self && (indexes?.has(partition.index) ?? true))
      .map(({ index, log }) => ({
        partitionIndex: index,
        partitionSize: log.sizeBytes,
        offsetLag: 0,
        isFutureKey: false,
      }));
    if (partitions.length > 0) told.push({ name: topic.name, partitions });
  }
  return told;
}

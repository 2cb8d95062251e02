import type { Call } from '../call.js';
import {
  decodeInitProducerIdRequest,
  encodeInitProducerIdResponse,
  type InitProducerIdRequest,
  type InitProducerIdResponse,
  newInitProducerIdResponse,
} from '../codec/22-init-producer-id.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { transactionCode } from '../errors.js';
import type { Handler } from '../handler.js';
import { allows, allowsIdempotentWrite } from './authorize.js';
import { attempt, done, durably } from './outcome.js';
import { coordinatorDurably } from './transaction-answer.js';

const none = -1;
/** Kafka's limit: the last epoch is kept back for fencing. */
const highestEpoch = 32_766;

/**
 * InitProducerId: an id for an idempotent producer, or the next incarnation of a transactional one, told when it is
 * durable that nobody else will get it. A transaction that the incarnation before left open is aborted in the same
 * bundle, so that no client has to come again for CONCURRENT_TRANSACTIONS.
 *
 * Versions: from 3 on a producer that lost track of its sequences may name its id and epoch (KIP-360). It gets the
 * same id with the next epoch; a new id if epochs are used up or the id is none that was given out. 4 knows
 * PRODUCER_FENCED.
 */
export const initProducerId: Handler = {
  key: ApiKey.InitProducerId,
  async handle(call) {
    const request = decodeInitProducerIdRequest(call.reader, call.version);
    const response = newInitProducerIdResponse();
    if (request.transactionalId === null) {
      if (allowsIdempotentWrite(call)) await idempotent(call, request, response);
      else response.errorCode = ErrorCode.CLUSTER_AUTHORIZATION_FAILED;
    } else if (!allows(call, 'write', 'transactional-id', request.transactionalId)) {
      response.errorCode = ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
    } else await transactional(call, request.transactionalId, request, response);
    if (response.errorCode !== ErrorCode.NONE) {
      response.producerId = none;
      response.producerEpoch = none;
    }
    call.respond(encodeInitProducerIdResponse, response);
  },
};

async function idempotent(call: Call, request: InitProducerIdRequest, response: InitProducerIdResponse): Promise<void> {
  const { producerId, producerEpoch } = request;
  if (producerId < 0 !== producerEpoch < 0) {
    response.errorCode = ErrorCode.INVALID_REQUEST;
    return;
  }
  const goesOn = call.context.broker.producerIds.wasTaken(producerId) && producerEpoch < highestEpoch;
  const id = goesOn ? producerId : await take(call);
  // Every client asks again after this one.
  if (id === none) response.errorCode = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
  response.producerId = id;
  response.producerEpoch = goesOn ? producerEpoch + 1 : 0;
}

async function transactional(
  call: Call,
  id: string,
  request: InitProducerIdRequest,
  response: InitProducerIdResponse,
): Promise<void> {
  const { broker } = call.context;
  const outcome = broker.transactions.init(id, request.transactionTimeoutMs, request.producerId, request.producerEpoch);
  response.errorCode = transactionCode(outcome.refusal, call.version >= 4);
  if (outcome.refusal !== null) return;
  response.producerId = outcome.producerId;
  response.producerEpoch = outcome.epoch;
  response.errorCode = await coordinatorDurably(broker);
}

async function take(call: Call): Promise<number> {
  const { broker } = call.context;
  let id = none;
  const outcome = attempt(() => {
    id = broker.producerIds.take();
  });
  return outcome === done && (await durably(broker)) === done ? id : none;
}

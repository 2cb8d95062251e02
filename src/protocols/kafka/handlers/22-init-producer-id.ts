import type { Call } from '../call.js';
import {
  decodeInitProducerIdRequest,
  encodeInitProducerIdResponse,
  type InitProducerIdRequest,
  newInitProducerIdResponse,
} from '../codec/22-init-producer-id.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsIdempotentWrite } from './authorize.js';
import { attempt, done, durably } from './outcome.js';

const none = -1;
/** Kafka's limit: the last epoch is kept back for fencing. */
const highestEpoch = 32_766;

/**
 * InitProducerId: an id for an idempotent producer, told when it is durable that nobody else will get it.
 *
 * Transactions arrive with a later release. Until then a transactional id is refused as unauthorized, the code that
 * every client takes as final, as FindCoordinator refuses its coordinator.
 *
 * Versions: from 3 on a producer that lost track of its sequences may name its id and epoch (KIP-360). It gets the
 * same id with the next epoch; a new id if epochs are used up or the id is none that was given out.
 */
export const initProducerId: Handler = {
  key: ApiKey.InitProducerId,
  async handle(call) {
    const request = decodeInitProducerIdRequest(call.reader, call.version);
    const response = newInitProducerIdResponse();
    response.errorCode = refusal(request);
    if (request.transactionalId === null && !allowsIdempotentWrite(call)) {
      response.errorCode = ErrorCode.CLUSTER_AUTHORIZATION_FAILED;
    }
    if (response.errorCode === ErrorCode.NONE) {
      const { producerId, producerEpoch } = request;
      const goesOn = call.context.broker.producerIds.wasTaken(producerId) && producerEpoch < highestEpoch;
      const id = goesOn ? producerId : await take(call);
      // Every client asks again after this one.
      if (id === none) response.errorCode = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
      response.producerId = id;
      response.producerEpoch = id === none ? none : goesOn ? producerEpoch + 1 : 0;
    } else response.producerEpoch = none;
    call.respond(encodeInitProducerIdResponse, response);
  },
};

function refusal({ transactionalId, producerId, producerEpoch }: InitProducerIdRequest): number {
  if (transactionalId === '') return ErrorCode.INVALID_REQUEST;
  if (transactionalId !== null) return ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
  return producerId < 0 === producerEpoch < 0 ? ErrorCode.NONE : ErrorCode.INVALID_REQUEST;
}

async function take(call: Call): Promise<number> {
  const { broker } = call.context;
  let id = none;
  const outcome = attempt(() => {
    id = broker.producerIds.take();
  });
  return outcome === done && (await durably(broker)) === done ? id : none;
}

import type { JsonObject, JsonValue } from '../../lib/json.js';
import type { Slices } from '../../lib/slices.js';
import type { Access } from '../access/access.js';
import type { Credential } from '../access/credential.js';
import type { Permissions } from '../access/permissions.js';
import { administratorTag } from '../access/user.js';
import { BrokerError } from '../errors.js';
import type { Parameter, Parameters } from '../parameters.js';
import type { Policies } from '../policies.js';
import { headersToJson } from '../routing/json-headers.js';
import { isReservedName, plainMetadata, predeclaredExchanges, type Vhost } from '../vhost.js';
import type { Vhosts } from '../vhosts.js';
import {
  exchangeToJson,
  policyToJson,
  queueToJson,
  userToJson,
  vhostLimitsToJson,
  vhostToJson,
} from './definition-json.js';
import {
  type BindingDefinition,
  bindingFrom,
  type ExchangeDefinition,
  exchangeFrom,
  globalParameterFrom,
  operatorPolicyComponent,
  parameterFrom,
  permissionFrom,
  policyFrom,
  type QueueDefinition,
  queueFrom,
  topicPermissionFrom,
  type UserDefinition,
  userFrom,
  type VhostDefinition,
  vhostFrom,
  vhostLimitsComponent,
  vhostLimitsFrom,
} from './definition-shapes.js';
import { InvalidDefinition, JsonFields } from './json-fields.js';

/** As much of the queues as definitions are about. */
export interface DefinedQueues {
  /** Those that outlive the process and are nobody's alone. */
  definitions(vhost: string): Iterable<QueueDefinition>;
  /** The number that bindings lead to. */
  destination(vhost: string, name: string): number | undefined;
  /** One that is there already stays as it is. Answers why there cannot be such a queue, for people. */
  declare(queue: QueueDefinition): string | null;
}

export interface DefinitionParts {
  readonly access: Access;
  readonly permissions: Permissions;
  readonly vhosts: Vhosts;
  readonly policies: Policies;
  readonly parameters: Parameters;
  readonly queues: DefinedQueues;
}

/** Who exports. */
export interface DefinitionOrigin {
  readonly product: string;
  readonly version: string;
  /** The version of RabbitMQ whose format this is. */
  readonly rabbitVersion: string;
  readonly clusterName: string;
}

/**
 * Everything but messages, in the JSON that RabbitMQ exports and imports: users, virtual hosts, permissions, parameters,
 * policies, exchanges, queues and bindings.
 *
 * What is imported is added to what is there and replaces what has the same name; nothing is taken away. It is all in
 * one bundle of the journal; a mistake that shows only half-way (a binding to a queue that nobody defines) leaves what
 * came before it, as in RabbitMQ.
 */
export class Definitions {
  private readonly parts: DefinitionParts;

  constructor(parts: DefinitionParts) {
    this.parts = parts;
  }

  // Export.

  exportAll(origin: DefinitionOrigin): JsonObject {
    const { access, permissions, parameters } = this.parts;
    const vhosts = [...this.parts.vhosts.all()];
    return {
      ...originToJson(origin),
      rabbitmq_definition_format: 'cluster',
      original_cluster_name: origin.clusterName,
      explanation: `Definitions of cluster '${origin.clusterName}'`,
      users: Array.from(access.users(), userToJson),
      vhosts: vhosts.map(vhostToJson),
      permissions: Array.from(permissions.all(), (permission): JsonObject => ({ ...permission })),
      topic_permissions: Array.from(permissions.allTopics(), (permission): JsonObject => ({ ...permission })),
      parameters: vhosts.flatMap((vhost) => this.parametersOf(vhost)),
      global_parameters: Array.from(parameters.allGlobal(), (parameter): JsonObject => ({ ...parameter })),
      ...this.contentsOf(vhosts),
    };
  }

  exportVhost(vhost: Vhost, origin: DefinitionOrigin): JsonObject {
    const { description, metadata } = vhostToJson(vhost);
    const within = { ...this.contentsOf([vhost]), parameters: this.parametersOf(vhost) };
    const without = Object.entries(within).map(([name, list]): [string, JsonValue] => [name, list.map(withoutVhost)]);
    return {
      ...originToJson(origin),
      rabbitmq_definition_format: 'single_virtual_host',
      original_vhost_name: vhost.name,
      explanation: `Definitions of virtual host '${vhost.name}'`,
      metadata: metadata!,
      description: description!,
      limits: vhostLimitsToJson(vhost.limits),
      ...Object.fromEntries(without),
    };
  }

  private contentsOf(vhosts: readonly Vhost[]): Record<string, readonly JsonObject[]> {
    const { policies, queues } = this.parts;
    return {
      policies: vhosts.flatMap(({ name }) => Array.from(policies.all('policy', name), policyToJson)),
      queues: vhosts.flatMap(({ name }) => Array.from(queues.definitions(name), queueToJson)),
      exchanges: vhosts.flatMap(({ name, router }) =>
        [...router.exchanges()]
          .filter((exchange) => exchange.durable && !isReservedName(exchange.name))
          .map((exchange) => exchangeToJson(exchange, name)),
      ),
      bindings: vhosts.flatMap((vhost) => this.bindingsOf(vhost)),
    };
  }

  /** Those between what outlives the process. */
  private bindingsOf({ name: vhost, router }: Vhost): JsonObject[] {
    const { queues } = this.parts;
    const lasting = new Map<number, string>();
    for (const { name } of queues.definitions(vhost)) {
      const number = queues.destination(vhost, name);
      if (number !== undefined) lasting.set(number, name);
    }
    const told: JsonObject[] = [];
    for (const { durable, name: source, outgoing } of router.exchanges()) {
      if (!durable) continue;
      for (const { destination, key, arguments: args } of outgoing.values()) {
        const toExchange = typeof destination === 'string';
        const name = toExchange ? destination : lasting.get(destination);
        if (name === undefined || (toExchange && router.find(name)?.durable !== true)) continue;
        told.push({
          source,
          vhost,
          destination: name,
          destination_type: toExchange ? 'exchange' : 'queue',
          routing_key: key,
          arguments: headersToJson(args),
        });
      }
    }
    return told;
  }

  /** Limits and operators' policies among them, as RabbitMQ has it. */
  parametersOf({ name: vhost, limits }: Vhost): JsonObject[] {
    const told: JsonObject[] = [];
    const limited = vhostLimitsToJson(limits);
    if (Object.keys(limited).length > 0) {
      told.push({ vhost, component: vhostLimitsComponent, name: 'limits', value: limited });
    }
    for (const policy of this.parts.policies.all('operator-policy', vhost)) {
      const { vhost: _vhost, name, ...value } = policyToJson(policy);
      told.push({ vhost, component: operatorPolicyComponent, name: name!, value });
    }
    for (const parameter of this.parts.parameters.all()) if (parameter.vhost === vhost) told.push({ ...parameter });
    return told;
  }

  // Import.

  /**
   * All that `json` defines; throws InvalidDefinition. With `slices` others come in between, and may find a part of it:
   * 10,000 queues take most of a second.
   */
  async importAll(json: JsonValue, slices: Slices | null = null): Promise<void> {
    const fields = new JsonFields(json, 'definitions');
    const users = fields.list('users').map((user) => userFrom(user));
    const vhosts = fields.list('vhosts').map(vhostFrom);
    const permissions = await readEach(fields, 'permissions', slices, (each) =>
      permissionFrom(each, each.text('user'), vhostOf(each)),
    );
    const topics = await readEach(fields, 'topic_permissions', slices, (each) =>
      topicPermissionFrom(each, each.text('user'), vhostOf(each)),
    );
    const globals = await readEach(fields, 'global_parameters', slices, globalParameterFrom);
    const contents = await readContents(fields, null, slices);
    const made = await this.credentialsFor(users);
    await refusing(async () => {
      this.putUsers(users, made);
      for (const vhost of vhosts) this.putVhost(vhost);
      await putEach(permissions, slices, ({ user, vhost, ...permission }) => {
        this.checkUser(user);
        this.parts.permissions.set(user, this.vhostNamed(vhost).name, permission);
      });
      await putEach(topics, slices, ({ user, vhost, exchange, ...permission }) => {
        this.checkUser(user);
        this.parts.permissions.setTopic(user, this.vhostNamed(vhost).name, exchange, permission);
      });
      for (const { name, value } of globals) this.parts.parameters.setGlobal(name, value);
      await this.putContents(contents, slices);
    });
  }

  /** What `json` defines of one virtual host, whichever it was exported from; throws InvalidDefinition. */
  async importVhost(vhost: Vhost, json: JsonValue, slices: Slices | null = null): Promise<void> {
    const contents = await readContents(new JsonFields(json, 'definitions'), vhost.name, slices);
    await refusing(() => this.putContents(contents, slices));
  }

  private async credentialsFor(users: readonly UserDefinition[]): Promise<Map<UserDefinition, readonly Credential[]>> {
    const { access } = this.parts;
    const made = new Map<UserDefinition, readonly Credential[]>();
    for (const user of users) {
      const fault =
        access.nameFault(user.name) ?? (user.password === null ? null : access.passwordFault(user.password));
      if (fault !== null) throw new InvalidDefinition(`user ${user.name}: ${fault}`);
      made.set(user, user.password === null ? user.credentials : await access.credentialsFor(user.password));
    }
    return made;
  }

  private putUsers(users: readonly UserDefinition[], made: ReadonlyMap<UserDefinition, readonly Credential[]>): void {
    const { access } = this.parts;
    const administrators = users.filter(({ tags }) => tags.includes(administratorTag));
    if ([...access.users()].length === 0 && users.length > 0 && administrators.length === 0) {
      // The first one would become an administrator, which nobody asked for.
      throw new InvalidDefinition('there has to be an administrator among the users');
    }
    for (const user of new Set([...administrators, ...users])) {
      const before = access.user(user.name);
      const demotion =
        before !== undefined && !user.tags.includes(administratorTag) ? access.demotionFault(before) : null;
      if (demotion !== null) throw new InvalidDefinition(`user ${user.name}: ${demotion}`);
      const { tags, limits, saltedHash } = user;
      access.putUser(
        user.name,
        made.get(user) ?? [],
        undefined,
        saltedHash === null ? { tags, limits } : { tags, limits, saltedHash },
      );
    }
  }

  private putVhost({ name, metadataAfter }: VhostDefinition): void {
    const { vhosts } = this.parts;
    const present = vhosts.get(name);
    if (present === undefined) vhosts.create(name, metadataAfter(plainMetadata));
    else vhosts.describe(present, metadataAfter(present.metadata));
  }

  private checkUser(name: string): void {
    const { access } = this.parts;
    if (access.user(name) !== undefined || access.options.knowsOthers) return;
    throw new InvalidDefinition(`there is no user ${name}, whom permissions are defined for`);
  }

  private vhostNamed(name: string): Vhost {
    const vhost = this.parts.vhosts.get(name);
    if (vhost !== undefined) return vhost;
    throw new InvalidDefinition(`Please create virtual host "${name}" prior to importing definitions.`);
  }

  private async putContents(contents: Contents, slices: Slices | null): Promise<void> {
    await putEach(contents.exchanges, slices, (exchange) => this.putExchange(exchange));
    await putEach(contents.policies, slices, (policy) =>
      this.parts.policies.set('policy', { ...policy, vhost: this.vhostNamed(policy.vhost).name }),
    );
    await putEach(contents.parameters, slices, (parameter) => this.putParameter(parameter));
    await putEach(contents.queues, slices, (queue) => this.putQueue(queue));
    await putEach(contents.bindings, slices, (binding) => this.putBinding(binding));
  }

  private putParameter(parameter: Parameter): void {
    const vhost = this.vhostNamed(parameter.vhost);
    const { component, name, value } = parameter;
    if (component === vhostLimitsComponent) {
      this.parts.vhosts.limit(vhost, vhostLimitsFrom(value, `limits of ${vhost.name}`));
    } else if (component === operatorPolicyComponent) {
      const policy = policyFrom(new JsonFields(value, `operator policy ${name}`), true, { vhost: vhost.name, name });
      this.parts.policies.set('operator-policy', policy);
    } else this.parts.parameters.set(parameter);
  }

  /** The broker's own are there already. */
  private putExchange({ vhost, ...exchange }: ExchangeDefinition): void {
    const { router } = this.vhostNamed(vhost);
    if (exchange.name !== '' && !isReservedName(exchange.name)) router.declare(exchange);
  }

  private putQueue(queue: QueueDefinition): void {
    const vhost = this.vhostNamed(queue.vhost);
    if (isReservedName(queue.name)) return;
    const fault = this.parts.queues.declare(queue);
    if (fault !== null) throw new InvalidDefinition(`queue '${queue.name}' in virtual host '${vhost.name}': ${fault}`);
  }

  private putBinding(binding: BindingDefinition): void {
    const { router, name: vhost } = this.vhostNamed(binding.vhost);
    if (binding.source === '') return;
    const destination = binding.toExchange
      ? binding.destination
      : this.parts.queues.destination(vhost, binding.destination);
    if (destination === undefined) {
      throw new InvalidDefinition(
        `no queue '${binding.destination}' in vhost '${vhost}', which is bound to '${binding.source}'`,
      );
    }
    router.bind(binding.source, destination, binding.key, binding.arguments);
  }
}

interface Contents {
  readonly exchanges: readonly ExchangeDefinition[];
  readonly policies: readonly ReturnType<typeof policyFrom>[];
  readonly parameters: readonly Parameter[];
  readonly queues: readonly QueueDefinition[];
  readonly bindings: readonly BindingDefinition[];
}

/** `vhost` is where it all goes; null goes by what each says. */
async function readContents(fields: JsonFields, vhost: string | null, slices: Slices | null): Promise<Contents> {
  const placeOf = (each: JsonFields): string => vhost ?? vhostOf(each);
  const own = new Set(predeclaredExchanges.map(({ name }) => name));
  const exchanges = await readEach(fields, 'exchanges', slices, (each) =>
    exchangeFrom(each, placeOf(each), each.text('name')),
  );
  return {
    exchanges: exchanges.filter(({ name }) => !own.has(name)),
    policies: await readEach(fields, 'policies', slices, (each) =>
      policyFrom(each, false, { vhost: placeOf(each), name: each.text('name') }),
    ),
    parameters: await readEach(fields, 'parameters', slices, (each) => parameterFrom(each, placeOf(each))),
    queues: await readEach(fields, 'queues', slices, (each) => queueFrom(each, placeOf(each), each.text('name'))),
    bindings: await readEach(fields, 'bindings', slices, (each) => bindingFrom(each, placeOf(each))),
  };
}

async function readEach<T>(
  fields: JsonFields,
  list: string,
  slices: Slices | null,
  read: (each: JsonFields) => T,
): Promise<T[]> {
  const found: T[] = [];
  for (const [at, value] of fields.list(list).entries()) {
    if (slices?.due === true) await slices.rest();
    found.push(read(new JsonFields(value, `${list}[${at}]`)));
  }
  return found;
}

async function putEach<T>(list: readonly T[], slices: Slices | null, put: (each: T) => void): Promise<void> {
  for (const each of list) {
    if (slices?.due === true) await slices.rest();
    put(each);
  }
}

function vhostOf(fields: JsonFields): string {
  if (fields.has('vhost')) return fields.text('vhost');
  throw new InvalidDefinition('Virtual host does not exist and is not specified in definitions file.');
}

/** What the broker refuses is a mistake in what is imported, unless the storage is what refuses. */
async function refusing(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof BrokerError) || /^(storage-|closing|damaged)/.test(error.code)) throw error;
    throw new InvalidDefinition(error.message, { cause: error });
  }
}

function originToJson({ product, version, rabbitVersion }: DefinitionOrigin): JsonObject {
  return {
    rabbit_version: rabbitVersion,
    rabbitmq_version: rabbitVersion,
    product_name: product,
    product_version: version,
  };
}

function withoutVhost({ vhost: _vhost, ...rest }: JsonObject): JsonObject {
  return rest;
}

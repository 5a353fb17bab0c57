import { PanelForbiddenError } from '@sluice/panel-http';
import {
  type ApplyContext,
  expectRows,
  type Inventory,
  type KnownList,
  type TargetState,
  type ObserveOptions,
  maskedUrl,
  type Observation,
  openClient,
  type Panel,
  type PanelDependencies,
  type PanelEntry,
  type PanelFacets,
  type PanelKind,
  type PanelToOpen,
  type Plan,
  SluiceError,
  type Step,
  type StepOutcome,
  transportOptions,
  type UsageAnswer,
  type UsageRequest,
} from '@sluice/panel-kind';
import type { ActionRecord, ServiceRecord } from '@sluice/quota-core';
import { createHiddifyClient } from '../client/create-client.js';
import type { HiddifyUserList } from '../client/records.js';
import type { HiddifyClient, HiddifyClientOptions } from '../client/types.js';
import { isAgentTrafficError } from '../errors.js';
import { findAddon } from './addon.js';
import { HiddifyAgents } from './agents.js';
import { performStep, WriteTurn } from './apply.js';
import { MOST_BYTES } from '../client/check-user.js';
import { findLimit, parseCheckpoint, toCheckpoint } from './checkpoint.js';
import { checkContract } from './contract.js';
import { createInventory, toEntries } from './inventory.js';
import { HiddifyLists, type HiddifyState, type UserReading } from './lists.js';
import { planUser } from './plan.js';
import { createUuid, findProblem, toLimit } from './product.js';
import { outcomeWhenDone, resolveAction } from './resolve.js';
import { type HiddifySettings, toAgentRules, USER_REF } from './settings.js';
import { toUsageAnswer } from './usage.js';

/** Opens the adapter of a Hiddify panel (docs/panels/hiddify.md, 3 and 4). */
export function openHiddifyPanel(kind: PanelKind, panel: PanelToOpen, dependencies: PanelDependencies): HiddifyPanel {
  const client = createClient(panel.name, toClientOptions(panel, dependencies));
  return new HiddifyPanel(kind, panel, client, dependencies);
}

/** Names the config key of an address or key that can't be valid. */
function createClient(name: string, options: HiddifyClientOptions): HiddifyClient {
  try {
    return openClient(name, () => createHiddifyClient(options));
  } catch (error) {
    if (!isAgentTrafficError(error)) throw error;
    const key = error.code === 'invalid_key' ? 'apiKey' : 'url';
    throw new SluiceError(error.code, `panels.${name}.${key}: ${error.message}`, { kind: 'panel', cause: error });
  }
}

/** Returns the options of the clients of API v2 and of the add-on. */
function toClientOptions(panel: PanelToOpen, dependencies: PanelDependencies): HiddifyClientOptions {
  const settings = panel.settings as HiddifySettings;
  return {
    panel: panel.name,
    baseUrl: settings.url,
    allowHttp: settings.allowHttp,
    apiKey: dependencies.secret(settings.apiKey, `panels.${panel.name}.apiKey`),
    newUuid: () => createUuid(dependencies.randomBytes),
    // By default 30 s for a call and 180 s for a list, because lists have no pages.
    ...(settings.timeout === undefined ? {} : { listTimeoutMs: settings.timeout * 6 }),
    ...transportOptions(panel, dependencies),
  };
}

/** The adapter of a Hiddify panel, whose users are services. */
export class HiddifyPanel implements Panel<HiddifyState> {
  readonly name: string;
  /** Without the secret path. */
  readonly url: string;
  readonly agents: HiddifyAgents;
  readonly #config: HiddifySettings;
  readonly #timeZone: string;
  readonly #lists: HiddifyLists;
  readonly #turn: WriteTurn;

  constructor(
    readonly kind: PanelKind,
    panel: PanelToOpen,
    private readonly client: HiddifyClient,
    private readonly dependencies: PanelDependencies,
  ) {
    const { name, timeZone } = panel;
    this.name = name;
    this.url = maskedUrl(kind, panel.settings.url);
    this.#config = panel.settings as HiddifySettings;
    this.#timeZone = timeZone;
    this.#lists = new HiddifyLists(name, client, dependencies.clock);
    this.inventory = createInventory(client, panel);
    const turn = new WriteTurn(dependencies.clock);
    this.#turn = turn;
    const { addon = false } = this.#config.agents ?? {};
    const prefix = addon === true || addon === false ? {} : addon;
    this.agents = new HiddifyAgents({
      name,
      client,
      clock: dependencies.clock,
      rules: toAgentRules(this.#config, timeZone),
      findAddon: addon === false ? null : () => findAddon({ ...toClientOptions(panel, dependencies), ...prefix }),
      turn: (work) => turn.run(work),
    });
  }

  /** Checks address, path, key and role. Limits of agents need the Owner's key. */
  async test(): Promise<{ message: string; warnings: string[] }> {
    const { access, name, role, version, warnings } = await this.client.probe();
    if (access === 'limited' && this.#config.agents !== undefined) {
      throw new PanelForbiddenError(
        `The key (apiKey) of panel "${this.name}" belongs to "${name}" (${role}), not to the Owner: limits of agents need the Owner's key.`,
        { panel: this.name, endpoint: 'GET /api/v2/admin/me/', status: 200 },
      );
    }
    const whose = access === 'owner' ? "the Owner's key" : `the key of a ${role}`;
    // `config check` warns of plain http.
    const own = warnings.filter((warning) => !this.client.warnings.includes(warning));
    return { message: `${whose}, version ${version ?? 'unknown'}`, warnings: own };
  }

  async readUsage(
    requests: UsageRequest[],
    onAnswer: (service: string, answer: UsageAnswer) => void,
    signal: AbortSignal,
    { allowShort } = { allowShort: false },
  ): Promise<void> {
    if (requests.length === 0) return;
    const alone = requests.length === 1;
    if (!alone) await this.#lists.refresh(allowShort ? null : expectRows(requests.flatMap(listRows)), signal);
    const services = requests.map(({ service }) => service);
    const readings = await this.#lists.read(services, signal, { alone });
    for (const request of requests) {
      const reading = readings.get(request.service.id);
      if (reading) onAnswer(request.service.id, toUsageAnswer(request, reading, this.#timeZone));
    }
  }

  async observe(
    services: ServiceRecord[],
    signal: AbortSignal,
    options?: ObserveOptions,
  ): Promise<Map<string, Observation<HiddifyState>>> {
    if (services.length === 0) return new Map();
    const alone = options?.refresh === true || services.length === 1;
    const readings = await this.#lists.read(services, signal, { alone, open: options?.open });
    return new Map([...readings].map(([id, reading]) => [id, toObservation(id, reading)]));
  }

  plan(target: TargetState, observation: Observation<HiddifyState>): Plan {
    return planUser(target, observation);
  }

  isUnlimited({ state }: Observation<HiddifyState>): boolean | null {
    return state?.user == null ? null : state.user.limitBytes >= MOST_BYTES;
  }

  isTooLow(target: TargetState, observation: Observation<HiddifyState> | null): boolean {
    const wanted = toLimit(target);
    const limitBytes = observation === null ? findLimit(target) : (observation.state?.user?.limitBytes ?? null);
    return limitBytes === null || (wanted !== null && limitBytes < wanted);
  }

  resolve(action: ActionRecord, observation: Observation<HiddifyState>): StepOutcome | null {
    return resolveAction(action, observation);
  }

  apply(service: ServiceRecord, step: Step, context: ApplyContext): Promise<StepOutcome> {
    const { client } = this;
    const { clock } = this.dependencies;
    return this.#turn.run(() => performStep({ client, clock }, service, step, context));
  }

  readonly snapshot = { paged: false };
  readonly inventory: Inventory;
  readonly contract: PanelFacets['contract'] = {
    check: (services, signal) => checkContract(this.client, services, { toEntries: this.#toEntries, signal }),
  };
  readonly accounts: PanelFacets<HiddifyState>['accounts'] = {
    newRefs: (_service, _product, randomBytes) => ({ [USER_REF]: createUuid(randomBytes) }),
    exists: ({ state }) => state && state.user !== null,
    check: findProblem,
    doneOutcome: outcomeWhenDone,
  };
  readonly names: PanelFacets['names'] = { of: (service) => this.#lists.findName(service) };
  readonly history: PanelFacets<HiddifyState>['history'] = {
    checkpoint: (target, observation) => toCheckpoint(target, observation, toLimit(target)),
    removes: ({ type, state }) => type === 'delete-user' && state === 'applied',
  };

  readonly #toEntries = (list: HiddifyUserList): PanelEntry[] =>
    toEntries(list, { name: this.name, timeZone: this.#timeZone });

  resources(service: ServiceRecord): string[] {
    const uuid = service.refs[USER_REF];
    return uuid === undefined ? [] : [`user:${uuid}`];
  }

  close(): void {
    this.client.close();
  }
}

/** Returns the length of the list that was last seen with a service. */
function listRows({ checkpoint, removed }: UsageRequest): KnownList[] {
  const last = parseCheckpoint(checkpoint);
  return last?.rows == null ? [] : [{ at: last.at, rows: last.rows, removed }];
}

function toObservation(service: string, reading: UserReading): Observation<HiddifyState> {
  if ('error' in reading) return { service, at: reading.at, state: null, error: reading.error };
  const { at, user, rows } = reading;
  return { service, at, state: { user, rows }, error: null };
}

import { findAddon } from '../addon/addon-backend.js';
import { createHiddifyClient } from '../client/create-client.js';
import type { HiddifyClient } from '../client/types.js';
import { isAgentTrafficError } from '../errors.js';
import { agentRules } from '../traffic/settings.js';
import { PanelForbiddenError } from '@sluice/panel-http';
import type { ActionRecord, ServiceRecord } from '@sluice/quota-core';
import {
  type ApplyContext,
  type Desired,
  type Look,
  type Observation,
  type Panel,
  type PanelDependencies,
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
import { performStep, WriteTurn } from './hiddify-apply.js';
import { HiddifyAgents } from './hiddify-agents.js';
import { checkContract } from './hiddify-contract.js';
import { HiddifyLists, type Sight } from './hiddify-lists.js';
import { checkpointIn, checkpointOf } from './hiddify-checkpoint.js';
import { planHiddify } from './hiddify-plan.js';
import { limitOf, orderProblem, uuidOf } from './hiddify-product.js';
import { outcomeWhenDone, resolveHiddify } from './hiddify-resolve.js';
import type { HiddifyState } from './hiddify-state.js';
import { USER_REF } from '../steps/user-actions.js';
import { usageAnswer } from './hiddify-usage.js';
import type { HiddifySettings } from './settings.js';

/** Opens the adapter of a Hiddify panel (docs/panels/hiddify.md, 3 and 4). */
export function openHiddifyPanel(kind: PanelKind, panel: PanelToOpen, dependencies: PanelDependencies): HiddifyPanel {
  const client = openClient(panel.name, clientOptions(panel, dependencies));
  return new HiddifyPanel(kind, panel, client, dependencies);
}

/** An address or key that can be none is told with the config key that it stands under; nothing is called. */
function openClient(name: string, options: Parameters<typeof createHiddifyClient>[0]): HiddifyClient {
  try {
    return createHiddifyClient(options);
  } catch (error) {
    if (!isAgentTrafficError(error)) throw error;
    const key = error.code === 'invalid_key' ? 'apiKey' : 'url';
    throw new SluiceError(error.code, `panels.${name}.${key}: ${error.message}`, { kind: 'panel', cause: error });
  }
}

/** What the client of API v2 and that of the add-on are opened with. */
export function clientOptions(
  panel: PanelToOpen,
  dependencies: PanelDependencies,
): Parameters<typeof createHiddifyClient>[0] {
  const settings = panel.settings as HiddifySettings;
  return {
    panel: panel.name,
    baseUrl: settings.url,
    allowHttp: settings.allowHttp,
    apiKey: dependencies.secret(settings.apiKey, `panels.${panel.name}.apiKey`),
    newUuid: () => uuidOf(dependencies.randomBytes),
    // By default 30 s a call and 180 s a list, which the panel has no pages for.
    ...(settings.timeout === undefined ? {} : { listTimeoutMs: settings.timeout * 6 }),
    ...transportOptions(panel, dependencies),
  };
}

/** Users of a Hiddify panel as services. */
export class HiddifyPanel implements Panel<HiddifyState> {
  readonly kind: PanelKind;
  readonly name: string;
  /** Without the secret path. */
  readonly url: string;
  readonly client: HiddifyClient;
  readonly agents: HiddifyAgents;
  readonly #config: HiddifySettings;
  readonly #timeZone: string;
  readonly #dependencies: PanelDependencies;
  readonly #lists: HiddifyLists;
  readonly #turn: WriteTurn;

  constructor(kind: PanelKind, panel: PanelToOpen, client: HiddifyClient, dependencies: PanelDependencies) {
    const { name, timeZone } = panel;
    this.kind = kind;
    this.name = name;
    this.url = `${new URL(panel.settings.url).origin}/***/`;
    this.client = client;
    this.#config = panel.settings as HiddifySettings;
    this.#timeZone = timeZone;
    this.#dependencies = dependencies;
    this.#lists = new HiddifyLists(name, client, dependencies.clock);
    const turn = new WriteTurn(dependencies.clock);
    this.#turn = turn;
    const { addon = false } = this.#config.agents ?? {};
    const prefix = addon === true || addon === false ? {} : addon;
    this.agents = new HiddifyAgents({
      name,
      client,
      clock: dependencies.clock,
      rules: agentRules(this.#config, timeZone),
      findAddon: addon === false ? null : () => findAddon({ ...clientOptions(panel, dependencies), ...prefix }),
      turn: (work) => turn.run(work),
    });
  }

  /** Address, path, key and role; where limits of agents are to be kept, it has to be the Owner's key. */
  async test(): Promise<{ message: string }> {
    const { access, name, role, version, warnings } = await this.client.probe();
    if (access === 'limited' && this.#config.agents !== undefined) {
      throw new PanelForbiddenError(
        `The key (apiKey) of panel "${this.name}" is that of "${name}" (${role}), not the Owner's: no limits of agents can be kept with it. Use the Owner's key.`,
        { panel: this.name, endpoint: 'GET /api/v2/admin/me/', status: 200 },
      );
    }
    const whose = access === 'owner' ? "the Owner's key" : `the key of a ${role}`;
    return { message: [`${whose}, version ${version ?? 'unknown'}`, ...warnings].join('; ') };
  }

  async readUsage(
    requests: UsageRequest[],
    onAnswer: (service: string, answer: UsageAnswer) => void,
    signal: AbortSignal,
    { allowShort } = { allowShort: false },
  ): Promise<void> {
    if (requests.length === 0) return;
    const alone = requests.length === 1;
    if (!alone) await this.#lists.read(allowShort ? null : lastRows(requests), signal);
    const services = requests.map(({ service }) => service);
    const seen = await this.#lists.see(services, signal, alone);
    for (const request of requests) {
      const sight = seen.get(request.service.id);
      if (sight) onAnswer(request.service.id, usageAnswer(request, sight, this.#timeZone));
    }
  }

  async observe(
    services: ServiceRecord[],
    signal: AbortSignal,
    look?: Look,
  ): Promise<Map<string, Observation<HiddifyState>>> {
    if (services.length === 0) return new Map();
    const alone = look?.fresh === true || services.length === 1;
    const seen = await this.#lists.see(services, signal, alone);
    return new Map([...seen].map(([id, sight]) => [id, observationOf(id, sight)]));
  }

  plan(desired: Desired, observation: Observation<HiddifyState>): Plan {
    return planHiddify(desired, observation);
  }

  resolve(action: ActionRecord, observation: Observation<HiddifyState>): StepOutcome | null {
    return resolveHiddify(action, observation);
  }

  apply(service: ServiceRecord, step: Step, context: ApplyContext): Promise<StepOutcome> {
    const { client } = this;
    const { clock } = this.#dependencies;
    return this.#turn.run(() => performStep({ client, clock }, service, step, context));
  }

  readonly snapshot = { paged: false };
  readonly contract: PanelFacets['contract'] = {
    check: (services, signal) => checkContract(this.client, services, signal),
  };
  readonly accounts: PanelFacets<HiddifyState>['accounts'] = {
    newRefs: (_service, _product, randomBytes) => ({ [USER_REF]: uuidOf(randomBytes) }),
    exists: ({ state }) => state && state.user !== null,
    check: orderProblem,
    doneOutcome: outcomeWhenDone,
  };
  readonly history: PanelFacets<HiddifyState>['history'] = {
    checkpoint: (desired, observation) => checkpointOf(desired, observation, limitOf(desired)),
    removes: ({ type, state }) => type === 'delete-user' && state === 'applied',
  };

  resources(service: ServiceRecord): string[] {
    const uuid = service.refs[USER_REF];
    return uuid === undefined ? [] : [`user:${uuid}`];
  }

  close(): void {
    this.client.close();
  }
}

/** The list at the last look of these services; the newest of them counts. */
function lastRows(requests: readonly UsageRequest[]): number | null {
  let newest: { at: string; rows: number } | null = null;
  for (const { seen } of requests) {
    const kept = checkpointIn(seen);
    if (kept?.rows != null && (newest === null || kept.at > newest.at)) newest = { at: kept.at, rows: kept.rows };
  }
  const removed = Math.max(0, ...requests.map((request) => request.removed));
  return newest === null ? null : Math.max(0, newest.rows - removed);
}

function observationOf(service: string, sight: Sight): Observation<HiddifyState> {
  if ('error' in sight) return { service, at: sight.at, state: null, error: sight.error };
  const { at, user, rows } = sight;
  return { service, at, state: { user, rows }, error: null };
}

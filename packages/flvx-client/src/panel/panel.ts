import {
  type ApplyContext,
  failedStep,
  isoNow,
  type Lookups,
  type Observation,
  type ObserveOptions,
  openClient,
  type Panel,
  type PanelDependencies,
  type PanelFacets,
  type PanelKind,
  type PanelTestAnswer,
  type PanelToOpen,
  type Plan,
  type Refresh,
  type Step,
  type StepOutcome,
  type TargetState,
  throwWithCredentialKey,
  transportOptions,
  type UsageAnswer,
  type UsageRequest,
} from '@sluice/panel-kind';
import type { ActionRecord, ServiceRecord } from '@sluice/quota-core';
import type { FlvxClient, FlvxOptions } from '../client/client.js';
import { createFlvxClient } from '../client/create-flvx-client.js';
import { adoption, applyStep, outcomeWhenDone, resolveAction } from './apply.js';
import { findPausedByCustomer, parseCheckpoint, toCheckpoint } from './checkpoint.js';
import {
  listResources,
  observeNow,
  type ReadingTools,
  type ServiceObservation,
  type TimedObservation,
} from './observation.js';
import { createInventory } from './inventory.js';
import { checkContract, createLookups, testPanel } from './lists.js';
import { findKnownSpeed } from './known-speed.js';
import { planService } from './plan.js';
import { UNLIMITED_QUOTA } from '../client/records.js';
import {
  checkProduct,
  toCredentials,
  toFlvxProduct,
  unguessableName,
  type FlvxDefaults,
  type FlvxSettings,
} from './product.js';
import { listCreatedLimits } from './speed.js';
import { createRefresh } from './refresh.js';
import { findQuota, toPanelQuota } from './usage.js';
import { RunLists } from './run-lists.js';
import { RunSnapshot } from './run-snapshot.js';
import { findKeptRows } from './kept-rows.js';
import { UnchangedAccounts } from './unchanged.js';

/** Opens an FLVX panel. */
export function openFlvxPanel(kind: PanelKind, panel: PanelToOpen, dependencies: PanelDependencies): FlvxPanel {
  const { name, products } = panel;
  const settings = panel.settings as FlvxSettings;
  const { timeouts: _timeouts, ...transport } = transportOptions(panel, dependencies);
  const { timeout } = settings;
  const options: FlvxOptions = {
    panel: name,
    baseUrl: settings.url,
    allowHttp: settings.allowHttp,
    ...toCredentials(name, settings, dependencies),
    ...transport,
    ...(timeout === undefined ? {} : { timeouts: { readMs: timeout, writeMs: timeout } }),
  };
  const client = openClient(name, () => createFlvxClient(options));
  const withGroups = Object.values(products).some((product) => toFlvxProduct(product).tunnelGroup !== undefined);
  const { clock, journal } = dependencies;
  const snapshot = new RunSnapshot(client, clock, withGroups);
  const oldLimitNames = (service: string): Promise<string[]> => listCreatedLimits(journal, name, service);
  return new FlvxPanel(kind, panel, { client, clock, snapshot, oldLimitNames });
}

/** The panel that the engine uses. */
export class FlvxPanel implements Panel<ServiceObservation> {
  readonly name: string;
  readonly url: string;
  readonly #client: FlvxClient;
  readonly #defaults: FlvxDefaults;
  readonly #hasToken: boolean;
  /** The config key that refused credentials are reported with. */
  readonly #key: string;
  readonly #lists: RunLists;
  /** The last full observation of each service in this run. */
  readonly #last = new Map<string, TimedObservation>();
  /** Forwards of each service that readings of this run showed as paused by their customer. */
  readonly #paused = new Map<string, ReadonlySet<number>>();

  constructor(
    readonly kind: PanelKind,
    private readonly opened: Pick<PanelToOpen, 'name' | 'timeZone' | 'settings' | 'products'>,
    private readonly tools: ReadingTools,
  ) {
    const flvxSettings = opened.settings as FlvxSettings;
    const { url, token } = flvxSettings;
    this.name = opened.name;
    this.url = url;
    this.#hasToken = token !== undefined;
    this.#key = `panels.${this.name}.${this.#hasToken ? 'token' : 'password'}`;
    this.#lists = new RunLists(tools, { name: this.name, timeZone: opened.timeZone, key: this.#key });
    const { tunnelId, speedLimitId, redirectTo } = flvxSettings;
    const settings = { url, tunnelId, speedLimitId, redirectTo };
    this.unchanged = new UnchangedAccounts(JSON.stringify(settings), tools.snapshot, this.#lists);
    this.#client = tools.client;
    this.#defaults = flvxSettings;
  }

  /** Throws an error again; refused credentials are reported with their config key. */
  readonly #throw = (error: unknown): never => throwWithCredentialKey(error, this.#key);

  get refresh(): Refresh {
    return createRefresh(this.tools.client, this.tools.snapshot);
  }

  test(): Promise<PanelTestAnswer> {
    const { products } = this.opened;
    return testPanel(this.#client, { hasToken: this.#hasToken, products, defaults: this.#defaults }).catch(this.#throw);
  }

  readUsage(
    requests: UsageRequest[],
    onAnswer: (service: string, answer: UsageAnswer) => void,
    signal: AbortSignal,
    options: { allowShort: boolean } = { allowShort: false },
  ): Promise<void> {
    return this.#lists.readUsage(requests, onAnswer, signal, options);
  }

  async observe(
    services: ServiceRecord[],
    signal: AbortSignal,
    options: ObserveOptions = { scope: 'command', refresh: true },
  ): Promise<Map<string, Observation<ServiceObservation>>> {
    const seen = new Map<string, Observation<ServiceObservation>>();
    const { command, open, checkpoint } = options;
    if (options.refresh) {
      // A command reads the changes again; within a run, those that were read after its snapshot are recent enough.
      const refreshChanges = options.scope === 'command';
      const observeOne = async (service: ServiceRecord): Promise<void> => {
        const last = this.#last.get(service.id);
        const observation = observeNow(this.tools, service, signal, {
          ...{ last, refreshChanges, command, paused: this.#findPaused(service) },
          open: open?.get(service.id),
          kept: checkpoint === undefined ? this.#lists.findKept(service) : findKeptRows(checkpoint),
        });
        seen.set(service.id, await this.#toObservation(service, observation));
      };
      await Promise.all(services.map(observeOne));
      return seen;
    }
    if (options.scope !== 'reconcile') return await this.#lists.observePartly(services, signal, open);
    for (const service of services)
      seen.set(service.id, await this.#toObservation(service, this.#lists.observe(service, signal, open)));
    return seen;
  }

  async #toObservation(
    { id }: ServiceRecord,
    observing: Promise<TimedObservation>,
  ): Promise<Observation<ServiceObservation>> {
    try {
      const last = await observing;
      const { at, state } = last;
      this.#last.set(id, last);
      return { service: id, at, state, error: null };
    } catch (error) {
      return this.#lists.unobserved(id, error);
    }
  }

  #findPaused({ id }: ServiceRecord): ReadonlySet<number> {
    return this.#paused.get(id) ?? new Set();
  }

  #notePaused(service: ServiceRecord, { account }: ServiceObservation, paused: readonly number[]): void {
    const known = this.#findPaused(service);
    if (known.size + paused.length === 0) return;
    const running = new Set(account.forwards.flatMap(({ id, status }) => (status === 1 ? [id] : [])));
    this.#paused.set(service.id, new Set([...known, ...paused].filter((id) => !running.has(id))));
  }

  plan(target: TargetState, observation: Observation<ServiceObservation>): Plan {
    const { service } = target;
    const { state } = observation;
    // What one reading shows stays so in the run: its steps write instants of their own.
    if (state !== null) this.#notePaused(service, state, findPausedByCustomer(target, state));
    return planService(this.#defaults, target, observation);
  }

  isUnlimited({ state }: Observation<ServiceObservation>): boolean | null {
    return state?.account.user == null ? null : state.account.user.quota === UNLIMITED_QUOTA;
  }

  isTooLow(target: TargetState, observation: Observation<ServiceObservation> | null): boolean {
    const account = observation?.state?.account;
    const shown = observation === null ? parseCheckpoint(target.checkpoint)?.quota : account && findQuota(account);
    const quota = toPanelQuota(target);
    return shown == null || (quota !== null && shown < quota);
  }

  resolve(action: ActionRecord, observation: Observation<ServiceObservation>): StepOutcome | null {
    return resolveAction(action, observation);
  }

  async apply(service: ServiceRecord, step: Step, context: ApplyContext): Promise<StepOutcome> {
    const last = this.#last.get(service.id);
    if (last === undefined) {
      return failedStep('not_observed', `"${service.id}" was not observed before ${step.type} ${step.target}`);
    }
    const { state } = last;
    const { outcome, account } = await applyStep(this.tools, { service, state, step }, context);
    const { at, readAt = at } = last;
    this.#last.set(service.id, { at: isoNow(this.tools.clock), readAt, state: { ...state, account } });
    return outcome;
  }

  readonly snapshot = { paged: true };

  readonly unchanged: UnchangedAccounts;

  readonly mark: PanelFacets['mark'] = {
    read: (name, signal) => this.#client.setting(name, { signal }),
    write: (name, text, signal) => this.#client.setSetting(name, text, { signal }),
  };

  readonly contract: PanelFacets['contract'] = {
    check: (services, signal) => checkContract(this.#client, services, signal),
  };

  readonly accounts: PanelFacets<ServiceObservation>['accounts'] = {
    newRefs: (service, _product, randomBytes) =>
      service.refs['flvx_username'] === undefined ? { flvx_username: unguessableName(randomBytes) } : {},
    // Until then a second account of that name is found by it.
    endingRefs: ['flvx_username'],
    exists: ({ state }, { adopt }) =>
      state === null ? null : state.account.user !== null || (adopt && state.adoptable !== null),
    check: (service, product) => checkProduct(service, product, this.#defaults),
    doneOutcome: outcomeWhenDone,
  };

  readonly adoption: PanelFacets<ServiceObservation>['adoption'] = adoption;

  readonly passwords: PanelFacets['passwords'] = {
    // The customer or an administrator may have renamed it.
    username: ({ id, refs }) => this.#last.get(id)?.state.account.user?.name ?? refs['flvx_username'] ?? null,
  };

  readonly names: PanelFacets['names'] = { of: (service) => this.#lists.findName(service) };

  readonly history: PanelFacets<ServiceObservation>['history'] = {
    checkpoint: (target, { at, state: planned }) => {
      const left = this.#last.get(target.service.id) ?? (planned === null ? null : { at, state: planned });
      return (
        left &&
        toCheckpoint({
          url: this.url,
          defaults: this.#defaults,
          target,
          planned,
          paused: this.#findPaused(target.service),
          left,
        })
      );
    },
    removes: ({ type, state }) => type === 'delete-user' && state === 'applied',
    bytesPerSecond: (checkpoint, now) => findKnownSpeed(parseCheckpoint(checkpoint), now),
  };

  get lookups(): Lookups {
    return createLookups(this.#client, this.opened.products, this.#defaults);
  }

  get inventory(): NonNullable<PanelFacets['inventory']> {
    const { timeZone } = this.opened;
    const inventory = createInventory(this.#client, { defaults: this.#defaults, timeZone, clock: this.tools.clock });
    return {
      list: (signal) => inventory.list(signal).catch(this.#throw),
      describe: (entries, signal) => inventory.describe(entries, signal).catch(this.#throw),
    };
  }

  readonly resources = listResources;

  close(): void {
    this.#client.close();
  }
}

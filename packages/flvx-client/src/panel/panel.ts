import {
  expectRows,
  isoNow,
  throwWithCredentialKey,
  transportOptions,
  withCredentialKey,
  type ApplyContext,
  type TargetState,
  type ItemError,
  type ObserveOptions,
  type Lookups,
  type Observation,
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
  type UsageAnswer,
  type UsageRequest,
} from '@sluice/panel-kind';
import type { ActionRecord, ServiceRecord } from '@sluice/quota-core';
import type { FlvxClient } from '../client/client.js';
import { createFlvxClient } from '../client/create-flvx-client.js';
import { adoption, applyStep, outcomeWhenDone, resolveAction } from './apply.js';
import {
  findPausedByCustomer,
  hasMovedForwards,
  hasNewlyPaused,
  lacksNodes,
  listRows,
  parseCheckpoint,
  toCheckpoint,
} from './checkpoint.js';
import {
  listResources,
  observeInSnapshot,
  observePartly,
  observeNow,
  type ReadingTools,
  type ServiceObservation,
  type TimedObservation,
} from './observation.js';
import { checkContract, createLookups, testPanel } from './lists.js';
import { planService } from './plan.js';
import { UNLIMITED_QUOTA } from '../client/units.js';
import {
  checkProduct,
  toCredentials,
  toFlvxProduct,
  unguessableName,
  type FlvxDefaults,
  type FlvxSettings,
} from './product.js';
import { findQuota, toPanelQuota } from './panel-quota.js';
import { listCreatedLimits } from './speed.js';
import { createRefresh } from './refresh.js';
import { RunSnapshot } from './run-snapshot.js';
import { findKeptRows, type KeptRows } from './kept-rows.js';
import { findShort, refuseWithoutKept } from './second-reading.js';
import { shortList, toUnreadAnswer, toUsageAnswer } from './usage.js';

/** Opens an FLVX panel. */
export function openFlvxPanel(kind: PanelKind, panel: PanelToOpen, dependencies: PanelDependencies): FlvxPanel {
  const { name, products } = panel;
  const settings = panel.settings as FlvxSettings;
  const { timeouts: _timeouts, ...transport } = transportOptions(panel, dependencies);
  const client = createFlvxClient({
    panel: name,
    baseUrl: settings.url,
    allowHttp: settings.allowHttp,
    ...toCredentials(name, settings, dependencies),
    ...transport,
    ...(settings.timeout === undefined ? {} : { timeouts: { readMs: settings.timeout, writeMs: settings.timeout } }),
  });
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
  readonly refresh: Refresh;
  readonly #client: FlvxClient;
  readonly #defaults: FlvxDefaults;
  readonly #hasToken: boolean;
  /** The config key that refused credentials are reported with. */
  readonly #key: string;
  /** The last full observation of each service in this run. */
  readonly #last = new Map<string, TimedObservation>();
  /** The services of this run that name each user. */
  readonly #owners = new Map<string, string[]>();
  /** Whether nodes of an account are to be read by this run. */
  #lacksNodes = false;
  /** Forwards of each service that readings of this run showed as paused by their customer. */
  readonly #paused = new Map<string, ReadonlySet<number>>();
  /** Services of this run with moved forwards, which need the tunnels. */
  readonly #moved = new Set<string>();
  /** Services of this run with a forward that rests and ran before, which need the instants of changes. */
  readonly #newlyPaused = new Set<string>();
  /** Why nothing may be concluded from this run's lists. */
  #listError: ItemError | null = null;
  /** Rows of services of this run that must not be forgotten. */
  readonly #kept = new Map<string, KeptRows>();
  /** Why nothing may be concluded about these services from this run's lists. */
  readonly #unproved = new Map<string, ItemError>();

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
    this.#client = tools.client;
    this.#defaults = flvxSettings;
    this.refresh = createRefresh(tools.client, tools.snapshot);
  }

  test(): Promise<PanelTestAnswer> {
    const { products } = this.opened;
    return testPanel(this.#client, { hasToken: this.#hasToken, products, defaults: this.#defaults }).catch(
      (error: unknown) => throwWithCredentialKey(error, this.#key),
    );
  }

  async readUsage(
    requests: UsageRequest[],
    onAnswer: (service: string, answer: UsageAnswer) => void,
    signal: AbortSignal,
    options: { allowShort: boolean } = { allowShort: false },
  ): Promise<void> {
    this.#listError = null;
    for (const { service, checkpoint, former } of requests) {
      this.#claim(service);
      this.#unproved.delete(service.id);
      const kept = findKeptRows(former?.checkpoint ?? checkpoint);
      if (kept !== null) this.#kept.set(service.id, kept);
      else if (this.#kept.size > 0) this.#kept.delete(service.id);
    }
    this.#lacksNodes ||= requests.some(({ checkpoint }) => lacksNodes(parseCheckpoint(checkpoint)?.account));
    if (requests.length === 0) return;
    const at = isoNow(this.tools.clock);
    const refuse = ({ code, message }: ItemError): void => {
      for (const { service } of requests) onAnswer(service.id, toUnreadAnswer(at, code, message));
    };
    try {
      const read = await this.tools.snapshot.accounts(signal);
      const size = read.snapshot.users.size;
      const expected = expectRows(requests.flatMap(listRows)) ?? 0;
      if (size * 2 < expected && !options.allowShort) {
        this.#listError = shortList(this.name, size, expected);
        refuse(this.#listError);
        return;
      }
      const short = await findShort(this.tools.snapshot.second(signal), read.snapshot, requests).catch(
        (error: unknown) => {
          for (const { service } of requests) this.#unproved.set(service.id, withCredentialKey(error, this.#key));
          throw error;
        },
      );
      for (const [id, error] of short) this.#unproved.set(id, withCredentialKey(error, this.#key));
      for (const request of requests) {
        const { id } = request.service;
        if (hasMovedForwards(request, read.snapshot)) this.#moved.add(id);
        else this.#moved.delete(id);
        if (hasNewlyPaused(request, read.snapshot)) this.#newlyPaused.add(id);
        else this.#newlyPaused.delete(id);
        const unproved = this.#unproved.get(id);
        const answer = unproved
          ? toUnreadAnswer(at, unproved.code, unproved.message)
          : toUsageAnswer(read, request, this.opened.timeZone);
        onAnswer(id, answer);
      }
    } catch (error) {
      refuse(withCredentialKey(error, this.#key));
    }
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
          kept: checkpoint === undefined ? this.#findKept(service) : findKeptRows(checkpoint),
        });
        seen.set(service.id, await this.#toObservation(service, observation));
      };
      await Promise.all(services.map(observeOne));
      return seen;
    }
    if (options.scope !== 'reconcile') return this.#observePartly(services, signal, open);
    for (const service of services) {
      const observeOne = async (): Promise<TimedObservation> => {
        this.#refuseBroken();
        this.#refuseUnproved(service);
        const sharers = this.#sharers(service);
        const kept = this.#findKept(service);
        return await observeInSnapshot(this.tools, service, { signal, sharers, open: open?.get(service.id), kept });
      };
      seen.set(service.id, await this.#toObservation(service, observeOne()));
    }
    return seen;
  }

  /** Observes services in the run's snapshot; most of them need no more. */
  async #observePartly(
    services: readonly ServiceRecord[],
    signal: AbortSignal,
    open: ObserveOptions['open'],
  ): Promise<Map<string, Observation<ServiceObservation>>> {
    type Observed = Observation<ServiceObservation>;
    const observeAll = async (observe: (service: ServiceRecord) => Observed | Promise<Observed>) => {
      const seen = new Map<string, Observed>();
      for (const service of services) seen.set(service.id, await observe(service));
      return seen;
    };
    try {
      this.#refuseBroken();
      const { snapshot } = this.tools;
      const read = await snapshot.accounts(signal);
      const tunnelNodes = this.#lacksNodes ? await snapshot.tunnelNodes(signal) : null;
      const isMoved = services.some(({ id }) => this.#moved.has(id));
      const tunnels = isMoved ? await snapshot.tunnels(signal).catch(() => []) : [];
      return await observeAll(async (service) => {
        try {
          this.#refuseUnproved(service);
          const known = this.#moved.has(service.id) ? tunnels : [];
          const { at, state } = observePartly(read, service, this.#sharers(service), known);
          const [opened, kept] = [open?.get(service.id), this.#findKept(service)];
          if (opened !== undefined || kept !== null)
            await refuseWithoutKept(snapshot.second(signal), state.account, { open: opened, kept });
          const changes = this.#newlyPaused.has(service.id) ? await snapshot.changes(signal) : null;
          return { service: service.id, at, state: { ...state, tunnelNodes, changes }, error: null, partial: true };
        } catch (error) {
          return this.#unobserved(service.id, error);
        }
      });
    } catch (error) {
      return await observeAll(({ id }) => this.#unobserved(id, error));
    }
  }

  #unobserved(id: string, error: unknown): Observation<ServiceObservation> {
    return { service: id, at: isoNow(this.tools.clock), state: null, error: withCredentialKey(error, this.#key) };
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
      return this.#unobserved(id, error);
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

  #findKept({ id }: ServiceRecord): KeptRows | null {
    return this.#kept.get(id) ?? null;
  }

  #refuseBroken(): void {
    if (this.#listError) refuse(this.#listError);
  }

  #refuseUnproved({ id }: ServiceRecord): void {
    const error = this.#unproved.get(id);
    if (error) refuse(error);
  }

  #claim({ id, refs }: ServiceRecord): void {
    const { flvx_user_id: user } = refs;
    if (user === undefined) return;
    const owners = this.#owners.get(user);
    if (owners === undefined) this.#owners.set(user, [id]);
    else if (!owners.includes(id)) owners.push(id);
  }

  /** Other services of this run that name the same user. */
  #sharers({ id, refs }: ServiceRecord): string[] {
    return (this.#owners.get(refs['flvx_user_id'] ?? '') ?? []).filter((owner) => owner !== id);
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
      const message = `"${service.id}" was not observed before ${step.type} ${step.target}`;
      return { state: 'failed', observed: null, error: { code: 'not_observed', message } };
    }
    const { state } = last;
    const { outcome, account } = await applyStep(this.tools, { service, state, step }, context);
    const { at, readAt = at } = last;
    this.#last.set(service.id, { at: isoNow(this.tools.clock), readAt, state: { ...state, account } });
    return outcome;
  }

  readonly snapshot = { paged: true };

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
  };

  get lookups(): Lookups {
    return createLookups(this.#client, this.opened.products, this.#defaults);
  }

  readonly resources = listResources;

  close(): void {
    this.#client.close();
  }
}

function refuse({ code, message }: ItemError): never {
  throw Object.assign(new Error(message), { code });
}

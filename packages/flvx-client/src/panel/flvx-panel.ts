import { historyOf, observeAccount } from '../account/account.js';
import { emptyHistory } from '../account/history/history.js';
import type { FlvxAccount } from '../account/index.js';
import { keyOfLimit } from '../account/plan/speed-limits.js';
import type { FlvxClient, FlvxSpeedLimit } from '../index.js';
import type { ActionRecord, ServiceRecord } from '@sluice/quota-core';
import {
  type ApplyContext,
  type Desired,
  isoNow,
  type ItemError,
  itemErrorOf,
  type Look,
  type Observation,
  type Panel,
  type PanelDependencies,
  type Plan,
  type ProductSettings,
  type Refresh,
  type Step,
  type StepOutcome,
  type UsageAnswer,
  type UsageRequest,
} from '@sluice/panel-kind';
import { keepFlvx } from './flvx-account.js';
import { applyFlvx } from './flvx-apply.js';
import type { FlvxKept } from './flvx-kept.js';
import { FlvxLists } from './flvx-lists.js';
import { planFlvx } from './flvx-plan.js';
import { flvxRefresh } from './flvx-refresh.js';
import { noTunnel, oldLimitKey, tunnelChoice, type FlvxDefaults, flvxOf } from './flvx-product.js';
import { byName, isLost, scopeOf, someAtRest, unguessableName } from './flvx-scope.js';
import { believeFlvx, settleFlvx } from './flvx-settle.js';
import type { FlvxState } from './flvx-state.js';
import { unread, usageIn } from './flvx-usage.js';
import { flvxStepOf } from './flvx-step.js';
import { nodesIn, notInForce } from './flvx-words.js';
import { flvx } from './kind.js';
import type { FlvxSettings } from './settings.js';
import { tunnelViews, userViews } from './flvx-look-ups.js';

/** What an account was last seen as in this run. */
interface Last {
  at: string;
  state: FlvxState;
}

export class FlvxPanel implements Panel<FlvxState> {
  readonly kind = 'flvx';
  readonly capabilities = flvx.capabilities;
  readonly actions = flvx.actions;
  readonly requiredRef = 'flvx_user_id';
  readonly wholeLists = true;
  readonly quickLook = true;
  readonly name: string;
  readonly url: string;
  readonly client: FlvxClient;
  readonly #deps: PanelDependencies;
  readonly #defaults: FlvxDefaults;
  readonly #timeZone: string;
  readonly refresh: Refresh;
  readonly #lists: FlvxLists;
  readonly #madeLimits: (service: string) => Promise<string[]>;
  readonly #last = new Map<string, Last>();
  /** Which services of this run name each user. */
  readonly #owners = new Map<string, string[]>();
  /** Why nothing may be concluded from this run's lists. */
  #broken: ItemError | null = null;

  constructor(
    name: string,
    config: FlvxSettings,
    client: FlvxClient,
    deps: PanelDependencies,
    options: { timeZone: string; withGroups: boolean; madeLimits: (service: string) => Promise<string[]> },
  ) {
    this.name = name;
    this.url = config.url;
    this.client = client;
    this.#deps = deps;
    this.#defaults = {
      ...(config.tunnelId === undefined ? {} : { tunnelId: config.tunnelId }),
      ...(config.speedLimitId === undefined ? {} : { speedLimitId: config.speedLimitId }),
      ...(config.redirectTo === undefined ? {} : { redirectTo: config.redirectTo }),
    };
    this.#timeZone = options.timeZone;
    this.#madeLimits = options.madeLimits;
    this.#lists = new FlvxLists(client, deps.clock, options.withGroups);
    this.refresh = flvxRefresh(client, this.#lists);
  }

  readonly lookups = {
    tunnels: () => tunnelViews(this.client),
    users: () => userViews(this.client),
  };

  removesAccount({ type, state }: Pick<ActionRecord, 'type' | 'state'>): boolean {
    return type === 'delete-user' && state === 'applied';
  }

  async testConnection(): Promise<{ message: string; clockDifferenceMs?: number }> {
    const { port, appName, captcha, session, tunnels, clock } = await this.client.probe();
    const parts = [
      `"${appName ?? 'FLVX'}" (${port === 'web' ? 'web port' : 'panel'}) with ${tunnels} tunnels`,
      nodesIn(await this.client.nodes.status()),
      ...(captcha ? ['a captcha stands before the login: the next login will fail, switch it off'] : []),
      ...(session.mustChangePassword ? ['the account still has its publicly known name or password'] : []),
    ];
    return { message: parts.join('; '), clockDifferenceMs: clock.ms };
  }

  async readUsage(
    requests: UsageRequest[],
    onAnswer: (service: string, answer: UsageAnswer) => void,
    signal: AbortSignal,
    options: { allowShort: boolean } = { allowShort: false },
  ): Promise<void> {
    this.#broken = null;
    for (const { service } of requests) this.#claim(service);
    if (requests.length === 0) return;
    const at = isoNow(this.#deps.clock);
    const refuse = ({ code, message }: ItemError): void => {
      for (const { service } of requests) onAnswer(service.id, unread(at, code, message));
    };
    try {
      const read = await this.#lists.long(signal);
      const size = read.snapshot.users.size;
      const expected = Math.max(0, ...requests.map(({ seen, removed }) => listedIn(seen) - removed));
      if (size * 2 < expected && !options.allowShort) {
        this.#broken = shortList(this.name, size, expected);
        refuse(this.#broken);
        return;
      }
      for (const request of requests) {
        onAnswer(request.service.id, usageIn(read.snapshot, read.at, request, this.#timeZone));
      }
    } catch (error) {
      refuse(itemErrorOf(error));
    }
  }

  async observe(
    services: ServiceRecord[],
    signal: AbortSignal,
    look: Look = { scope: 'order', fresh: true },
  ): Promise<Map<string, Observation<FlvxState>>> {
    const seen = new Map<string, Observation<FlvxState>>();
    const put = async (service: ServiceRecord, see: () => Promise<Last> | Last): Promise<void> => {
      seen.set(service.id, await this.#observation(service, see));
    };
    if (look.fresh) {
      // An order looks anew; in a run, what was read after its snapshot tells as much.
      const changesOf = (own: AbortSignal): Promise<ReadonlyMap<number, number>> =>
        look.scope === 'order' ? this.client.forwards.changedAt({ signal: own }) : this.#lists.changes(own);
      await Promise.all(services.map((service) => put(service, () => this.#readAccount(service, signal, changesOf))));
      return seen;
    }
    for (const service of services) {
      await put(service, () => this.#fromLists(service, signal, look.scope === 'reconcile'));
    }
    return seen;
  }

  async #observation(service: ServiceRecord, see: () => Promise<Last> | Last): Promise<Observation<FlvxState>> {
    try {
      const last = await see();
      const { at, state } = last;
      // A light look is followed by another before anything is done: most services need none.
      if (!state.light) this.#last.set(service.id, last);
      return { service: service.id, at, state, error: null, ...(state.light ? { partial: true } : {}) };
    } catch (error) {
      return { service: service.id, at: isoNow(this.#deps.clock), state: null, error: itemErrorOf(error) };
    }
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

  /** The account out of the lists of this run; with `full` the short lists too. */
  async #fromLists(service: ServiceRecord, signal: AbortSignal, full: boolean): Promise<Last> {
    if (this.#broken) throw Object.assign(new Error(this.#broken.message), { code: this.#broken.code });
    const { at, snapshot } = await this.#lists.long(signal);
    const scope = scopeOf(service);
    const byId = snapshot.observe(scope);
    const observed = isLost(byId) ? snapshot.observe(byName(scope)) : byId;
    const listed = snapshot.users.size;
    const sharers = this.#sharers(service);
    if (!full)
      return {
        at,
        state: {
          observed,
          adoptable: null,
          groups: null,
          nodes: null,
          changes: null,
          madeLimits: [],
          light: true,
          listed,
          sharers,
        },
      };
    const [{ tunnels, speedLimits }, { nodes, groups }, changes] = await Promise.all([
      this.#lists.site(signal),
      this.#lists.labels(signal),
      someAtRest(observed) ? this.#lists.changes(signal) : null,
    ]);
    const state: FlvxState = {
      observed: { ...observed, tunnels: [...tunnels], speedLimits: [...speedLimits] },
      adoptable: null,
      groups,
      nodes,
      changes,
      madeLimits: await this.#limitsMade(service, speedLimits),
      light: false,
      listed,
      sharers,
    };
    return { at, state };
  }

  /** The account read anew, with what this run knows of it besides. */
  async #readAccount(
    service: ServiceRecord,
    signal: AbortSignal,
    changesOf: (signal: AbortSignal) => Promise<ReadonlyMap<number, number>>,
  ): Promise<Last> {
    const scope = scopeOf(service);
    const at = isoNow(this.#deps.clock);
    const last = this.#last.get(service.id);
    const history = last === undefined ? emptyHistory : historyOf(last.state.observed);
    const options = { tag: service.id, signal };
    const [byId, { nodes, groups }] = await Promise.all([
      observeAccount(this.client, scope, history, options),
      this.#lists.labels(signal),
    ]);
    const observed = isLost(byId) ? await observeAccount(this.client, byName(scope), history, options) : byId;
    const adoptable =
      observed.user === null && observed.strangers.length === 1
        ? await this.client.observe({ ...scope, adopt: true }, options)
        : null;
    const changes = someAtRest(observed) ? await changesOf(signal) : null;
    const madeLimits = await this.#limitsMade(service, observed.speedLimits);
    const rest = { groups, nodes, changes, madeLimits, light: false, listed: null, sharers: [] };
    return { at, state: { observed, adoptable, ...rest } };
  }

  /** Names of limits on the panel that an earlier version has made for the service; only then is the journal read. */
  async #limitsMade(service: ServiceRecord, limits: readonly FlvxSpeedLimit[]): Promise<string[]> {
    const key = oldLimitKey(service);
    if (!limits.some((limit) => keyOfLimit(limit.name) === key)) return [];
    return await this.#madeLimits(service.id);
  }

  plan(desired: Desired, observation: Observation<FlvxState>): Plan {
    return planFlvx(this.#defaults, desired, observation);
  }

  believe = believeFlvx;

  settle(action: ActionRecord, observation: Observation<FlvxState>): StepOutcome | null {
    return settleFlvx(action, observation);
  }

  async apply(service: ServiceRecord, step: Step, context: ApplyContext): Promise<StepOutcome> {
    const last = this.#last.get(service.id);
    if (last === undefined) {
      const message = `"${service.id}" was not looked at before ${step.type} ${step.target}`;
      return { state: 'failed', observed: null, error: { code: 'not_observed', message } };
    }
    const { state } = last;
    const before = adopted(state, step);
    const { outcome, observed } = await applyFlvx(
      this.client,
      this.#deps.clock,
      service,
      { ...scopeOf(service), ...before.scope },
      before,
      step,
      context,
    );
    this.#last.set(service.id, { at: isoNow(this.#deps.clock), state: { ...state, observed } });
    if (outcome.error?.code !== 'speed_not_in_force') return outcome;
    const message = notInForce(flvxStepOf(step), state);
    return { ...outcome, error: { code: outcome.error.code, message } };
  }

  keep(desired: Desired, observation: Observation<FlvxState>): FlvxKept | null {
    const { state: look } = observation;
    const { state, at } = this.#last.get(desired.service.id) ?? observation;
    return state && keepFlvx(this.url, this.#defaults, desired, look, state, at);
  }

  readonly accounts: NonNullable<Panel['accounts']> = {
    passwords: true,
    newRefs: (service, _product, randomBytes) =>
      service.refs['flvx_username'] === undefined ? { flvx_username: unguessableName(randomBytes) } : {},
    exists: ({ state }) => (state === null ? null : (state as FlvxState).observed.user !== null),
    // The customer or an administrator may have renamed it.
    username: ({ id, refs }) => this.#last.get(id)?.state.observed.user?.name ?? refs['flvx_username'] ?? null,
    check: (service, product) => checkOrder(service, product, this.#defaults),
  };

  resources(service: ServiceRecord, observation: Observation<FlvxState> | null): string[] {
    const { flvx_user_id: id } = service.refs;
    const observed = observation?.state?.observed;
    // Whoever bears the name may be another service's: that is told before anything is made or taken over.
    const named = observed?.user === null ? observed.strangers : [];
    const ids = new Set([
      ...(id === undefined ? [] : [id]),
      ...(observed?.user ? [String(observed.user.id)] : []),
      ...named.map((user) => String(user.id)),
    ]);
    return [...ids].map((user) => `user:${user}`);
  }

  close(): void {
    this.client.close();
  }
}

function listedIn(seen: unknown): number {
  return (seen as Partial<FlvxKept> | null)?.listed ?? 0;
}

function shortList(panel: string, size: number, expected: number): ItemError {
  return {
    code: 'list_too_short',
    message: `panel "${panel}" lists ${size} users where ${expected} were last seen: taken for a broken answer, nothing was concluded; with --allow-mass it is believed`,
  };
}

/** The step may be about an account that was taken over by the operator's word. */
function adopted(state: FlvxState, step: Step): FlvxAccount {
  const { observed, adoptable } = state;
  return observed.user === null && adoptable !== null && step.type !== 'create-user' ? adoptable : observed;
}

function checkOrder(service: ServiceRecord, product: ProductSettings, defaults: FlvxDefaults): ItemError | null {
  if (tunnelChoice(service, product, defaults) === null) return noTunnel(service.product);
  const { speedMbit, speedLimitId } = flvxOf(product);
  if (speedMbit == null || speedLimitId == null) return null;
  return {
    code: 'two_speeds',
    message: `product "${service.product}" names speedMbit and speedLimitId: keep one of them`,
  };
}

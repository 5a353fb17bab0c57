import {
  type ItemError,
  isoNow,
  openClient,
  throwWithCredentialKey,
  transportOptions,
  withCredentialKey,
  type ApplyContext,
  type Observation,
  type ObserveOptions,
  type OpenRows,
  type Panel,
  type PanelDependencies,
  type PanelFacets,
  type PanelKind,
  type PanelToOpen,
  type Step,
  type StepOutcome,
  type UsageAnswer,
  type UsageRequest,
} from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import { createEasyDcimClient, type EasyDcimClient, type EasyDcimOptions, type Port } from '../index.js';
import { USAGE_ENDPOINT } from '../client/bandwidth.js';
import { isOrderGone, isServiceGone } from './absence.js';
import { adoptEasyDcim, findRestricted } from './adopt.js';
import { performStep } from './apply.js';
import { checkContract } from './contract.js';
import { type KnownObjects, toKnownObjects, toObjects } from './known-objects.js';
import { listEntries } from './inventory.js';
import { planEasyDcim } from './plan.js';
import {
  exceedsLineSpeed,
  figurePaths,
  growthBeyondTheLine,
  isCarried,
  lineBounds,
  lineSpeed,
  withReading,
} from './plausibility.js';
import { readLeft } from './read-left.js';
import { type ObjectCalls, readOrder } from './read-objects.js';
import { resolveAction } from './resolve.js';
import {
  easyDcimResources,
  isComplete,
  isRestricted,
  markForeign,
  mayShare,
  nameShared,
  toSentRef,
} from './resources.js';
import type { EasyDcimSettings } from './settings.js';
import { NOT_FOUND, toObjectKey, unreadState, type EasyDcimState, lacks } from './state.js';

/** Opens the adapter of an EasyDCIM installation (API v3). */
export function openEasyDcimPanel(kind: PanelKind, panel: PanelToOpen, dependencies: PanelDependencies): EasyDcimPanel {
  const { name, timeZone } = panel;
  const settings = panel.settings as EasyDcimSettings;
  const options: EasyDcimOptions = {
    panel: name,
    baseUrl: settings.url,
    allowHttp: settings.allowHttp,
    token: dependencies.secret(settings.token, `panels.${name}.token`),
    timeZone,
    ...(settings.units ? { units: settings.units } : {}),
    ...(settings.requestUnits ? { requestUnits: settings.requestUnits } : {}),
    graphDates: settings.graphDates,
    trafficDirection: settings.trafficDirection,
    impersonate: settings.impersonate ?? null,
    impersonateFallback: settings.impersonateFallback,
    ...(settings.managementPorts ? { managementPorts: settings.managementPorts } : {}),
    ...transportOptions(panel, dependencies),
  };
  const client = openClient(name, () => createEasyDcimClient(options));
  const { url, trafficDirection } = settings;
  return new EasyDcimPanel(kind, { name, url, directions: trafficDirection }, client, dependencies);
}

const PLAUSIBILITY = {
  endpoint: USAGE_ENDPOINT,
  bounds: lineBounds,
  check: exceedsLineSpeed,
  isBounded: (bounds: unknown): boolean => (lineSpeed(bounds) ?? 0) > 0,
  bytesPerSecond: (bounds: unknown): number | null => {
    const bits = lineSpeed(bounds) ?? 0;
    return bits > 0 ? bits / 8 : null;
  },
  checkGrowth: growthBeyondTheLine,
  explains: isCarried,
  withReading,
};

export class EasyDcimPanel implements Panel<EasyDcimState> {
  readonly kind: PanelKind;
  readonly name: string;
  readonly url: string;
  readonly client: EasyDcimClient;
  readonly plausibility: PanelFacets<EasyDcimState>['plausibility'];
  readonly #deps: PanelDependencies;
  /** Config key of the credentials. */
  readonly #key: string;
  /** The labels of the servers of orders, as last observed. */
  readonly #labels = new Map<string, string | null>();

  constructor(
    kind: PanelKind,
    { name, url, directions }: { name: string; url: string; directions: string },
    client: EasyDcimClient,
    deps: PanelDependencies,
  ) {
    this.kind = kind;
    this.name = name;
    this.url = url;
    this.client = client;
    this.#deps = deps;
    this.#key = `panels.${name}.token`;
    this.plausibility = { ...PLAUSIBILITY, directions };
  }

  /** Throws an error again; refused credentials are reported with their config key. */
  readonly #throw = (error: unknown): never => throwWithCredentialKey(error, this.#key);

  async test(): Promise<{ message: string }> {
    const { endpoint } = await this.client.probe().catch(this.#throw);
    return { message: `answered ${endpoint}` };
  }

  async readUsage(
    requests: UsageRequest[],
    onAnswer: (service: string, answer: UsageAnswer) => void,
    signal: AbortSignal,
  ): Promise<void> {
    await Promise.all(requests.map((request) => this.#readOne(request, onAnswer, signal)));
  }

  async #readOne(
    { service, window }: UsageRequest,
    onAnswer: (service: string, answer: UsageAnswer) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let answer: UsageAnswer;
    try {
      const id = toSentRef(service, 'easydcim_service_id') ?? '';
      const reading = await this.client.bandwidth(id, window, this.callOptions(service, signal));
      const { inBytes, outBytes, totalBytes, warnings, raw, shape } = reading;
      answer = {
        reading: { known: true, at: isoNow(this.#deps.clock), inBytes, outBytes, totalBytes },
        raw,
        shape: figurePaths(shape),
        warnings,
      };
    } catch (error) {
      const { code, message } = withCredentialKey(error, this.#key);
      answer = {
        reading: { known: false, at: isoNow(this.#deps.clock), code, message },
        raw: null,
        shape: [],
        warnings: [],
      };
    }
    onAnswer(service.id, answer);
  }

  async observe(
    services: ServiceRecord[],
    signal: AbortSignal,
    { open, known: listKnown }: Partial<ObserveOptions> = {},
  ): Promise<Map<string, Observation<EasyDcimState>>> {
    let read: Promise<KnownObjects> | undefined;
    const known = (): Promise<KnownObjects> =>
      (read ??= Promise.resolve(listKnown?.() ?? services).then((all) => toKnownObjects(all, open)));
    const observations = services.map(
      async (service) => [service.id, await this.#observeOne(service, signal, known, open?.get(service.id))] as const,
    );
    return new Map(await Promise.all(observations));
  }

  async #observeOne(
    service: ServiceRecord,
    signal: AbortSignal,
    known: () => Promise<KnownObjects>,
    rows: OpenRows | undefined,
  ): Promise<Observation<EasyDcimState>> {
    const { easydcim_service_id: serviceId, easydcim_order_id: orderId } = service.refs;
    const state = unreadState();
    const readPorts = async (): Promise<void> => {
      const options = this.callOptions(service, signal);
      const id = toSentRef(service, 'easydcim_service_id') ?? '';
      const ports: Port[] = [];
      for await (const port of this.client.ports.list(id, options)) ports.push(port);
      // The list may leave out the administrative state, which the port itself shows.
      state.ports = await Promise.all(
        ports.map(async (port) =>
          port.adminEnabled === null && !port.management ? this.#readAdminState(port, options) : port,
        ),
      );
    };
    const objects = this.#objects(service, signal);
    const readOwnOrder = async (): Promise<void> => {
      const order = await readOrder(objects, toSentRef(service, 'easydcim_order_id') ?? '');
      state.order = order;
      if (orderId !== undefined) this.#labels.set(orderId, order.serverLabel);
    };
    await Promise.all([
      serviceId === undefined
        ? undefined
        : readPorts().catch((error: unknown) => {
            state.portsError = withCredentialKey(error, this.#key);
          }),
      orderId === undefined
        ? undefined
        : readOwnOrder().catch((error: unknown) => {
            state.orderError = withCredentialKey(error, this.#key);
          }),
    ]);
    state.ports = markForeign(service, state);
    const shown = toObjects(this.client, known, service, objects.options);
    if (orderId !== undefined && state.orderError?.code === NOT_FOUND)
      state.isOrderGone = await isOrderGone(shown.orders, orderId, state);
    if (state.portsError?.code === NOT_FOUND) state.isGone = await isServiceGone(service, state, shown);
    if (rows !== undefined) {
      const toError = (error: unknown): ItemError => withCredentialKey(error, this.#key);
      Object.assign(state, await readLeft({ ...objects, ...shown, toError }, state, { order: orderId, rows }));
    }
    // What is gone was read, and stops nothing.
    const portsError = state.isGone ? null : state.portsError;
    const orderError = state.isOrderGone ? null : state.orderError;
    return { service: service.id, at: isoNow(this.#deps.clock), state, error: portsError ?? orderError };
  }

  async #readAdminState(port: Port, options: { tag: string; signal: AbortSignal }): Promise<Port> {
    try {
      const own = await this.client.ports.get(port.id, options);
      const { adminEnabled } = own;
      return {
        ...port,
        adminEnabled,
        linkUp: own.linkUp ?? port.linkUp,
        management: port.management || own.management,
        itemId: port.itemId ?? own.itemId,
      };
    } catch {
      return port; // the state stays unknown, which the plan reports
    }
  }

  plan = planEasyDcim;
  resolve = resolveAction;
  resources = easyDcimResources;

  apply(service: ServiceRecord, step: Step, context: ApplyContext): Promise<StepOutcome> {
    // No signal: a change that has begun is finished.
    return performStep({ ...this.#objects(service), clock: this.#deps.clock }, step, context);
  }

  readonly names: PanelFacets['names'] = {
    of: ({ refs }) => this.#labels.get(refs['easydcim_order_id'] ?? '') ?? null,
  };
  readonly objects = { toObjectKey, isRestricted, isComplete, mayShare, nameShared, lacks };
  readonly adoption = { adopt: adoptEasyDcim, restricted: findRestricted };
  readonly contract: PanelFacets['contract'] = {
    check: (services, signal) => checkContract(this, services, isoNow(this.#deps.clock), signal),
  };
  readonly inventory: PanelFacets['inventory'] = {
    list: (signal) => listEntries(this.client, { signal }).catch(this.#throw),
  };
  readonly graphs: PanelFacets['graphs'] = {
    read: async (service, window, signal) => {
      const id = toSentRef(service, 'easydcim_service_id') ?? '';
      return this.client.graphs.export(id, window, this.callOptions(service, signal));
    },
  };

  close(): void {
    this.client.close();
  }

  /** Returns the options of calls about a service. Throws `bad_ref` for a user that can't be sent. */
  callOptions(service: ServiceRecord, signal: AbortSignal): { tag: string; impersonate?: string; signal: AbortSignal } {
    toSentRef(service, 'easydcim_user');
    return { ...this.#call(service), signal };
  }

  #objects(service: ServiceRecord, signal?: AbortSignal): ObjectCalls {
    return { client: this.client, options: { ...this.#call(service), ...(signal && { signal }) }, service };
  }

  #call(service: ServiceRecord): { tag: string; impersonate?: string } {
    const user = service.refs['easydcim_user'];
    return { tag: service.id, ...(user === undefined ? {} : { impersonate: user }) };
  }
}

import type {
  Check,
  LoginLink,
  PanelTest,
  PanelView,
  ProductView,
  RelayUser,
  RemovedPanel,
  RunReport,
  SwitchReport,
  UnassignedEntries,
} from '@sluice/contract/documents';
import { maskedUrl, type SpeedLimitView, toItemError, type TunnelGroupView, type TunnelView } from '@sluice/panel-kind';
import { expiryCheck } from '../features/doctor/panel-checks.js';
import { type DoctorRequest, runDoctor } from '../features/doctor/doctor.js';
import { listProducts } from '../features/panels/products.js';
import {
  listRelayUsers,
  listSpeedLimits,
  listTunnelGroups,
  listTunnels,
  loginLink,
  type LookupRequest,
} from '../features/panels/relay.js';
import { readEnforcements } from '../context/enforcement.js';
import { findBrake } from '../kernel/run/brake-state.js';
import { findRemovedPanels, requireAnyPanel } from '../kernel/run/left-elsewhere.js';
import { unknownPanel } from '../base/config/find-panel.js';
import type { Context } from '../context/context.js';
import { findCapabilities } from '../context/lacks.js';
import { readReach } from '../context/reach.js';
import { checkSwitch, dropSwitch, notReady, planEnforcing, setSwitch } from '../features/panels/switches.js';
import type { CallOptions, ReaderOptions, RunCall } from './call.js';

/** Panels: their configuration, their availability, and whether runs may change them. */
export interface Panels {
  /** Lists the panels of the config, and those that left it and still have services. */
  list(options?: CallOptions): Promise<{ panels: PanelView[]; removed: RemovedPanel[] }>;
  /** Returns what a panel can do, as `list` does; nothing for one that is not in the config. Reads neither panel nor store. */
  capabilities(panel: string, options?: CallOptions): Promise<{ capabilities: string[] }>;
  /** Tests the credentials of each panel with a read; default all panels. */
  test(names?: readonly string[], options?: CallOptions): Promise<{ panels: PanelTest[] }>;
  /**
   * Reads what a panel has, and lists what no service names.
   *
   * @throws SluiceError `unknown_panel`, `unsupported`; the panel's error where one of its lists can't be read whole
   */
  unassigned(panel: string, options?: CallOptions): Promise<UnassignedEntries>;
  /** Lists the products of the config. */
  products(options?: CallOptions): Promise<{ products: ProductView[] }>;
  /** Switches a panel to `observe`: runs decide and record, and change nothing. */
  observe(panel: string, options?: CallOptions): Promise<SwitchReport>;
  /** Allows runs to change a panel, or only services of one product. */
  enforce(panel: string, options?: CallOptions & { product?: string | null | undefined }): Promise<SwitchReport>;
  /** Removes the switches of a panel, so that the config applies again; with `product` that of the product alone. */
  asConfigured(panel: string, options?: CallOptions & { product?: string | null | undefined }): Promise<SwitchReport>;
  /**
   * Checks that the panel is ready, and computes what the first run after `enforce` would change.
   *
   * @throws SluiceError `doctor_failed` that lists the failed checks
   */
  planEnforcing(panel: string, options?: CallOptions & { product?: string | null | undefined }): Promise<RunReport>;
  /** Checks store, clock, leases, panels and the last runs; problems are returned, not thrown. */
  doctor(request?: DoctorRequest & CallOptions): Promise<{ ok: boolean; checks: Check[] }>;
  /** Lists the tunnels of a relay panel. */
  tunnels(options?: CallOptions & { panel?: string | undefined }): Promise<TunnelView[]>;
  /** Lists the accounts of a relay panel with their services. */
  users(options?: CallOptions & { panel?: string | undefined }): Promise<RelayUser[]>;
  /**
   * Lists the speed limits of a relay panel, each with the products that name it.
   *
   * @throws SluiceError `unknown_speed_limit` where `only` is not one of them
   */
  speedLimits(options?: CallOptions & LookupRequest): Promise<SpeedLimitView[]>;
  /**
   * Lists the tunnel groups of a relay panel, each with its tunnels and the products that name it.
   *
   * @throws SluiceError `unknown_tunnel_group` where `only` is not one of them
   */
  tunnelGroups(options?: CallOptions & LookupRequest): Promise<TunnelGroupView[]>;
  /** Returns where the customer of a service logs in. */
  loginLink(service: string, options?: ReaderOptions): Promise<LoginLink>;
}

/** Returns the calls about panels. */
export function panelsApi(call: RunCall): Panels {
  return {
    list: (options) =>
      call(options, async (context) => {
        const panels: PanelView[] = [];
        for (const name of Object.keys(context.config.panels)) panels.push(await toView(context, name));
        return { panels, removed: await findRemovedPanels(context) };
      }),
    capabilities: (panel, options) =>
      call(options, async (context) => ({ capabilities: await findCapabilities(context, panel) })),
    test: (names = [], options) =>
      call(options, async (context) => {
        const known = Object.keys(context.config.panels);
        for (const name of names) if (!known.includes(name)) throw unknownPanel(name, known);
        const chosen = names.length > 0 ? names : known;
        await requireAnyPanel(context, chosen);
        return { panels: await Promise.all(chosen.map((name) => testPanel(context, name))) };
      }),
    unassigned: (panel, options) =>
      call(options, async (context) => {
        const { listUnassigned } = await import('../features/panels/unassigned.js');
        return listUnassigned(context, panel);
      }),
    products: (options) => call(options, listProducts),
    observe: (panel, options) => call(options, (context) => setSwitch(context, panel, null, 'observe')),
    enforce: (panel, options) => call(options, (context) => setSwitch(context, panel, options?.product ?? null, 'on')),
    asConfigured: (panel, options) => call(options, (context) => dropSwitch(context, panel, options?.product ?? null)),
    planEnforcing: (panel, options) =>
      call(options, async (context) => {
        const product = options?.product ?? null;
        checkSwitch(context, panel, product);
        await requireReady(context, panel);
        const { runParts } = await import('../features/parts/run-parts.js');
        return planEnforcing(context, panel, product, runParts);
      }),
    doctor: (request = {}) => call(request, (context) => runDoctor(context, request)),
    tunnels: (options) => call(options, (context) => listTunnels(context, options?.panel)),
    users: (options) => call(options, (context) => listRelayUsers(context, options?.panel)),
    speedLimits: (options) => call(options, (context) => listSpeedLimits(context, options)),
    tunnelGroups: (options) => call(options, (context) => listTunnelGroups(context, options)),
    loginLink: (service, options) => call(options, (context) => loginLink(context, service, options?.reader)),
  };
}

async function requireReady(context: Context, panel: string): Promise<void> {
  const { checks } = await runDoctor(context, { panel });
  // What was interrupted failed no check.
  context.deps.signal.throwIfAborted();
  const failed = checks.filter((check) => check.status === 'failed');
  if (failed.length === 0) return;
  throw notReady(
    panel,
    failed.map((check) => `${check.name} (${check.object}): ${check.message}`),
  );
}

async function toView(context: Context, name: string): Promise<PanelView> {
  const kind = context.findKind(name);
  const settings = context.config.panels[name];
  if (kind === undefined || settings === undefined) throw unknownPanel(name, Object.keys(context.config.panels));
  const enforce = (await readEnforcements(context.config, context.store)).ofPanel(name);
  const capabilities = await findCapabilities(context, name);
  const brake = await findBrake(context, name);
  const { downSince, undecided } = await readReach(context, name);
  const state = { downSince, ...(undecided !== undefined && { undecided }) };
  const url = maskedUrl(kind, settings.url);
  return { name, kind: kind.kind, url, capabilities, enforce, brake, ...state };
}

async function testPanel(context: Context, name: string): Promise<PanelTest> {
  const { brake: _brake, downSince: _downSince, undecided: _undecided, ...view } = await toView(context, name);
  const { clock } = context.deps;
  const startedAt = clock.now();
  try {
    const { warnings = [], expiring, clockDifferenceMs = 0 } = await (await context.panel(name)).test();
    const latencyMs = clock.now() - startedAt;
    const check = expiring && expiryCheck(name, expiring, clock.now() + clockDifferenceMs);
    const ends = check === undefined || check.status === 'ok' ? [] : [`${check.object} is ${check.message}`];
    const credentialsUntil = expiring?.at ?? null;
    return { ...view, ok: true, latencyMs, credentialsUntil, warnings: [...warnings, ...ends], error: null };
  } catch (error) {
    return { ...view, ok: false, latencyMs: null, credentialsUntil: null, warnings: [], error: toItemError(error) };
  }
}

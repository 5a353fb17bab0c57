import type { Check } from '@sluice/contract/documents';
import { SHORTEST_MASKED } from '@sluice/panel-http';
import { type Panel, toItemError } from '@sluice/panel-kind';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import { formatLength } from '../../context/clock-guard.js';
import { compareIds, nameFew } from '../../base/natural-order.js';
import { listAlarms } from '../notices/list-alarms.js';
import { describeEnforcement, readEnforcements } from '../../context/enforcement.js';
import { withRun } from '../../kernel/run/bracket.js';
import { describeBrake, findBrakes, findMoved } from '../../kernel/run/brake-state.js';
import { listStopped } from '../../kernel/changes/reversals.js';
import { readMark } from '../../kernel/changes/store-copy.js';
import { describeWriter, isObserved } from '../../kernel/changes/store-copy.js';
import { isLiving } from '../../base/lifecycle.js';
import type { Context } from '../../context/context.js';
import { addonIdChecks } from '../agents/addon-ids.js';
import { clientAgentChecks } from '../agents/client-agents.js';
import { exemptAgentChecks } from '../agents/exempt-agents.js';
import { formerAgentChecks } from '../agents/meant-agents.js';
import { toChecks } from '../../base/check.js';
import { byOthersChecks } from './by-others-checks.js';
import { panelClockCheck } from './clock-checks.js';
import { lineChecks, sharedChecks } from './service-checks.js';
import { unassignedChecks } from './unassigned-checks.js';

/** How a panel is checked. */
interface PanelChecksOptions {
  /** Whether every endpoint and mapping is checked. */
  contract: boolean;
  /** Whether the store has what commands set. */
  isStoreRead: boolean;
}

/** Checks that a panel answers, its clock, and what its services share. */
export async function panelChecks(
  context: Context,
  name: string,
  { contract, isStoreRead }: PanelChecksOptions,
): Promise<Check[]> {
  const checks: Check[] = [];
  const check = toChecks('panel', name);
  try {
    const panel = await context.panel(name);
    checks.push(...shortSecretChecks(context, name), ...(await clientAgentChecks(context, name)));
    checks.push(...(await exemptAgentChecks(context, name)), ...(await formerAgentChecks(context, name)));
    checks.push(...(await addonIdChecks(context, name)));
    const startedAt = context.deps.clock.now();
    const { message, clockDifferenceMs, warnings = [], expiring } = await panel.test();
    const took = context.deps.clock.now() - startedAt;
    checks.push(check('ok', `${message} in ${took} ms`), ...warnings.map((warning) => check('warning', warning)));
    const difference = clockDifferenceMs ?? context.clockDifference(name);
    checks.push(...panelClockCheck(name, difference));
    if (expiring !== undefined) checks.push(expiryCheck(name, expiring, context.deps.clock.now() + (difference ?? 0)));
    checks.push(
      isStoreRead ? await enforceCheck(context, name) : toChecks('enforce', name)('skipped', NOT_READ),
      ...(await brakeChecks(context, name)),
      ...(await markChecks(context, panel)),
      ...(await stoppedChecks(context, name)),
    );
    checks.push(...(await alarmChecks(context, name)));
    const stored = await context.store.services.list({ panel: name });
    const services = stored.sort((a, b) => compareIds(a.id, b.id));
    checks.push(...(await sharedChecks(context, panel, services)), ...(await lineChecks(context, panel)));
    if (contract) checks.push(...(await contractChecks(context, name, services)));
    checks.push(...(await byOthersChecks(context, name, { services, read: contract })));
  } catch (error) {
    const { code, message } = toItemError(error);
    // It was moved meanwhile: that is said of the store.
    if (code === 'store_moved') throw error;
    checks.push(check('failed', `${code}: ${message}`, code));
  }
  return checks;
}

const NOT_READ = "not known: the store can't be read";

/** Says what runs may change on a panel. */
async function enforceCheck({ config, store }: Context, panel: string): Promise<Check> {
  const enforcements = await readEnforcements(config, store);
  return toChecks('enforce', panel)('ok', describeEnforcement(enforcements.ofPanel(panel)));
}

/** Checks that the last run was not stopped, by the brake or since a copy of the store changes the panel. */
async function brakeChecks(context: Context, name: string): Promise<Check[]> {
  return (await findBrakes(context, name)).map((brake) => {
    const sentence = describeBrake(brake, brake.since);
    const found =
      brake.subjects === 'store'
        ? toChecks('store', name)('failed', sentence, 'store_moved')
        : toChecks('brake', name)('warning', sentence, 'mass_change');
    return { ...found, details: { panel: name, subjects: brake.subjects } };
  });
}

/** Checks the mark of this store on the panel; under `observe` another store may change it. */
async function markChecks(context: Context, panel: Panel): Promise<Check[]> {
  if (panel.mark === undefined || (await isObserved(context, panel.name))) return [];
  if ((await findMoved(context, panel.name)) !== null) return [];
  const answer = await readMark(context, panel);
  const check = toChecks('store mark', panel.name);
  if (answer.is === 'absent' && !answer.lost) return [];
  if (answer.is === 'absent')
    return [
      check(
        'warning',
        'the panel does not have the mark that this store wrote: a copy of the store would not be noticed',
      ),
    ];
  if (answer.is === 'own') return [check('ok', 'no copy of this store has changed the panel since this one did')];
  if (answer.is === 'unknown')
    return [check('warning', `${answer.message}: a copy of this store would not be noticed`)];
  return [{ ...check('failed', describeWriter(answer), 'store_moved'), details: { panel: panel.name } }];
}

/** Checks that runs leave no objects of living services alone since something else reversed their changes. */
async function stoppedChecks(context: Context, panel: string): Promise<Check[]> {
  const { store } = context;
  if (await isObserved(context, panel)) return [];
  const living = new Set((await store.services.list({ panel })).filter(isLiving).map(({ id }) => id));
  const stopped = (await listStopped(store, panel)).filter(({ service }) => living.has(service));
  if (stopped.length === 0) return [];
  const message = `no run repeats these, since something else reversed them again and again: ${nameFew(stopped.map(({ service, name }) => `${name} of ${service}`))}`;
  return [toChecks('stopped targets', panel)('failed', message, 'change_reversed')];
}

/** Checks that no alarm waits for somebody to acknowledge it. */
async function alarmChecks(context: Context, name: string): Promise<Check[]> {
  const alarms = await listAlarms(context, { panel: name });
  if (alarms.length === 0) return [];
  const open = alarms.filter(({ acknowledged }) => acknowledged === null).length;
  const known = alarms.length - open;
  const message = `${alarms.length}${known === 0 ? '' : ` (${known} acknowledged)`}`;
  const check = toChecks('alarms', name);
  return [open === 0 ? check('ok', message) : check('warning', message, 'open_alarms')];
}

/** Warns of secrets that are too short to be masked in messages. */
function shortSecretChecks(context: Context, name: string): Check[] {
  const settings = context.config.panels[name] ?? {};
  return (context.findKind(name)?.init.secrets ?? []).flatMap((key) => {
    const value = (settings as Record<string, unknown>)[key];
    if (typeof value !== 'string') return [];
    const path = `panels.${name}.${key}`;
    const isShort = context.deps.secret(value, path).length < SHORTEST_MASKED;
    const message = `it has fewer than ${SHORTEST_MASKED} characters, too few to be masked in messages: set a longer one`;
    return isShort ? [toChecks('secret', path)('warning', message)] : [];
  });
}

/** Credentials that end within this time are a warning: enough to replace them without hurry. */
const NOTICE_MS = 10 * 86_400_000;

/** Checks when the credentials of a panel end; `now` is the panel's time. */
export function expiryCheck(panel: string, { key, at }: { key: string; at: string }, now: number): Check {
  const left = Date.parse(at) - now;
  const check = toChecks('credentials', `panels.${panel}.${key}`);
  if (left > NOTICE_MS) return check('ok', `valid until ${at}`);
  if (left <= 0) return check('failed', `valid until ${at} and expired now: set a new ${key} in the config`);
  const rest = `for ${formatLength(left)} more: set a new ${key} in the config before that`;
  return check('warning', `valid until ${at}, ${rest}`);
}

/**
 * Reads every endpoint and stores the shape of its answer; a poll treats an answer of another shape as unreadable. Logged as a run
 * where that accepts a new shape.
 */
async function contractChecks(context: Context, name: string, services: ServiceRecord[]): Promise<Check[]> {
  const panel = await context.panel(name);
  if (!panel.contract) return [toChecks('contract', name)('skipped', `not supported for ${panel.kind.kind}`)];
  const { checks, shapes, lists = {}, entries } = await panel.contract.check(services, context.deps.signal);
  const since = context.now();
  const store = async (tables: StoreTables): Promise<void> => {
    for (const { endpoint, shape } of shapes)
      await tables.fingerprints.put({ panel: name, endpoint, shape, since, confirmed: true });
    for (const list of ['speedLimits', 'tunnelGroups'] as const) {
      const ids = lists[list];
      if (ids !== undefined) await tables.panelLists.put(name, list, { ids, at: since });
    }
  };
  const stored = await context.store.fingerprints.list(name);
  const known = new Map(stored.map(({ endpoint, shape }) => [endpoint, shape.join()]));
  // oxlint-disable-next-line sluice/syntax -- the name of such runs in the log
  const purpose = { command: 'doctor --contract', dryRun: false, scope: `panel ${name}` } as const;
  if (shapes.every(({ endpoint, shape }) => known.get(endpoint) === shape.join())) await context.write([], store);
  else await withRun(context, purpose, (run) => run.store(store));
  return [...checks, ...(await unassignedChecks(context, name, entries))];
}

import type { UndecidedPanel } from '@sluice/contract/documents';
import type { ApiCallRecord, ServiceRecord } from '@sluice/state-store';
import { isPanelRemoved } from '../base/config/find-entry.js';
import { hasEnded } from '../base/lifecycle.js';
import type { Context } from './context.js';
import { outageKey, removedKey, undecidedKey } from './panel-answers.js';

/** Codes of answers about one object: the panel itself works. */
const ANSWERS: readonly string[] = ['PANEL_NOT_FOUND', 'PANEL_REJECTED', 'PANEL_FORBIDDEN'];

/** The last call mostly shows that a panel answers: each of those before may be in a block of its own. */
const LAST = 1;
/** Calls that are read to find one that was answered. */
const NEWEST = 100;
/** So many show that a panel answers, unless most of its calls fail. */
const FEW = 10;
/** Calls outside of runs that are this far apart do not belong together. */
const TOGETHER_MS = 60_000;

/** Whether a panel answers, and whether the runs decide on it. */
export interface PanelReach {
  /** False where the panel answers nothing, or with errors only, and where the config has lost it; null before the first call. */
  reachable: boolean | null;
  /** Since when no call succeeded; null where the panel is reachable or was never called. */
  downSince: string | null;
  /** The last call; null before the first. */
  last: ApiCallRecord | null;
  /** Where it answers, but its last run decided nothing, such as by a wrong clock. */
  undecided?: UndecidedPanel;
}

/**
 * Returns whether a panel answers, by its last run or the readings after it. One failed call among answered ones does not count as an
 * outage, nor does an error of a reading about one service; a call that fails after a run that failed ends none. Calls of a time when
 * the clock was ahead are left out. For a panel that is not in the config, the outage began when a run found that.
 */
export async function readReach(context: Context, panel: string): Promise<PanelReach> {
  if (isPanelRemoved(context.config, panel)) return reachRemoved(context, panel);
  const reach = await judgeCalls(context, panel);
  const condition = await context.store.conditions.get(undecidedKey(panel));
  if (condition === null || reach.downSince !== null) return reach;
  const details = condition.details as Omit<UndecidedPanel, 'since'>;
  return { ...reach, undecided: { since: condition.since, ...details } };
}

async function judgeCalls(context: Context, panel: string): Promise<PanelReach> {
  for (const limit of [LAST, FEW, NEWEST]) {
    const reach = await judgeNewest(context, panel, limit);
    if (reach !== null) return reach;
  }
  return { reachable: null, downSince: null, last: null };
}

/** Returns whether no run reads a service, because the config has lost its panel. */
export function isLeftBehind(
  { config }: Pick<Context, 'config'>,
  service: Pick<ServiceRecord, 'panel' | 'status'>,
): boolean {
  return !hasEnded(service) && isPanelRemoved(config, service.panel);
}

async function reachRemoved(context: Context, panel: string): Promise<PanelReach> {
  const { apiCalls, conditions } = context.store;
  const [last = null] = await apiCalls.list({ panel, until: context.now(), limit: LAST });
  const known = await conditions.get(removedKey(panel));
  // Before the first run without it, its last call is what is known of the time.
  return { reachable: false, downSince: known?.since ?? last?.at ?? context.now(), last };
}

/** Judges by the newest calls, as many as `limit`; null where an older one may show that the panel answers. */
async function judgeNewest(context: Context, panel: string, limit: number): Promise<PanelReach | null> {
  const { store } = context;
  const calls = await store.apiCalls.list({ panel, until: context.now(), limit });
  const more = limit < NEWEST && calls.length === limit;
  const [last = null] = calls;
  const telling = calls.filter((call) => call.run !== null || call.service === null || isAnswered(call));
  const [newest] = telling;
  if (newest === undefined && more) return null;
  if (newest === undefined) return { reachable: last === null ? null : last.status !== null, downSince: null, last };
  const known = await store.conditions.get(outageKey(panel));
  // After a whole run of refusals, another one shows nothing.
  const isShown = (call: ApiCallRecord): boolean => call.ok || (known === null && isAnswered(call));
  const answeredRuns = new Set(telling.filter(isShown).map(({ run }) => run));
  const failed = telling.findIndex(({ run }) => run !== newest.run && run !== null && !answeredRuns.has(run));
  // What was answered before a run that failed says nothing of the time after it.
  const since = failed === -1 || newest.run !== null ? telling : telling.slice(0, failed);
  const latest = since.filter((call) => belongTogether(call, newest));
  if (latest.some(isShown)) return { reachable: true, downSince: null, last };
  if (more) return null;
  return { reachable: false, downSince: known?.since ?? latest.at(-1)?.at ?? null, last };
}

/** What keeps the known state of the services of a panel from being renewed. */
export type Outage = Pick<PanelReach, 'downSince' | 'undecided'>;

/** Returns in words why the services of a panel are not read, for operators. */
export function describeOutage({ panelRemoved }: { panelRemoved?: true | undefined }): string {
  return panelRemoved === true ? 'not in the config and not read' : 'down';
}

/**
 * Returns which panels of these services are down, or are not decided on. Services that have ended miss no panel that left the config.
 */
export async function readOutages(
  context: Context,
  services: readonly Pick<ServiceRecord, 'panel' | 'status'>[],
): Promise<ReadonlyMap<string, Outage>> {
  const outages = new Map<string, Outage>();
  const asked = services.filter(
    (service) => isLeftBehind(context, service) || !isPanelRemoved(context.config, service.panel),
  );
  for (const panel of new Set(asked.map((service) => service.panel))) {
    const reach = await readReach(context, panel);
    if (reach.downSince !== null || reach.undecided !== undefined) outages.set(panel, reach);
  }
  return outages;
}

/** Returns whether a panel works by a call: it succeeded, or was refused for the object that it was about. */
export function isAnswered({ ok, code }: Pick<ApiCallRecord, 'ok' | 'code'>): boolean {
  return ok || ANSWERS.includes(code ?? '');
}

function belongTogether(call: ApiCallRecord, newest: ApiCallRecord): boolean {
  if (call.run !== newest.run) return false;
  return call.run !== null || Date.parse(newest.at) - Date.parse(call.at) <= TOGETHER_MS;
}

import type { RemovedPanel, RunReport, UndecidedPanel } from '@sluice/contract/documents';
import { isPanelRemoved } from '../../base/config/find-entry.js';
import { nameFew } from '../../base/natural-order.js';
import { group, isLiving } from '../../base/lifecycle.js';
import type { Context } from '../../context/context.js';
import { removedKey, trustedNow, undecidedKey } from '../../context/panel-answers.js';
import { describeFormer } from '../../context/stored-names.js';
import { type Notice, addNotices, noticeRows, reportNotices } from './notice.js';
import type { RunRequest } from './run-request.js';
import { type ItemError, SluiceError } from '@sluice/panel-kind';
import { findSubjectAgent } from '@sluice/quota-core';
import type { EvidenceRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { TOO_SHORT } from '../../base/errors.js';
import { confirmedInstant } from '../../context/clock-guard.js';

export const PANEL_REMOVED = 'panel_removed';

/** Finds panels that have services, or agents that are held or limited, but are not in the config, by name. */
export async function findRemovedPanels({ store, config }: Pick<Context, 'store' | 'config'>): Promise<RemovedPanel[]> {
  const isGone = (panel: string): boolean => isPanelRemoved(config, panel);
  const known = await store.agents.list();
  const limits = known.filter(({ limitBytes, gone }) => limitBytes !== null && !gone);
  const elsewhere = new Set(limits.flatMap(({ panel, uuid }) => (isGone(panel) ? [] : [uuid])));
  const panels = new Set([...(await store.services.panels()), ...known.map(({ panel }) => panel)]);
  const removed: RemovedPanel[] = [];
  for (const panel of [...panels].filter(isGone).sort()) {
    const agents = await findHeldAgents(store, panel);
    const ofPanel = limits.filter((agent) => agent.panel === panel && !elsewhere.has(agent.uuid));
    const limited = ofPanel.map(({ name }) => name);
    const holds = await store.holds.lasting({ panel });
    const held = [...new Set(holds.map(({ service }) => service))];
    const services = (await store.services.list({ panel }))
      .filter((service) => isLiving(service) || held.includes(service.id))
      .map(({ id }) => id);
    const found = { panel, services, held, agents, limited };
    if (services.length + agents.length + limited.length > 0) removed.push({ ...found, message: describe(found) });
  }
  return removed;
}

/** Returns the names of the agents of a panel with a hold that is open or not undone yet. */
async function findHeldAgents({ holds, agents }: Context['store'], panel: string): Promise<string[]> {
  const held = new Set((await holds.lasting({ agentsOf: panel })).map(({ service }) => findSubjectAgent(service)));
  if (held.size === 0) return [];
  const names = new Map((await agents.list(panel)).map(({ uuid, name }) => [uuid, name]));
  return [...held].map((agent) => names.get(agent ?? '') ?? 'unknown');
}

function describe({ panel, services, held, agents, limited }: Omit<RemovedPanel, 'message'>): string {
  const those = [...new Set([...agents, ...limited])];
  const who = [...count(services, 'service'), ...count(those, 'agent')].join(' and ');
  const has = services.length + those.length === 1 ? 'has' : 'have';
  const names = [...held, ...agents.map((name) => `agent "${name}"`)];
  const stays = names.length === 1 ? '1 is held and stays' : `${names.length} are held and stay`;
  const restricted = names.length === 0 ? 'none is held' : `${stays} restricted (${nameFew(names)})`;
  const [limit, is] = limited.length === 1 ? ['limit', 'is'] : ['limits', 'are'];
  const unchecked =
    limited.length === 0
      ? ''
      : `; ${limited.length} ${limit} of agents ${is} not enforced (${nameFew(limited.map((name) => `"${name}"`))})`;
  return `${who} ${has} the panel "${panel}", which is not in the config: nothing is read or changed there; ${restricted}${unchecked}`;
}

function count({ length }: readonly string[], what: string): string[] {
  return length === 0 ? [] : [`${length} ${what}${length === 1 ? '' : 's'}`];
}

/**
 * Reports the panels that are missing in the config in each run over all panels; as a notice once, until it is back. One with
 * nothing but limits of agents does not make runs fail, since nothing there waits for them. `before` are those that were missing
 * when the run began: one that is missing since was added to a config that the run does not have.
 */
export async function reportRemovedPanels(
  context: Context,
  request: RunRequest,
  report: RunReport,
  before: readonly Pick<RemovedPanel, 'panel'>[],
): Promise<void> {
  if (request.panel !== undefined || request.service !== undefined) return;
  const { conditions } = context.store;
  const removed = (await findRemovedPanels(context)).filter(({ panel }) => before.some((one) => one.panel === panel));
  const notices: Notice[] = [];
  for (const { panel, message, services, agents } of removed) {
    if (services.length + agents.length > 0) report.panels.push({ panel, error: { code: PANEL_REMOVED, message } });
    const key = removedKey(panel);
    const known = await conditions.get(key);
    const since = known?.since ?? context.now();
    if (!request.dryRun)
      await context.write([], (tables) =>
        tables.conditions.put({ key, since, runs: (known?.runs ?? 0) + 1, details: null }),
      );
    notices.push({ code: PANEL_REMOVED, key: `${PANEL_REMOVED}:${panel}:${since}`, panel, service: null, message });
  }
  if (notices.length > 0) await reportNotices(context, report, notices, []);
  if (request.dryRun) return;
  for (const panel of Object.keys(context.config.panels)) {
    if ((await conditions.get(removedKey(panel))) === null) continue;
    await context.write([], (tables) => tables.conditions.end(removedKey(panel)));
  }
}

/** Reports in a preview over all panels which ones it shows by their former names. */
export async function reportFormerNames(context: Context, request: RunRequest, report: RunReport): Promise<void> {
  if (!request.dryRun || request.panel !== undefined || request.service !== undefined) return;
  const notices = context.renames.map((rename): Notice => {
    const key = `panel_renamed:${rename.from}:${rename.to}:${report.run.id}`;
    return { code: 'panel_renamed', key, panel: rename.from, service: null, message: describeFormer(rename) };
  });
  if (notices.length > 0) await reportNotices(context, report, notices, []);
}

const EVIDENCE_ELSEWHERE = 'evidence_elsewhere';

/** Reports services with open evidence on another panel than their own, once per run. */
export async function reportElsewhere(
  context: Context,
  request: Pick<RunRequest, 'panel' | 'service'>,
  report: RunReport,
): Promise<void> {
  const evidence = await context.store.evidence.open(
    request.service === undefined ? {} : { services: [request.service] },
  );
  const byService = group(evidence);
  const notices: Notice[] = [];
  for (const service of await context.store.services.list({ ids: [...byService.keys()] })) {
    const items = (byService.get(service.id) ?? []).filter((item) => item.panel !== service.panel);
    for (const panel of new Set(items.map((item) => item.panel))) {
      if (request.panel !== undefined && request.panel !== panel && request.panel !== service.panel) continue;
      const there = items.filter((item) => item.panel === panel);
      const key = `${EVIDENCE_ELSEWHERE}:${report.run.id}:${service.id}:${panel}`;
      notices.push({ ...elsewhereError(service, there), key, panel: service.panel, service: service.id });
    }
  }
  if (notices.length === 0) return;
  await reportNotices(context, report, notices, []);
}

/** Returns the error of a service that is restricted on another panel than its own. */
export function elsewhereError({ id, panel }: ServiceRecord, items: EvidenceRecord[]): ItemError {
  const other = items[0]?.panel ?? '';
  const targets = items.map(({ kind, target }) => `${kind} ${target}`).join(', ');
  return {
    code: EVIDENCE_ELSEWHERE,
    message: `"${id}" is on panel "${panel}", but Sluice still restricts ${targets} for it on panel "${other}"`,
  };
}

/** Code of the alarm, and of the notice, that the runs decide nothing on a panel. */
export const PANEL_UNDECIDED = 'panel_undecided';

/** Code of a mistake in the adapter, or in what it read. */
export const UNEXPECTED = 'unexpected';

/** A run over panels, as far as it shows on which of them it decided. */
interface DecidingRun {
  request: Pick<RunRequest, 'dryRun' | 'service' | 'panel' | 'due'>;
  report: Pick<RunReport, 'run'>;
  /** The panels with something for it. */
  panels: readonly string[];
  /** Those of them that it was over: other runs had the others. */
  names: readonly string[];
  /** Those of them on which it decided nothing, and why. */
  undecided: ReadonlyMap<string, ItemError>;
}

/** Lists the panels on which the runs decide nothing, and since when and why; also those that left the config. */
export async function listUndecided({
  conditions,
}: Pick<StoreTables, 'conditions'>): Promise<(UndecidedPanel & { panel: string })[]> {
  const prefix = undecidedKey('');
  return (await conditions.list(prefix)).map(({ key, since, details }) => {
    return { panel: key.slice(prefix.length), since, ...(details as Omit<UndecidedPanel, 'since'>) };
  });
}

/**
 * Notes on which panels a run decided nothing although it was over them, and on which it decides again; each is reported once. A run
 * over one service shows nothing of its panel.
 */
export async function noteUndecided(context: Context, run: DecidingRun): Promise<void> {
  const { request, report, panels, names, undecided } = run;
  if (request.dryRun || request.service !== undefined || context.deps.signal.aborted) return;
  const lasting = await listUndecided(context.store);
  if (lasting.length + undecided.size === 0) return;
  const confirmed = await confirmedInstant(context);
  const isDown = (panel: string): boolean => (context.panelFailures().get(panel) ?? null) !== null;
  await context.write([], async (tables) => {
    const notices: Notice[] = [];
    for (const state of lasting) {
      const { panel } = state;
      if (undecided.has(panel) || isDown(panel)) continue;
      // One without services any more is in no run.
      if (!names.includes(panel) && (panels.includes(panel) || request.panel !== undefined || request.due === true))
        continue;
      await tables.conditions.end(undecidedKey(panel));
      if (names.includes(panel)) notices.push(decidesAgain(panel, state));
    }
    for (const [panel, { code, message }] of undecided) {
      const key = undecidedKey(panel);
      const known = await tables.conditions.get(key);
      // The local clock may be the wrong one.
      const [since = ''] = [report.run.startedAt, trustedNow(context, panel, confirmed)].sort();
      const condition = { since: known?.since ?? since, runs: (known?.runs ?? 0) + 1, details: { code, message } };
      await tables.conditions.put({ key, ...condition });
      notices.push(stopsDeciding(panel, { ...condition, code, message }));
    }
    await addNotices(context, tables, noticeRows(context, report.run.id, notices));
  });
}

const toNotice = (code: string, panel: string, since: string, message: string): Notice => ({
  ...{ code, key: `${code}:${panel}:${since}`, panel, service: null, message },
  facts: { answers: code !== PANEL_UNDECIDED, since },
});

const stopsDeciding = (panel: string, state: UndecidedPanel): Notice =>
  toNotice(PANEL_UNDECIDED, panel, state.since, describeUndecided(panel, state, state.since));

const decidesAgain = (panel: string, { code, since }: UndecidedPanel): Notice => {
  const what = isListIgnored(code) ? `read the usage of panel ${panel}` : `decide on panel ${panel}`;
  return toNotice('panel_decided', panel, since, `The runs ${what} again; they had not since ${since}`);
};

/** Returns whether the runs decide nothing since they ignore a list as too short, which a run is allowed to accept. */
export function isListIgnored(code: string): boolean {
  return TOO_SHORT.includes(code);
}

/** Returns why the runs over a panel decide nothing, in a sentence; `since` is the instant as the reader's times are. */
export function describeUndecided(
  panel: string,
  { code, message }: Pick<UndecidedPanel, 'code' | 'message'>,
  since: string,
): string {
  const why = message === null ? '' : `: ${message.replace(/\.$/, '')}`;
  // Bills and commands hold and release services all the same.
  if (isListIgnored(code)) return `No run over panel ${panel} has read any usage since ${since}${why}.`;
  // It may have failed after its changes.
  if (code === UNEXPECTED) return `No run over panel ${panel} has come to its end since ${since}${why}.`;
  return `No run has read, held or released anything on panel ${panel} since ${since}${why}.`;
}

/** Returns which of these panels can't be opened because of what the config names, such as a secret that is missing. Calls no panel. */
export async function findUnopened(
  context: Context,
  names: readonly string[],
): Promise<ReadonlyMap<string, SluiceError>> {
  const unopened = new Map<string, SluiceError>();
  for (const name of names) {
    try {
      await context.panel(name);
    } catch (error) {
      if (error instanceof SluiceError && error.kind === 'usage') unopened.set(name, error);
    }
  }
  return unopened;
}

/** Returns why the first of these panels can't be opened, where none of them can; null where one can. Calls no panel. */
export async function findRefusal(context: Context, names: readonly string[]): Promise<SluiceError | null> {
  return toRefusal(await findUnopened(context, names), names);
}

/**
 * Returns which of these panels can't be opened, each of which fails alone beside the others. Calls no panel.
 *
 * @throws SluiceError where none of them can be opened
 */
export async function requireAnyPanel(
  context: Context,
  names: readonly string[],
): Promise<ReadonlyMap<string, SluiceError>> {
  const unopened = await findUnopened(context, names);
  const refusal = toRefusal(unopened, names);
  if (refusal !== null) throw refusal;
  return unopened;
}

function toRefusal(unopened: ReadonlyMap<string, SluiceError>, names: readonly string[]): SluiceError | null {
  const [first = null] = unopened.values();
  return unopened.size === names.length ? first : null;
}

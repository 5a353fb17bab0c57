import type { RunReport, UndecidedPanel } from '@sluice/contract/documents';
import type { ItemError } from '@sluice/panel-kind';
import type { StoreTables } from '@sluice/state-store';
import { TOO_SHORT } from '../../base/errors.js';
import { confirmedInstant } from '../../context/clock-guard.js';
import type { Context } from '../../context/context.js';
import { trustedNow, undecidedKey } from '../../context/panel-answers.js';
import type { RunRequest } from './run-request.js';
import { addNotices, type Notice, noticeRows } from './notice.js';

/** Code of the alarm, and of the notice, that the runs decide nothing on a panel. */
export const PANEL_UNDECIDED = 'panel_undecided';

/** Code of a mistake in the adapter, or in what it read. */
export const UNEXPECTED = 'unexpected';

/** A run over panels, as far as it shows on which of them it decided. */
interface DecidingRun {
  request: Pick<RunRequest, 'dryRun' | 'service' | 'panel'>;
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
  const notices: Notice[] = [];
  await context.write([], async (tables) => {
    for (const state of lasting) {
      const { panel } = state;
      if (undecided.has(panel) || isDown(panel)) continue;
      // One without services any more is in no run.
      if (!names.includes(panel) && (panels.includes(panel) || request.panel !== undefined)) continue;
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

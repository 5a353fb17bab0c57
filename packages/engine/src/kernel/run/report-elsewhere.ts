import type { RemovedPanel, RunReport, UndecidedPanel } from '@sluice/contract/documents';
import { stated } from '@sluice/messages/said';
import { type StaffText, staffText } from '@sluice/messages/staff';
import type { ItemError } from '@sluice/panel-kind';
import { group } from '../../base/lifecycle.js';
import { confirmedInstant } from '../../context/clock-guard.js';
import type { Context } from '../../context/context.js';
import { removedKey, trustedNow, undecidedKey } from '../../context/panel-answers.js';
import {
  describeUndecided,
  elsewhereError,
  EVIDENCE_ELSEWHERE,
  findRemovedPanels,
  isListIgnored,
  listUndecided,
  PANEL_REMOVED,
  PANEL_UNDECIDED,
} from './left-elsewhere.js';
import { addNotices, type Notice, noticeRows, reportNotices } from './notice.js';
import type { RunRequest } from './run-request.js';

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
    notices.push({
      code: PANEL_REMOVED,
      key: `${PANEL_REMOVED}:${panel}:${since}`,
      panel,
      service: null,
      message: stated(message),
    });
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
    return {
      code: 'panel_renamed',
      key,
      panel: rename.from,
      service: null,
      message: staffText('staff.panelFormer', { from: rename.from, to: rename.to }),
    };
  });
  if (notices.length > 0) await reportNotices(context, report, notices, []);
}

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
      const { code, message } = elsewhereError(service, there);
      notices.push({ code, key, panel: service.panel, service: service.id, message: stated(message) });
    }
  }
  if (notices.length === 0) return;
  await reportNotices(context, report, notices, []);
}

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

const toNotice = (code: string, panel: string, since: string, message: StaffText): Notice => ({
  ...{ code, key: `${code}:${panel}:${since}`, panel, service: null, message },
  facts: { answers: code !== PANEL_UNDECIDED, since },
});

const stopsDeciding = (panel: string, state: UndecidedPanel): Notice =>
  toNotice(PANEL_UNDECIDED, panel, state.since, stated(describeUndecided(panel, state, state.since)));

const decidesAgain = (panel: string, { code, since }: UndecidedPanel): Notice => {
  const message = staffText(isListIgnored(code) ? 'staff.panelRead' : 'staff.panelDecided', { panel, since });
  return toNotice('panel_decided', panel, since, message);
};

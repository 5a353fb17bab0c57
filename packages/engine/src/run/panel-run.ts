import { setImmediate as answersTaken } from 'node:timers/promises';
import { itemErrorOf, type Panel } from '@sluice/panel-kind';
import type { FingerprintRecord, ServiceRecord, SwitchRecord } from '@sluice/state-store';
import { CLOCK_ERRORS, moment, refuseUnconfirmedClock, refuseWrongClock } from '../clock-guard.js';
import type { Session } from '../session.js';
import { commit } from './apply.js';
import { keep } from './checkpoint.js';
import { judge, noticesOf } from './decide.js';
import { otherLeases } from './facts.js';
import { finishOpen, needsLook, noteHeld, type PanelRun } from './finish.js';
import { prepare, stayInCycle } from './load.js';
import { countFall, meter } from './observe.js';
import { eachPage } from './pages.js';
import { planWork } from './plan.js';
import { record, showOnly, type Treatment } from './report.js';
import type { PassRequest } from './run.js';
import type { Work } from './work.js';

/**
 * Works on one panel. Page by page usage is read and decided on, and what needs nothing more is written down at once;
 * for the rest the panel is looked at, the brake is asked, and the changes are made.
 */
export async function runPanel(
  context: Pick<PanelRun, 'session' | 'panel' | 'request' | 'leases' | 'report' | 'tally'>,
  only: ServiceRecord | null,
): Promise<void> {
  const { session, panel, request, report } = context;
  const start = moment(session);
  const fingerprint = await usageFingerprint(session, panel);
  const falls = { compared: 0, fell: 0 };
  const { id } = report.run;
  const scope = request.observeAll ? 'reconcile' : 'poll';
  const leasesAtStart = await otherLeases(session, id);
  const empty = { open: [], held: [], active: 0, observing: false };
  const run: PanelRun = { ...context, ...empty, run: id, scope, fingerprint, falls, start, leasesAtStart };
  const stored = await session.store.switches.list();
  const switches = request.switches ? request.switches(stored) : stored;
  const progress = { read: 0, total: 0 };
  try {
    await eachPage(session, panel, only, {
      read: (page) => readPage(run, page, switches, progress),
      write: (works) => writePage(run, works),
    });
    run.open.sort((a, b) => (a.service.id < b.service.id ? -1 : 1));
    if (run.observing) report.run.observing.push(panel.name);
    await finishOpen(run);
  } catch (error) {
    const refused = itemErrorOf(error);
    if (!CLOCK_ERRORS.includes(refused.code)) throw error;
    report.panels.push({ panel: panel.name, error: refused });
  }
}

/** The shape of the usage answers that the operator has confirmed, if any. */
async function usageFingerprint(session: Session, panel: Panel): Promise<FingerprintRecord | null> {
  const { plausibility } = panel;
  if (plausibility === undefined) return null;
  const known = await session.store.fingerprints.list(panel.name);
  return known.find((item) => item.endpoint === plausibility.endpoint && item.confirmed) ?? null;
}

async function readPage(
  run: PanelRun,
  page: ServiceRecord[],
  switches: SwitchRecord[],
  progress: { read: number; total: number },
): Promise<Work[]> {
  const { session, panel, request } = run;
  const works = await prepare(session, panel, page, { switches });
  progress.total += works.length;
  await meter(session, panel, works, {
    allowShort: request.allowMass,
    fingerprint: run.fingerprint,
    onRead: () => request.onProgress?.(++progress.read, progress.total),
  });
  refuseWrongClock(session, panel.name, run.start);
  await refuseUnconfirmedClock(session, panel.name, run.start);
  // Without a reading or the panel's clock, no cycle begins or ends.
  if (session.clockDifference(panel.name) === null) {
    for (const work of works) if (work.usage === null) stayInCycle(work);
  }
  return works;
}

/** Decides on the services of a page, and writes down those that need nothing more. */
async function writePage(run: PanelRun, works: Work[]): Promise<void> {
  const { session, panel, request } = run;
  // First the next page: it is begun meanwhile, and its calls go out.
  await answersTaken();
  const now = session.now();
  for (const work of works) {
    countFall(run.falls, work);
    judge(session, panel, work, now);
  }
  const calm = await calmOf(run, works);
  const finished: Work[] = [];
  for (const work of works) {
    if (work.enforcement.value === 'observe') run.observing = true;
    if (work.skipped === null) run.active++;
    if (!calm.has(work) && needsMore(panel, work, request)) run.open.push(work);
    else finished.push(work);
  }
  noteHeld(run, finished);
  const notices = finished.flatMap(noticesOf);
  // The next page's answers come in meanwhile, and their calls go on: the store does not keep them waiting for all of this.
  await answersTaken();
  const shown = (work: Work): Treatment => treatmentOf(run, work.enforcement.value === 'observe');
  const result = { works: finished, treatment: shown, notices };
  if (request.dryRun) showOnly(run, result);
  else if (finished.length > 0) {
    // In one transaction, since nothing of this is changed on the panel in between: each costs a wait for the disk.
    await session.write(run.leases.held, async (tables) => {
      const at = session.now();
      await commit(tables, finished, () => treatmentOf(run, false), { at, stopped: false });
      await record(run, tables, result);
    });
  }
}

/** Services that are as they should be, seen where a look costs nothing: they are done with, and their memory is free. */
async function calmOf(run: PanelRun, works: Work[]): Promise<Set<Work>> {
  const { session, panel, scope } = run;
  const calm = new Set<Work>();
  if (panel.snapshot?.paged !== true) return calm;
  const quiet = works.filter(
    (work) =>
      work.skipped === null && work.opens.length === 0 && work.closes.length === 0 && work.unsettled.length === 0,
  );
  const services = quiet.map((work) => work.service);
  const observations = await panel.observe(services, session.deps.signal, { scope, fresh: false });
  for (const work of quiet) {
    work.observation = observations.get(work.service.id) ?? null;
    const { steps, settle, moves, refs, drift, problems, notices } = planWork(run, work);
    const nothing = [steps, settle, moves, drift, problems, notices ?? []].every((part) => part.length === 0);
    if (nothing && refs === undefined) {
      keep(run, work);
      calm.add(work);
    }
    work.observation = null;
  }
  return calm;
}

function treatmentOf(run: PanelRun, observing: boolean): Treatment {
  return { shownOnly: run.request.dryRun || observing, observing };
}

function needsMore(panel: Panel, work: Work, request: PassRequest): boolean {
  const goesOn = request.observeAll && work.termination !== null;
  return goesOn || work.opens.length > 0 || work.closes.length > 0 || needsLook(panel, work, request);
}

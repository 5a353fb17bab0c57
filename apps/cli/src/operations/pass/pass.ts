import { brakeStops } from '@sluice/quota-core';
import type { RunRecord, ServiceRecord, SwitchRecord } from '@sluice/state-store';
import { ExitCode, itemErrorOf, SluiceError } from '../../errors.js';
import type { Panel, Plan } from '../../panels/panel.js';
import { backupBeforeEnforcing } from '../backups.js';
import { leaseHeld, Leases, panelLease } from '../leases.js';
import { requirePanelName } from '../services/panels.js';
import { requireService, type Session } from '../session.js';
import { actionRow, planWork } from './enforce.js';
import { carryOut, commit } from './carry-out.js';
import { draftHolds, judge, noticesOf } from './judge.js';
import { meter } from './meter.js';
import { noticeRows, type Notice } from './notices.js';
import { decisionOf, exitCodeOf, totalsOf, viewOf, type Treatment } from './outcome.js';
import { prepare } from './prepare.js';
import { shownNotice, type PassReport } from './report.js';
import { findSharing } from './sharing.js';
import type { Work } from './work.js';

/** What a run is asked to do. */
export interface PassRequest {
  command: string;
  panel?: string | undefined;
  service?: string | undefined;
  dryRun: boolean;
  allowMass: boolean;
  /** Look at every active service on the panel, not only at those held or about to change. */
  observeAll: boolean;
  /** Switches as they would be: for the plan of a first enforcing run. */
  switches?: ((stored: SwitchRecord[]) => SwitchRecord[]) | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

interface PanelOutcome {
  works: Work[];
  treatment: (work: Work) => Treatment;
  notices: Notice[];
  braked: { changing: number; active: number } | null;
}

/**
 * One run over panels: observe, decide, plan, apply. Each panel is worked on under its lease; what can't be read
 * changes nothing; the brake stands before the first change of each panel.
 */
export async function runPass(
  session: Session,
  request: PassRequest,
): Promise<{ report: PassReport; exitCode: number }> {
  const startedAt = session.now();
  const runId = session.id('run');
  session.runId = runId;
  const groups = await selectServices(session, request);
  const leases = new Leases(session, runId);
  const report: PassReport = {
    run: {
      id: runId,
      command: request.command,
      dryRun: request.dryRun,
      observing: [],
      startedAt,
      finishedAt: startedAt,
    },
    totals: totalsOf([]),
    services: [],
    notices: [],
    error: null,
    panels: [],
  };
  try {
    const names = request.dryRun ? [...groups.keys()] : await takePanels(leases, [...groups.keys()], report);
    if (!request.dryRun) await session.store.runs.start(runRow(session, report));
    const done: { work: Work; view: PassReport['services'][number] }[] = [];
    for (const name of names) {
      const outcome = await workPanel(session, name, groups.get(name) ?? [], request, leases, report);
      if (outcome) done.push(...(await record(session, name, request, outcome, leases, report)));
    }
    report.services = done.map(({ view }) => view);
    report.totals = totalsOf(done);
    report.run.finishedAt = session.now();
    const exitCode = session.deps.signal.aborted ? signalExit(session) : exitCodeOf(report);
    if (!request.dryRun) await finishRun(session, report, exitCode);
    return { report, exitCode };
  } catch (error) {
    if (!request.dryRun) {
      report.error ??= itemErrorOf(error);
      await finishRun(session, report, ExitCode.failed).catch(() => undefined);
    }
    throw error;
  } finally {
    await leases.releaseAll();
  }
}

function signalExit(session: Session): number {
  return session.deps.signal.reason === 'SIGTERM' ? ExitCode.terminated : ExitCode.interrupted;
}

async function selectServices(session: Session, request: PassRequest): Promise<Map<string, ServiceRecord[]>> {
  const groups = new Map<string, ServiceRecord[]>();
  const panels = Object.keys(session.config.panels);
  if (request.panel !== undefined) requirePanelName(session, request.panel);
  if (request.service !== undefined) {
    const service = await requireService(session, request.service);
    requirePanelName(session, service.panel);
    groups.set(service.panel, [service]);
    return groups;
  }
  for (const panel of request.panel === undefined ? panels : [request.panel]) {
    const services = await session.store.services.list({ panel });
    if (services.length > 0) groups.set(panel, services);
  }
  return groups;
}

/** Leases of all panels at the start; those that another run holds are left out and named. */
async function takePanels(leases: Leases, names: string[], report: PassReport): Promise<string[]> {
  const taken: string[] = [];
  const held = [];
  for (const name of names) {
    const result = await leases.tryTake(panelLease(name));
    if ('lease' in result) {
      taken.push(name);
    } else {
      held.push(result.heldBy);
      report.panels.push({ panel: name, error: itemErrorOf(leaseHeld(`panel ${name}`, [result.heldBy])) });
    }
  }
  if (taken.length === 0 && held.length > 0)
    throw leaseHeld(held.map((lease) => lease.name.replace(':', ' ')).join(', '), held);
  return taken;
}

async function workPanel(
  session: Session,
  name: string,
  services: ServiceRecord[],
  request: PassRequest,
  leases: Leases,
  report: PassReport,
): Promise<PanelOutcome | null> {
  let panel: Panel;
  try {
    panel = await session.panel(name);
  } catch (error) {
    if (error instanceof SluiceError && error.exitCode === ExitCode.usage) throw error;
    report.panels.push({ panel: name, error: itemErrorOf(error) });
    return null;
  }
  const stored = await session.store.switches.list();
  const switches = request.switches ? request.switches(stored) : stored;
  const works = await prepare(session, panel, services, switches);
  let read = 0;
  await meter(session, panel, works, () => request.onProgress?.(++read, works.length));
  const notices: Notice[] = [];
  for (const work of works) {
    judge(session, work);
    notices.push(...noticesOf(work));
  }
  if (works.some((work) => work.enforcement.value === 'observe')) report.run.observing.push(name);
  const plans = await look(session, panel, works, request);
  const changing = works.filter(
    (work) =>
      work.enforcement.value === 'on' &&
      (work.opens.length > 0 || work.closes.length > 0 || plans.get(work.service.id)?.counts === true),
  );
  const active = works.filter((work) => work.skipped === null).length;
  const braked =
    request.service === undefined && brakeStops({ changing: changing.length, active, ...session.config.poll.brake })
      ? { changing: changing.length, active }
      : null;
  const stopped = braked !== null && !request.allowMass;
  const treatment = (work: Work): Treatment => {
    const observing = work.enforcement.value === 'observe';
    return { shownOnly: request.dryRun || stopped || observing, observing };
  };
  for (const work of works) {
    const plan = plans.get(work.service.id);
    if (plan && treatment(work).shownOnly)
      work.actions.push(...plan.steps.map((step) => actionRow(session, report.run.id, work, step)));
  }
  if (!request.dryRun) {
    if (works.some((work) => !treatment(work).shownOnly)) await backupBeforeEnforcing(session.store);
    await commit(session, works, treatment, leases.held, stopped);
    const active = works.filter((work) => !treatment(work).shownOnly && work.skipped === null);
    await carryOut(
      session,
      panel,
      report.run.id,
      active,
      leases,
      (work) => needsLook(panel, work, request),
      scopeOf(request),
    );
  }
  return { works, treatment, notices, braked: stopped ? braked : null };
}

/** Observes those that need it, finds who shares what, and plans; hold rows that would begin are drafted for it. */
async function look(session: Session, panel: Panel, works: Work[], request: PassRequest): Promise<Map<string, Plan>> {
  for (const work of works) work.holds.push(...draftHolds(session, work));
  const looked = works.filter((work) => needsLook(panel, work, request));
  const observations = await panel.observe(
    looked.map((work) => work.service),
    session.deps.signal,
  );
  for (const work of looked) work.observation = observations.get(work.service.id) ?? null;
  await findSharing(session, panel, works);
  const plans = new Map<string, Plan>();
  for (const work of looked) plans.set(work.service.id, planWork(session, panel, work, scopeOf(request)));
  return plans;
}

function scopeOf(request: PassRequest): 'poll' | 'reconcile' {
  return request.observeAll ? 'reconcile' : 'poll';
}

function needsLook(panel: Panel, work: Work, request: PassRequest): boolean {
  if (work.skipped !== null) return false;
  return (
    panel.wholeLists ||
    request.observeAll ||
    work.holds.length > 0 ||
    work.evidence.length > 0 ||
    work.unsettled.length > 0
  );
}

async function record(
  session: Session,
  panel: string,
  request: PassRequest,
  outcome: PanelOutcome,
  leases: Leases,
  report: PassReport,
): Promise<{ work: Work; view: PassReport['services'][number] }[]> {
  const rows = outcome.works.map((work) => {
    const treatment = outcome.treatment(work);
    const decision = decisionOf(session, report.run.id, work, treatment);
    return { work, decision, view: viewOf(decision, work, treatment) };
  });
  if (outcome.braked) {
    const { changing, active } = outcome.braked;
    const message = `${panel}: ${changing} of ${active} services would be held or released at once; nothing was changed. Look at "sluice plan", then run again with --allow-mass if it is right`;
    outcome.notices.push({
      code: 'mass_change',
      key: `mass_change:${report.run.id}:${panel}`,
      panel,
      service: null,
      message,
    });
    if (!request.dryRun) report.error = { code: 'mass_change', message, details: { panel, changing, active } };
  }
  const notices = noticeRows(session, report.run.id, outcome.notices);
  if (request.dryRun) {
    report.notices.push(...notices.map(shownNotice));
  } else {
    await session.write(leases.held, async (tables) => {
      await tables.decisions.record(rows.map((row) => row.decision));
      report.notices.push(...(await tables.notices.add(notices)).map(shownNotice));
    });
  }
  return rows;
}

function runRow(session: Session, report: PassReport): RunRecord {
  const { id, command, dryRun, observing, startedAt } = report.run;
  const { host, pid } = session.deps.owner;
  return {
    id,
    command,
    dryRun,
    observing,
    startedAt,
    finishedAt: null,
    exitCode: null,
    totals: null,
    error: null,
    host,
    pid,
  };
}

async function finishRun(session: Session, report: PassReport, exitCode: number): Promise<void> {
  await session.store.runs.finish(report.run.id, {
    finishedAt: session.now(),
    exitCode,
    totals: report.totals,
    error: report.error ? `${report.error.code}: ${report.error.message}` : null,
    observing: report.run.observing,
  });
}

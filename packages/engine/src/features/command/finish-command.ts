import type { CommandReport } from '@sluice/contract/documents';
import { staffText } from '@sluice/messages/staff';
import { AGENT_STEPS, type ItemError } from '@sluice/panel-kind';
import { toReportedStatus } from '@sluice/quota-core';
import type { NoticeRecord, RunOutcome, StoreTables } from '@sluice/state-store';
import { noteTold, readUntold } from '../../context/change-holds.js';
import {
  type CarriedOut,
  type CommandResult,
  type CommandRun,
  type ServiceCommand,
  isObservant,
  REFUSED_BY_AGENT,
} from './types.js';
import type { Applied } from '../../kernel/subject/stages.js';
import { NOT_MAPPED, saysStopped, STOPPED_BY_PANEL } from '../../kernel/subject/to-stage.js';
import { interruptedError, isInterrupted } from '../../base/interruption.js';
import { isLiving } from '../../base/lifecycle.js';
import { type Run, toRunView } from '../../kernel/run/bracket.js';
import { noteAlarms } from '../../kernel/run/alarms.js';
import { addNotices, type Notice, noticeRows, planNotices, shownNotice } from '../../kernel/run/notice.js';
import { toReleaseNotices } from '../../kernel/run/release-notices.js';
import { toDecisionRecord } from '../../kernel/run/report.js';
import { decideByLastReading } from '../../loop/decide.js';
import { describeClose } from '../../loop/decision-notices.js';
import { serviceDetail } from '../services/show.js';
import { type LastingHold, listLastingHolds, listReleasedHolds, readLastingHolds } from '../../kernel/subject/holds.js';
import { describeExceeded } from '../../kernel/subject/used.js';
import { toActionView, toOpenHold } from '../../kernel/subject/views.js';
import type { Context } from '../../context/context.js';

/** Stores the checkpoint of the command with the last run's decision, which has failed no more where it lacked what was made. */
async function saveCheckpoint(context: Context, run: string, work: Applied, tables: StoreTables): Promise<void> {
  const { checkpoint: seen } = work.history;
  const [latest] = await tables.decisions.latest([work.service.id]);
  const isMade = latest?.errorCode === NOT_MAPPED && work.error === null;
  if (seen === null && !isMade) return;
  const treatment = { previewOnly: false, observing: false };
  const toFirst = () => toDecisionRecord(context, { id: run, at: context.now() }, { ...work, error: null }, treatment);
  const decision = isMade ? { ...toFirst(), status: 'ok' } : (latest ?? toFirst());
  const reading = seen === null ? {} : { reading: seen };
  await tables.decisions.record([{ ...decision, inputs: { ...(decision.inputs as object | null), ...reading } }]);
}

/** Returns whether the command was refused by what the panel shows, and nothing was changed, or by an agent's limit. */
function isRefused(
  { refused, refusedBy = () => true }: ServiceCommand,
  work: Applied,
): work is Applied & { error: ItemError } {
  const { error, observation, actions } = work;
  if (refused === undefined || error === null || !refusedBy(error)) return false;
  if (error.code === 'outcome_unknown' || observation?.state == null) return false;
  // What an agent does not limit is done all the same.
  const mayBeMade = actions.some(({ type, state }) => type === AGENT_STEPS.create && state !== 'failed');
  return actions.length === 0 || (REFUSED_BY_AGENT.includes(error.code) && !mayBeMade);
}

/** How a command ended. */
interface CommandEnd {
  outcome: RunOutcome;
  /** Whether all of it is done. */
  complete: boolean;
}

/** Stores how a command ended, and returns its report. */
export async function finishCommand(
  commandRun: CommandRun,
  { work: carriedOut, reported }: CarriedOut,
): Promise<CommandResult> {
  const { context, command, run } = commandRun;
  const end = decideEnd(context, command, carriedOut);
  const released = await releaseNotices(commandRun, carriedOut);
  const found = [...planNotices(carriedOut, { notices: reported }), ...released.notices];
  const notices = noticeRows(context, run.id, found);
  if (command.dryRun) await endRun(run, carriedOut, end);
  const work = command.dryRun ? carriedOut : await storeEnd(commandRun, carriedOut, end, notices);
  const isCut = context.deps.signal.aborted;
  const made = command.dryRun
    ? 0
    : work.actions.filter(({ state }) => state === 'applied' || state === 'in-doubt').length;
  // What the command was to release is its outcome.
  const shown = released.areAsked ? notices.slice(0, notices.length - released.notices.length) : notices;
  const error = isCut ? { error: interruptedError('', made) } : {};
  const report = { ...(await toReport(commandRun, work, end)), notices: shown.map(shownNotice), ...error };
  const aboutHolds = reported.flatMap(({ hold }, index) => {
    const notice = report.notices[index];
    return hold === undefined || notice === undefined ? [] : [{ hold, notice }];
  });
  return { report, work, notices: found, aboutHolds };
}

function decideEnd(context: Context, command: ServiceCommand, work: Applied): CommandEnd {
  const stopped = isObservant(command) && work.enforcement.value === 'observe';
  const complete = work.error === null && !context.deps.signal.aborted && !stopped;
  const someDone = work.actions.some((action) => action.state === 'applied');
  // A run finishes a termination that was started.
  const goesOn = command.account?.verb === 'terminate' && work.actions.length > 0;
  // A hold that a refused provisioning command found is not its doing; what one has stored that is not refused stays.
  const isKept = listLastingHolds(work).length > 0 || command.refusedBy !== undefined;
  const isStarted = isKept && !isRefused(command, work);
  const started = goesOn || someDone || isStarted || work.actions.some((action) => action.state === 'in-doubt');
  return { outcome: complete ? 'done' : started ? 'partial' : 'failed', complete };
}

/**
 * Returns the notices of the holds that ended: that the command found to have no reason any more, that it was to release (`areAsked` where
 * there are no others), that ended before it and are undone now, and that a renewal ended.
 */
async function releaseNotices(
  { context, command, run }: CommandRun,
  work: Applied,
): Promise<{ notices: Notice[]; areAsked: boolean }> {
  const isOwn = (hold: Applied['ended'][number]): boolean => work.closes.some(({ id }) => id === hold.id);
  // A refused renewal holds again what it has ended.
  const untold = isRefused(command, work) ? [] : await readUntold(context.store);
  const isBefore = ({ until }: Applied['ended'][number]): boolean => (until ?? '') < run.view.startedAt;
  const isDue = (hold: Applied['ended'][number]): boolean => isBefore(hold) || untold.some(({ id }) => hold.id === id);
  const due = work.ended.filter((hold) => isOwn(hold) || isDue(hold));
  const released = due.filter((hold) => isOwn(hold) || listReleasedHolds(work).includes(hold));
  const shown = command.dryRun ? work.closes : released;
  if (shown.length === 0) return { notices: [], areAsked: false };
  const panel = await context.panel(work.service.panel);
  // A command reads no usage: what ended them is what the last reading decides by now.
  const decision = decideByLastReading(context, panel, work, context.now());
  const isAsked = (hold: Applied['ended'][number]): boolean =>
    RELEASING.includes(command.command) && !isOwn(hold) && !isBefore(hold);
  const toWhy = (hold: Applied['ended'][number]): string =>
    isAsked(hold) ? staffText('staff.why.command') : describeClose(context, { ...work, decision }, hold);
  return { notices: toReleaseNotices(work, shown, toWhy), areAsked: shown.every(isAsked) };
}

/** Commands that release what an operator names. */
const RELEASING: readonly string[] = ['hold release', 'provision unsuspend'];

/** Stores how a command ended; returns the service with its stored row. */
async function storeEnd(
  { context, command, run }: CommandRun,
  work: Applied,
  end: CommandEnd,
  notices: NoticeRecord[],
): Promise<Applied> {
  const panel = await context.panel(work.service.panel);
  return context.write(run.leases.held, async (tables) => {
    if (end.complete) await command.done?.(work.service, tables);
    else if (work.error?.code === STOPPED_BY_PANEL) await command.stopped?.(tables);
    else if (isRefused(command, work)) await command.refused?.(work.error, tables, work.service);
    await saveCheckpoint(context, run.id, work, tables);
    // What is asked of an account, and what is given back, is not planned as a service that should run.
    const asksForState = command.account == null || command.account.verb === 'unsuspend';
    if (asksForState && command.givesBack !== true && isLiving(work.service))
      await noteAlarms({ context, panel, scope: command.scope ?? 'command', decides: saysStopped }, tables, [work]);
    // The notices of a run's own command are reported by that run.
    if (command.decidedByRun !== true) {
      await addNotices(context, tables, notices);
      await noteTold(tables, listReleasedHolds(work));
    }
    await endRun(run, work, end, tables);
    return { ...work, service: (await tables.services.get(work.service.id)) ?? work.service };
  });
}

function endRun(run: Run, { actions, error }: Applied, { outcome }: CommandEnd, tables?: StoreTables): Promise<void> {
  return run.end({ outcome, changes: actions.length > 0, error }, tables);
}

async function toReport(
  { context, command, run }: CommandRun,
  work: Applied,
  { complete }: CommandEnd,
): Promise<Omit<CommandReport, 'notices'>> {
  const detail = await serviceDetail(context, work.service);
  const staying = work.holds.filter((hold) => !work.closes.includes(hold));
  const holds: readonly LastingHold[] = command.dryRun
    ? [...staying, ...work.ended.map((hold) => ({ ...hold, releasing: true as const }))]
    : await readLastingHolds(context.store, { services: [work.service.id] });
  const actions = work.actions.map((action) => toActionView((name) => context.findKind(name), action));
  // A completed command ends the error of an earlier run.
  const decided = complete && detail.status === 'failed' ? 'ok' : detail.status;
  const wouldHold = detail.wouldHold.length > 0;
  const usedUp = describeExceeded(detail) !== null;
  const status = holds.length > 0 ? 'held' : toReportedStatus({ decided, held: false, wouldHold, usedUp });
  return {
    run: toRunView(run.view),
    service: {
      ...detail,
      status: work.error && !isInterrupted(work.error) ? 'failed' : status,
      holds: holds.map(toOpenHold),
      actions,
      error: work.error,
    },
    actions,
    credentials: null,
    stillHeld: [...new Set(holds.map((hold) => hold.reason))],
  };
}

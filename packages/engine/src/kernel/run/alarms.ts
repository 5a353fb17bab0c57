import type { StoppedByPanel } from '@sluice/contract/documents';
import type { Panel } from '@sluice/panel-kind';
import { printable } from '@sluice/panel-http/printable';
import type { AlarmRecord, DecisionRecord, NoticeRecord, StoreTables } from '@sluice/state-store';
import type { Applied } from '../subject/stages.js';
import { isUnseen, LEASED, saysStopped, STOPPED_BY_PANEL, isHeld } from '../subject/to-stage.js';
import { describeDoubtedHolds, HOLD_DOUBTED } from '../subject/holds.js';
import { group } from '../../base/lifecycle.js';
import { isGone } from '../subject/account.js';
import type { Context } from '../../context/context.js';
import { toEvent } from '../../base/notice-events.js';
import { toLastReading } from '../subject/views.js';

/** The code of a difference between what a service is on its panel and what it should be. */
const DRIFT = 'drift';

type AlarmTables = Pick<StoreTables, 'alarms'>;

/** A run, as far as it decides which alarms begin and end. */
interface LookingRun {
  context: Context;
  scope: string;
  panel: Pick<Panel, 'objects'>;
  /** Which alarms it decides about; absent: all. */
  decides?: (alarm: Pick<AlarmRecord, 'code'>) => boolean;
}

/**
 * Stores what a run found to be wrong with services and does not repair itself, and ends what it no longer found. What only a
 * reconcile checks does not end with a poll. Called in the transaction that stores the decisions, or the end of a command. Returns
 * the alarms that last and are shown with the service, also those that this run did not check.
 */
export async function noteAlarms(run: LookingRun, tables: AlarmTables, subjects: readonly Applied[]): Promise<Lasting> {
  const services = subjects.map(({ service }) => service.id);
  const before = services.length === 0 ? [] : await tables.alarms.list({ services });
  const stored = group(before);
  const isChecked = ({ service, plan, skipped }: Applied): boolean =>
    plan !== null || skipped !== null || stored.get(service.id)?.some(({ code }) => isGone(code)) === true;
  const looked = subjects.filter((work) => !work.changedMeanwhile && isChecked(work));
  const [put, ended]: [AlarmRecord[], string[]] = [[], []];
  const { decides = () => true } = run;
  for (const work of looked) {
    const noted = stored.get(work.service.id) ?? [];
    const alarms = findAlarms(run, work);
    if (noted.length + alarms.length === 0) continue;
    const known = noted.filter(decides);
    const wrong = alarms.filter(decides);
    const found = new Map(wrong.map((alarm) => [alarm.key, alarm]));
    const isRepairing = work.actions.some(({ state }) => state === 'applied');
    for (const [key, alarm] of found) {
      const before = known.find((each) => each.key === key);
      // What the run repairs becomes an alarm only when the next run finds it again.
      if (before === undefined && !(isRepairing && alarm.code === DRIFT)) put.push(alarm);
      else if (before?.scope === 'reconcile' && run.scope === 'poll') put.push({ ...before, scope: 'poll' });
    }
    ended.push(...known.filter((alarm) => !found.has(alarm.key) && endsWith(run, work, alarm)).map(({ id }) => id));
  }
  if (put.length > 0) await tables.alarms.put(put);
  if (ended.length > 0) await tables.alarms.remove(ended);
  return group([...before, ...put].filter(({ id }) => !ended.includes(id)));
}

/** Alarms that last, by service. */
type Lasting = ReadonlyMap<string, readonly AlarmRecord[]>;

/** Returns the decisions with the differences that last although their run did not check them, and with the accounts that are gone. */
export function withLasting(decisions: readonly DecisionRecord[], lasting: Lasting): DecisionRecord[] {
  return decisions.map((decision) => {
    const alarms = lasting.get(decision.service);
    if (alarms === undefined) return decision;
    const { drift = [] } = (decision.inputs ?? {}) as { drift?: readonly string[] };
    const found = new Set(drift.map(printable));
    const others = new Set(alarms.flatMap(({ code, message }) => (code === DRIFT ? [message] : [])));
    const unseen = [...others].filter((message) => !found.has(message));
    const gone = decision.errorCode === null ? alarms.find(({ code }) => isGone(code)) : undefined;
    return {
      ...decision,
      ...(unseen.length > 0 && { inputs: { ...(decision.inputs as object), drift: [...drift, ...unseen] } }),
      ...(gone !== undefined && { status: 'failed', errorCode: gone.code, errorMessage: gone.message }),
    };
  });
}

/** Whether a run that did not find an alarm again has checked for it. What it could not read may be as it was. */
function endsWith({ context, scope, panel }: LookingRun, work: Applied, alarm: AlarmRecord): boolean {
  const { plan, skipped, error, observation } = work;
  if (skipped !== null) return skipped !== LEASED;
  const isSame = ({ code, message }: Pick<AlarmRecord, 'code' | 'message'>): boolean =>
    code === alarm.code && printable(message) === alarm.message;
  if (plan?.unseen?.some(isSame) === true) return false;
  if (isGone(alarm.code)) {
    const isNamed = alarm.key === toGoneKey(context, work, alarm);
    return !isNamed || (plan !== null && error === null && observation?.state !== null);
  }
  // Each run decides whether a reading is doubted, whatever else is wrong.
  if (alarm.code === HOLD_DOUBTED) return plan !== null;
  // What a service shows that needs nothing more is not kept.
  const isRead = observation === null || !isUnseen(panel, observation, alarm.message);
  return (
    plan !== null && isRead && error === null && (scope !== 'poll' || alarm.scope === 'poll' || saysStopped(alarm))
  );
}

function findAlarms({ context, scope }: LookingRun, work: Applied): AlarmRecord[] {
  const { id, panel } = work.service;
  return listWrong(work).map(({ code, message: text }) => {
    const message = printable(text);
    const found = { service: id, code, message };
    return {
      ...{
        id: context.id('alarm'),
        key: isGone(code) ? toGoneKey(context, work, found) : toAlarmKey(found),
        code,
        panel,
        service: id,
        message,
      },
      ...{ scope: scope === 'poll' || saysStopped({ code }) ? ('poll' as const) : ('reconcile' as const) },
      since: context.now(),
      ...{ acknowledgedAt: null, acknowledgedBy: null, note: null },
    };
  });
}

/** Returns what a run found to be wrong with a service. What stops it there is one alarm, and no difference besides. */
function listWrong({ plan, drift, service, doubted, error }: Applied): { code: string; message: string }[] {
  const told = (plan?.notices ?? []).filter(({ code }) => toEvent(code) !== null);
  const stops = told.some(({ code }) => code === STOPPED_BY_PANEL) ? (plan?.stops ?? []) : [];
  const impossible = describeDoubtedHolds(service.id, doubted);
  return [
    ...drift.filter((text) => !stops.includes(text)).map((message) => ({ code: DRIFT, message })),
    ...told,
    ...(error !== null && isGone(error.code) ? [error] : []),
    ...(impossible === null ? [] : [{ code: HOLD_DOUBTED, message: impossible }]),
  ];
}

function toAlarmKey({ service, code, message }: Pick<NoticeRecord, 'service' | 'code' | 'message'>): string {
  return JSON.stringify([service, code, printable(message)]);
}

/** The key of an account that is gone has its id: the alarm ends when the service names another. */
function toGoneKey(
  context: Context,
  { service }: Pick<Applied, 'service'>,
  { code, message }: Pick<NoticeRecord, 'code' | 'message'>,
): string {
  const { requiredRef = null } = context.findKind(service.panel) ?? {};
  return JSON.stringify([service.id, code, message, service.refs[requiredRef ?? ''] ?? null]);
}

/** Reads which services are stopped on their panels without a hold of their own, as runs found it last. */
export async function readStoppedByPanel(
  tables: AlarmTables,
  services: readonly string[],
): Promise<ReadonlyMap<string, StoppedByPanel>> {
  const found = services.length === 0 ? [] : await tables.alarms.list({ services });
  const stopped = found.filter(saysStopped);
  return new Map(stopped.map(({ service, since, message }) => [service, { since, message }]));
}

/** Returns what is acknowledged of services, as `isAcknowledged` asks for it. */
export async function readAcknowledged(tables: AlarmTables, services: readonly string[]): Promise<ReadonlySet<string>> {
  if (services.length === 0) return new Set();
  const found = await tables.alarms.list({ services: [...new Set(services)] });
  return new Set(found.filter(({ acknowledgedAt }) => acknowledgedAt !== null).map(({ key }) => key));
}

/** Returns whether somebody knows of what a notice says. */
export function isAcknowledged(
  acknowledged: ReadonlySet<string>,
  notice: Pick<NoticeRecord, 'service' | 'code' | 'message'>,
): boolean {
  return acknowledged.size > 0 && acknowledged.has(toAlarmKey(notice));
}

/** Returns the differences of a service that nobody has acknowledged. */
export function findOpenDrift(
  { service, drift, plan }: Pick<Applied, 'service' | 'drift' | 'plan'>,
  acknowledged: ReadonlySet<string>,
): string[] {
  const isKnown = (code: string, message: string): boolean =>
    isAcknowledged(acknowledged, { service: service.id, code, message });
  const stopped = (plan?.notices ?? []).find(({ code }) => code === STOPPED_BY_PANEL);
  const stops = stopped !== undefined && isKnown(stopped.code, stopped.message) ? (plan?.stops ?? []) : [];
  return drift.filter((text) => !stops.includes(text) && !isKnown(DRIFT, text));
}

/** A run, as far as it decides what its panel has shown. */
interface KnowingRun {
  readonly panel: Pick<Panel, 'objects'>;
}

/** What others have stopped of a held service, in the inputs of its decision. */
interface Besides {
  /** Absent: not seen since it is held. Empty: nothing. */
  stoppedBesides?: readonly string[];
  /** When it was seen, where that was not in the run of the decision. */
  stoppedBesidesAt?: string;
}

/** Returns what others have stopped of a held service, and when that was seen; null where no run since the hold has seen it. */
export function findBesides(decision: DecisionRecord): { stops: readonly string[]; at: string } | null {
  const { stoppedBesides: stops, stoppedBesidesAt } = (decision.inputs ?? {}) as Besides;
  return stops === undefined ? null : { stops, at: stoppedBesidesAt ?? decision.readAt ?? decision.at };
}

/** Says what others have stopped of a held service, by the inputs of its decision; null for nothing. */
export function describeBesides(service: string, decision: Pick<DecisionRecord, 'inputs'> | null): string | null {
  const { stoppedBesides: stops = [] } = (decision?.inputs ?? {}) as Besides;
  return stops.length === 0 ? null : `${service} is stopped besides its holds: ${stops.join('; ')}`;
}

/** Returns whether a run has seen all that others may have stopped of a held service. */
function sawBesides({ besides, observation }: Pick<Applied, 'besides' | 'observation'>): boolean {
  return besides !== null && (observation?.error ?? null) === null;
}

/** Returns what a run has seen that others have stopped of a held service; nothing where it has not seen all, and found nothing. */
export function besidesSeen(work: Pick<Applied, 'besides' | 'observation'>): Besides {
  const seen = work.besides ?? [];
  return sawBesides(work) || seen.length > 0 ? { stoppedBesides: seen } : {};
}

/** Returns what others have stopped of a held service, with what was known before and was not seen in this run. */
function besidesAfter({ panel }: KnowingRun, work: Applied, before: DecisionRecord): Besides {
  const { besides, observation } = work;
  const known = findBesides(before);
  if (known === null) return besidesSeen(work);
  if (besides === null || observation === null) return { stoppedBesides: known.stops, stoppedBesidesAt: known.at };
  const kept = known.stops.filter((text) => !besides.includes(text) && isUnseen(panel, observation, text));
  const isOld = besides.length === 0 && kept.length > 0;
  return { stoppedBesides: [...besides, ...kept], ...(isOld && { stoppedBesidesAt: known.at }) };
}

/**
 * Returns the decisions with what is known from the ones before: those without a reading with the last one of their cycle, and those
 * of held services with what others have stopped of them, as far as this run has not seen that.
 */
export async function withKnown(
  run: KnowingRun,
  { decisions: stored }: Pick<StoreTables, 'decisions'>,
  subjects: readonly Applied[],
  decisions: DecisionRecord[],
): Promise<DecisionRecord[]> {
  const unseen = new Map(subjects.filter((work) => !sawBesides(work)).map((work) => [work.service.id, work]));
  const findUnseen = (decision: DecisionRecord): Applied | null => {
    const work = unseen.get(decision.service);
    return work !== undefined && isHeld(work, decision) ? work : null;
  };
  const isUnread = ({ readAt, cycle }: DecisionRecord): boolean => readAt === null && cycle !== null;
  const due = decisions.filter((decision) => isUnread(decision) || findUnseen(decision) !== null);
  if (due.length === 0) return decisions;
  const before = await stored.latest(due.map(({ service }) => service));
  const known = new Map(before.map((decision) => [decision.service, decision]));
  return decisions.map((decision) => {
    const last = known.get(decision.service);
    const lastRead = isUnread(decision) ? toLastReading(last, decision) : null;
    const work = findUnseen(decision);
    if (last === undefined || (lastRead === null && work === null)) return decision;
    const besides = work === null ? {} : besidesAfter(run, work, last);
    return {
      ...decision,
      inputs: { ...(decision.inputs as object), ...besides, ...(lastRead !== null && { lastRead }) },
    };
  });
}

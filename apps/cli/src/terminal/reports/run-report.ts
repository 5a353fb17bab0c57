import type { RunReport, ServiceView } from '@sluice/engine';
import { SluiceError } from '@sluice/panel-kind/errors';
import { describeFigures, isStopError, listObserving, nameFew } from '@sluice/engine/words';
import { allowed, bytes, type Column, compareValues, printRows, text } from '../columns.js';
import { foldAlike, foldSame, MOST_ALIKE, printFirst, printOthers, takeFirst } from './fold.js';
import { findBrakeSentence, summarize } from './run-summary.js';
import { describeStatus, listReasons } from './status.js';
import { usedBytes, usedCell } from './usage.js';
import { allowedCell, type Terminal } from '../terminal.js';
import { formatCount } from '../words.js';

/** Prints a run: services that need attention or changed, the first of them and all others with `--verbose`. */
export function printRun(terminal: Terminal, report: RunReport, showAll: boolean): void {
  if (terminal.json) return;
  const shown = report.services.filter((service) => showAll || isOfNote(service) || service.actions.length > 0);
  if (terminal.quiet) printChanges(terminal, report);
  else {
    if (shown.length > LONG) printBrake(terminal, report);
    printObserving(terminal, listObserving(report), observingWords(report));
    if (shown.length > 0) printServices(terminal, shown, showAll);
  }
  printEnd(terminal, report, showAll);
}

/**
 * Says which panels a run of what is due has left to the runs that work on them, and returns its document without these: the next run
 * reads there what is still due.
 */
export function withoutInUse(terminal: Terminal, report: RunReport): RunReport {
  const isInUse = ({ error }: RunReport['panels'][number]): boolean => error.code === IN_USE;
  const inUse = report.panels.filter(isInUse).map(({ panel, error: { message } }) => ({ panel, message }));
  const said = foldSame(inUse, byWhom, ({ panel, message }, same) => {
    const panels = nameFew(same.map((each) => each.panel));
    return { panel, message: `panels ${panels} are in use by ${byWhom({ message })}` };
  });
  for (const { message } of said) sayInUse(terminal, message);
  return { ...report, panels: report.panels.filter((panel) => !isInUse(panel)) };
}

/** Says the same of a run that found all of its panels in use; returns whether the error is that. */
export function isLeftInUse(terminal: Terminal, error: unknown): boolean {
  if (!(error instanceof SluiceError) || error.code !== IN_USE) return false;
  sayInUse(terminal, error.message);
  return true;
}

const IN_USE = 'lease_held';

/** Returns who has the panel that a message is about. */
const byWhom = ({ message }: { message: string }): string => message.replace(/^.*? is in use by /s, '');

function sayInUse(terminal: Terminal, message: string): void {
  const [what = message] = message.split('. ');
  terminal.info(terminal.times.text(`${what}. What is still due there is read by the next run`));
}

/** Rows above which a sentence at the end alone would be missed. */
export const LONG = 10;

/** Prints why the brake stopped the run, or would. */
export function printBrake(terminal: Terminal, report: RunReport): void {
  const sentence = findBrakeSentence(report);
  if (sentence !== null) terminal.line(terminal.colors.red(terminal.times.text(sentence)));
}

/** Prints failures, notices and totals. */
export function printEnd(terminal: Terminal, report: RunReport, showAll: boolean): void {
  const groups = groupFailures([
    ...report.services.filter((service) => !isCutOff(service)).map(({ id, error }) => ({ object: id, error })),
    ...report.panels.map(({ panel, error }) => ({ object: panel, error, details: { panel } })),
  ]);
  // A failure of the whole run is printed once, at the end.
  const common = groups.find(({ error }) => error.message === report.error?.message);
  for (const { objects, error, details } of groups) {
    if (error !== common?.error) terminal.line(`${objects}: ${terminal.error(error, details)}`);
  }
  if (!terminal.quiet) printNotices(terminal, report, showAll);
  if (report.error) {
    const who = common !== undefined && common.count > 1 ? `${common.objects}: ` : '';
    const details = common?.details ?? report.error.details;
    const said = terminal.describe({ ...(common?.error ?? report.error), details });
    terminal.warn(`sluice: ${who}${terminal.times.text(said)}`);
  }
  if (!terminal.quiet) terminal.line(summarize(report));
}

/** Returns whether an interrupted run left the service as it was. */
function isCutOff({ status, error }: ServiceView): boolean {
  return error?.code === 'interrupted' && status === 'skipped';
}

function isOfNote(service: ServiceView): boolean {
  return (service.status !== 'ok' || service.error !== null) && !isCutOff(service);
}

function printServices(terminal: Terminal, shown: readonly ServiceView[], showAll: boolean): void {
  const columns: Column<ServiceView>[] = [
    text('service', ({ id }) => id, { least: 24 }),
    text('panel', ({ panel }) => panel, { priority: 4 }),
    {
      ...text<ServiceView>('status', ({ status }) => status, { least: 14 }),
      cell: (service) => statusCell(terminal, service),
      whole: true,
    },
    bytes('used', usedBytes, { priority: 1 }),
    allowed(({ allowance }) => allowance, { priority: 2 }),
    text('holds', ({ holds, wouldHold }) => listReasons(holds, wouldHold), { priority: 3 }),
    {
      ...text<ServiceView>('actions', ({ actions }) => actions.length, { whole: true }),
      cell: ({ actions }) => (actions.length === 0 ? null : listActions(terminal, actions, showAll)),
    },
  ];
  const { first, others } = takeFirst(inNaturalOrder(shown), showAll);
  printRows(terminal, columns, first);
  if (others > 0) printOthers(terminal, countOthers(shown, first));
  terminal.line();
}

/** Returns `1480 other services with 2960 changes`. */
export function countOthers(all: readonly ServiceView[], shown: readonly ServiceView[]): string {
  const count = (services: readonly ServiceView[]): number =>
    services.reduce((sum, { actions }) => sum + actions.length, 0);
  const changes = count(all) - count(shown);
  const others = formatCount(all.length - shown.length, 'other service');
  return changes === 0 ? others : `${others} with ${formatCount(changes, 'change')}`;
}

/** Returns the changes of a service as lines; many of one kind are counted. */
export function listActions(terminal: Terminal, actions: ServiceView['actions'], showAll: boolean): string[] {
  const entries = actions.map(({ name, type, state }) => ({
    what: name,
    kind: type.replaceAll('-', ' '),
    state: ` ${terminal.status(state)}`,
  }));
  return foldAlike(entries, showAll ? Infinity : MOST_ALIKE);
}

/** Returns services in natural order of their ids. */
export function inNaturalOrder(services: readonly ServiceView[]): ServiceView[] {
  return [...services].sort((a, b) => compareValues(a.id, b.id));
}

function statusCell(terminal: Terminal, service: ServiceView): string {
  const { status, observing } = service;
  const words = describeStatus(service);
  // What would be held is not: that a panel is observed needs no further word.
  const isPreview = words !== status;
  return terminal.paint(status, words) + (observing && !isPreview ? terminal.colors.dim(' (observing)') : '');
}

/** Prints one line for each service that the run held, released or changed. */
function printChanges(terminal: Terminal, { services, notices }: RunReport): void {
  const said = new Set(notices.map(({ code, service }) => `${code} ${service ?? ''}`));
  for (const service of services) {
    const { id, panel, holds, actions } = service;
    const isHeld = said.has(`hold ${id}`);
    const isReleased = said.has(`release ${id}`) && holds.length === 0;
    const made = actions.filter(({ state }) => state === 'applied' || state === 'failed' || state === 'in-doubt');
    if (!isHeld && !isReleased && made.length === 0) continue;
    const reasons = holds.map(({ reason }) => reason);
    const what = isHeld ? `held (${reasons.join(', ')})` : isReleased ? 'released' : 'changed';
    const figures = isHeld || isReleased ? describeUsage(service, reasons) : null;
    const state = figures === null ? what : `${what}, ${figures}`;
    const names = made.map((action) => `${action.name} ${terminal.status(action.state)}`);
    terminal.line(`${id} on ${panel}: ${[state, ...names].join('; ')}`);
  }
}

/** Returns what is used of what is allowed; of a service that is held by other limits alone, what is used of these. */
function describeUsage(service: ServiceView, reasons: readonly string[]): string | null {
  const others = reasons.includes('quota') ? null : describeFigures(service, reasons);
  const used = [usedCell(service), allowedCell(service.allowance)].filter((cell) => cell !== null).join(' of ');
  return others ?? (used === '' ? null : `${used} used`);
}

/**
 * Prints the first notices of each code; of a service that is held, not its threshold too, and none that is the error of its
 * service or panel. That of the brake is the last, unless it is the error of the run.
 */
function printNotices(terminal: Terminal, { notices, error, services, panels }: RunReport, all: boolean): void {
  const held = new Set(notices.filter(({ code }) => /(^|_)hold$/.test(code)).map(({ service }) => service));
  const errors = new Set([
    ...services.flatMap((one) => (one.error === null ? [] : [`${one.id}: ${one.error.message}`])),
    ...panels.map((one) => one.error.message),
  ]);
  const told = notices
    .filter((notice) => notice.code !== 'threshold' || !held.has(notice.service))
    .filter(({ message }) => !errors.has(message));
  const shown = [...told.filter((one) => !isStopError(one)), ...(isStopError(error) ? [] : told.filter(isStopError))];
  for (const code of new Set(shown.map((notice) => notice.code))) {
    const own = shown.filter((notice) => notice.code === code);
    const others = (count: number): string => `${formatCount(count, 'other notice')} ${code}`;
    printFirst(terminal, own, { all, print: (notice) => terminal.notice(notice), others });
  }
}

const NOTHING_CHANGED = 'decisions are recorded, nothing is changed';

/** A release of everything changes the panels, and observes them afterwards. */
function observingWords({ run }: RunReport): string {
  if (run.command !== 'hold release') return NOTHING_CHANGED;
  return run.dryRun
    ? 'after this release nothing would be changed any more'
    : 'from now on nothing is changed any more';
}

/** Prints which panels are only observed. */
export function printObserving(terminal: Terminal, observing: string[], words = NOTHING_CHANGED): void {
  if (observing.length === 0) return;
  const text = `OBSERVING ${observing.join(', ')}: ${words}`;
  terminal.line(terminal.colors.yellow(text));
}

/** What failed. */
export interface Failure {
  code: string;
  message: string;
}

/** Groups failures with the same message: `svc-1, svc-2, svc-3 and 37 others`. */
export function groupFailures(
  failures: { object: string; error: Failure | null; details?: Record<string, string> }[],
): { objects: string; count: number; error: Failure; details: Record<string, string> }[] {
  const groups = new Map<string, { names: string[]; error: Failure; details: Record<string, string> }>();
  for (const { object, error, details = { service: object } } of failures) {
    if (!error) continue;
    const group = groups.get(`${error.code} ${error.message}`);
    if (group) group.names.push(object);
    else groups.set(`${error.code} ${error.message}`, { names: [object], error, details });
  }
  return [...groups.values()].map(({ names, error, details }) => ({
    objects: nameFew(names),
    count: names.length,
    error,
    details: names.length === 1 ? details : {},
  }));
}

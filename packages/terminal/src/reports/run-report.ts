import { nameFew, type RunReport, type ServiceView } from '@sluice/engine';
import { allowed, bytes, type Column, compareValues, printRows, text } from '../columns.js';
import { summarize, wouldBeHeld } from './run-summary.js';
import { usedBytes, usedCell } from './usage.js';
import { allowedCell, type Terminal } from '../terminal.js';

/** Prints a run: services that need attention or changed, and all services with `--verbose`. */
export function printRun(terminal: Terminal, report: RunReport, showAll: boolean): void {
  if (terminal.json) return;
  const shown = report.services.filter((service) => showAll || isOfNote(service) || service.actions.length > 0);
  if (terminal.quiet) printChanges(terminal, report);
  else {
    printObserving(terminal, listObserving(report), observingWords(report));
    if (shown.length > 0) printServices(terminal, report, shown);
  }
  printEnd(terminal, report);
}

/** Prints failures, notices and totals. */
function printEnd(terminal: Terminal, report: RunReport): void {
  const groups = groupFailures([
    ...report.services.filter((service) => !isCutOff(service)).map(({ id, error }) => ({ object: id, error })),
    ...report.panels.map(({ panel, error }) => ({ object: panel, error, details: { panel } })),
  ]);
  // A failure of the whole run is printed once, at the end.
  const common = groups.find(({ error }) => error.message === report.error?.message);
  for (const { objects, error, details } of groups) {
    if (error !== common?.error) terminal.line(`${objects}: ${terminal.error(error, details)}`);
  }
  if (!terminal.quiet) printNotices(terminal, report.notices);
  if (report.error) {
    const who = common !== undefined && common.count > 1 ? `${common.objects}: ` : '';
    terminal.warn(
      `sluice: ${who}${terminal.describe({ ...(common?.error ?? report.error), details: common?.details })}`,
    );
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

function printServices(terminal: Terminal, report: RunReport, shown: readonly ServiceView[]): void {
  const columns: Column<ServiceView>[] = [
    text('service', ({ id }) => id),
    text('panel', ({ panel }) => panel, { priority: 4 }),
    {
      ...text<ServiceView>('status', ({ status }) => status, { least: 14 }),
      cell: (service) => statusCell(terminal, report, service),
      whole: true,
    },
    bytes('used', usedBytes, { priority: 1 }),
    allowed(({ allowance }) => allowance, { priority: 2 }),
    text('holds', ({ holds }) => holds.map(({ reason }) => reason).join(', ') || null, { priority: 3 }),
    {
      ...text<ServiceView>('actions', ({ actions }) => actions.length, { whole: true }),
      cell: ({ actions }) =>
        actions.length === 0 ? null : actions.map(({ name, state }) => `${name} ${terminal.status(state)}`),
    },
  ];
  printRows(terminal, columns, inNaturalOrder(shown));
  terminal.line();
}

function inNaturalOrder(services: readonly ServiceView[]): ServiceView[] {
  return [...services].sort((a, b) => compareValues(a.id, b.id));
}

function statusCell(terminal: Terminal, report: RunReport, service: ServiceView): string {
  // What would be held is not: that a panel is observed needs no further word.
  if (wouldBeHeld(report, service)) return terminal.colors.yellow('would be held');
  return terminal.status(service.status) + (service.observing ? terminal.colors.dim(' (observing)') : '');
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
    const used = [usedCell(service), allowedCell(service.allowance)].filter((cell) => cell !== null).join(' of ');
    const reasons = holds.map(({ reason }) => reason).join(', ');
    const state = isHeld ? `held (${reasons}), ${used} used` : isReleased ? `released, ${used} used` : 'changed';
    const names = made.map((action) => `${action.name} ${terminal.status(action.state)}`);
    terminal.line(`${id} on ${panel}: ${[state, ...names].join('; ')}`);
  }
}

/** Prints the notices; of a service that is held, not its threshold too. */
function printNotices(terminal: Terminal, notices: RunReport['notices']): void {
  const held = new Set(notices.filter(({ code }) => /(^|_)hold$/.test(code)).map(({ service }) => service));
  for (const notice of notices)
    if (notice.code !== 'threshold' || !held.has(notice.service)) terminal.line(terminal.notice(notice));
}

const NOTHING_CHANGED = 'decisions are recorded, nothing is changed';

/** A release of everything changes the panels, and observes them afterwards. */
function observingWords({ run }: RunReport): string {
  if (run.command !== 'hold release') return NOTHING_CHANGED;
  return run.dryRun
    ? 'after this release nothing would be changed any more'
    : 'from now on nothing is changed any more';
}

/** Returns the panels under observe; of those that are enforced for some products, how many services that concerns. */
function listObserving({ run, services }: RunReport): string[] {
  return run.observing.map((panel) => {
    const enforced = services.filter((service) => service.panel === panel && !service.observing).length;
    if (run.command === 'hold release' || enforced === 0) return panel;
    return `${panel} (except ${enforced} enforced ${enforced === 1 ? 'service' : 'services'})`;
  });
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

const RESTRICTS = /^(disable|suspend|create|pause|redirect|assign|close|delete|remove)/;

/** Closing a tunnel is an assignment on the panel, so that the name decides. */
function toSign({ name }: ServiceView['actions'][number]): '+' | '-' | '~' {
  if (/^(update|change|zero|redeploy)/.test(name)) return '~';
  return RESTRICTS.test(name) ? '+' : '-';
}

/** A difference without an action is one that runs don't remove. */
function nothingToChange({ services }: RunReport): string {
  const differs = services.some(({ drift = [] }) => drift.length > 0);
  return differs ? 'Nothing would be changed; the differences above stay.' : 'Nothing to change.';
}

/** Prints a plan as a diff: `+` restricts or creates, `-` lifts or removes, `~` changes. */
export function printPlan(terminal: Terminal, report: RunReport): void {
  if (terminal.json) return;
  const { colors } = terminal;
  for (const service of inNaturalOrder(report.services)) {
    const drift = service.drift ?? [];
    if (service.actions.length + drift.length === 0) continue;
    const reasons = service.holds.map((hold) => hold.reason).join(', ');
    const holds =
      reasons === '' ? 'no holds' : wouldBeHeld(report, service) ? `would be held: ${reasons}` : `holds: ${reasons}`;
    terminal.line(
      `${colors.bold(service.id)} on ${service.panel} (${holds})${service.observing ? colors.yellow(' OBSERVING') : ''}`,
    );
    for (const action of service.actions) {
      const sign = toSign(action);
      const text = `  ${sign} ${action.name}`;
      terminal.line(sign === '+' ? colors.yellow(text) : colors.green(text));
    }
    for (const line of drift) terminal.line(colors.dim(`    ${terminal.times.text(line, service.panel)}`));
  }
  const buys = report.notices.some(({ code }) => code === 'would_buy');
  const { actions, unreadable, failed } = report.totals;
  // Of what could not be read it is not known.
  if (actions === 0 && !buys && unreadable + failed === 0) terminal.line(nothingToChange(report));
  if (!terminal.quiet) printObserving(terminal, listObserving(report));
  printEnd(terminal, report);
}

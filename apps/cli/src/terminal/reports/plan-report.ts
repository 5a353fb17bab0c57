import type { RunReport, ServiceView } from '@sluice/engine';
import { listObserving } from '@sluice/engine/words';
import type { Terminal } from '../terminal.js';
import { foldAlike, MOST_ALIKE, printOthers, takeFirst } from './fold.js';
import { countOthers, inNaturalOrder, LONG, printBrake, printEnd, printObserving } from './run-report.js';

const RESTRICTS = /^(disable|suspend|create|pause|redirect|assign|close|delete|remove)/;

type Sign = '+' | '-' | '~';

/** Closing a tunnel is an assignment on the panel, so that the name decides. */
function toSign({ name }: ServiceView['actions'][number]): Sign {
  if (/^(update|change|zero|redeploy)/.test(name)) return '~';
  return RESTRICTS.test(name) ? '+' : '-';
}

const MEANING: readonly (readonly [Sign, string])[] = [
  ['+', 'restricts, creates or removes'],
  ['-', 'undoes a restriction'],
  ['~', 'changes'],
];

/** Prints what the signs of the plan mean: `- enable port` is an undo, not an enabling that is left out. */
function printLegend(terminal: Terminal, services: readonly ServiceView[]): void {
  const used = new Set(services.flatMap(({ actions }) => actions.map(toSign)));
  const parts = MEANING.filter(([sign]) => used.has(sign)).map(([sign, meaning]) => `${sign} ${meaning}`);
  if (parts.length > 0) terminal.line(terminal.colors.dim(parts.join('; ')));
}

/** A difference without an action is one that runs don't remove. */
function nothingToChange({ services }: RunReport): string {
  const differs = services.some(({ drift = [] }) => drift.length > 0);
  return differs ? 'Nothing would be changed; the differences above stay.' : 'Nothing to change.';
}

/** Returns whether the plan is complete: of what could not be read, and where nothing was decided, it is not known. */
function isComplete({ totals, panels, error }: RunReport): boolean {
  return totals.unreadable + totals.doubted + totals.failed + panels.length === 0 && error === null;
}

/** Prints a plan as a diff: the first services, and all with `showAll`. */
export function printPlan(terminal: Terminal, report: RunReport, showAll: boolean): void {
  if (terminal.json) return;
  const changing = inNaturalOrder(report.services).filter(
    ({ actions, drift = [] }) => actions.length + drift.length > 0,
  );
  if (changing.length > LONG && !terminal.quiet) printBrake(terminal, report);
  const { first, others } = takeFirst(changing, showAll);
  if (!terminal.quiet) printLegend(terminal, changing);
  for (const service of first) printService(terminal, service, showAll);
  if (others > 0) printOthers(terminal, countOthers(changing, first));
  const buys = report.notices.some(({ code }) => code === 'would_buy');
  const { actions, planned } = report.totals;
  if (actions + planned === 0 && !buys && isComplete(report)) terminal.line(nothingToChange(report));
  if (!terminal.quiet) printObserving(terminal, listObserving(report));
  if (!terminal.quiet) printNext(terminal, report);
  printEnd(terminal, { ...report, notices: report.notices.map(toPlanned) }, showAll);
}

/** Says when each panel is read next, where polls read only what is due. */
function printNext(terminal: Terminal, { nextReadings = [] }: RunReport): void {
  for (const { panel, next } of nextReadings) {
    const at = next.at === null ? '' : ` from ${terminal.times.at(next.at, panel) ?? next.at}`;
    terminal.line(`The next reading of panel ${panel} is due${at}: ${terminal.times.text(next.message, panel)}`);
  }
}

/** The plan is shown already where the brake would stop it: what remains is to make it. */
function toPlanned<Notice extends { code: string }>(notice: Notice): Notice {
  return notice.code === 'mass_change' ? { ...notice, details: { makes: 'reconcile' } } : notice;
}

function printService(terminal: Terminal, service: ServiceView, showAll: boolean): void {
  const { colors } = terminal;
  const { id, panel, observing, actions, drift = [] } = service;
  terminal.line(
    `${colors.bold(id)} on ${panel} (${describeHolds(service)})${observing ? colors.yellow(' OBSERVING') : ''}`,
  );
  for (const sign of ['+', '-', '~'] as const) {
    const own = actions.filter((action) => toSign(action) === sign);
    const entries = own.map(({ name, type }) => ({ what: name, kind: type.replaceAll('-', ' '), state: '' }));
    for (const line of foldAlike(entries, showAll ? Infinity : MOST_ALIKE)) {
      const text = `  ${sign} ${line}`;
      terminal.line(sign === '+' ? colors.yellow(text) : colors.green(text));
    }
  }
  for (const line of drift) terminal.line(colors.dim(`    ${terminal.times.text(line, panel)}`));
}

/** Returns the open holds that stay, and those that would begin and end. */
function describeHolds({ holds, wouldHold, wouldRelease = [] }: ServiceView): string {
  const staying = holds.map(({ reason }) => reason).filter((reason) => !wouldRelease.includes(reason));
  const parts = [
    ['holds', staying],
    ['would be held', wouldHold],
    ['would be released', wouldRelease],
  ] as const;
  const texts = parts.filter(([, reasons]) => reasons.length > 0).map(([what, all]) => `${what}: ${all.join(', ')}`);
  return texts.length === 0 ? 'no holds' : texts.join('; ');
}

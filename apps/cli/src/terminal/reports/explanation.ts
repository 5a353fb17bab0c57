import { limitText } from './limits.js';
import type { AlarmView, Explanation } from '@sluice/engine';
import { describeReason, describeRule, formatBytes } from '@sluice/quota-core';
import { bytesCell, type Terminal } from '../terminal.js';
import { describeSource, describeValue, keyWords } from '../words.js';

/** Shown readings and actions, newest last and newest first. */
const READINGS = 10;
const ACTIONS = 20;

/** Prints what the state of a service is based on; `unread` is printed for a service without a decision. */
export function printBasis(terminal: Terminal, found: Explanation, unread: string): void {
  printDecision(terminal, found, unread);
  printReadings(terminal, found);
  printHolds(terminal, found);
  printActions(terminal, found);
}

/** Prints what is wrong with a service since an earlier run and nobody has acknowledged, unless its state says it. */
export function printAlarms(terminal: Terminal, { service }: Explanation, alarms: readonly AlarmView[]): void {
  const said = service.stoppedByPanel?.message;
  const open = alarms.filter(({ acknowledged, message }) => acknowledged === null && message !== said);
  if (open.length === 0) return;
  heading(terminal, 'Alarms');
  const { times } = terminal;
  for (const { since, message } of open)
    terminal.line(`  since ${times.at(since, service.panel) ?? ''}: ${times.text(message, service.panel)}`);
}

function heading(terminal: Terminal, text: string): void {
  terminal.line();
  terminal.line(terminal.colors.bold(text));
}

/** Returns why a service is held, other than by its quota: the rule of a decision is that of the quota. */
function otherReasons({ holds, at }: Explanation): string {
  const open = holds.filter(({ until }) => until === null || until > at);
  if (open.length === 0 || open.some(({ reason }) => reason === 'quota')) return '';
  const reasons = open.map(({ reason, note }) => {
    const words = note === null ? null : describeRule(note);
    return `${describeReason(reason)}${words === null ? '' : ` (${words})`}`;
  });
  return `${reasons.join(', ')}; quota: `;
}

function printDecision(terminal: Terminal, found: Explanation, unread: string): void {
  const { decision, allowance, service } = found;
  const { colors, times } = terminal;
  heading(terminal, 'Decision');
  if (decision === null) terminal.line(`  ${unread}`);
  else {
    const { rule, status, at, run, observing, wouldHold } = decision;
    const words = describeRule(rule);
    terminal.line(
      `  ${terminal.status(status)}: ${otherReasons(found)}${words === null ? `rule ${colors.bold(rule)}` : `${colors.bold(words)} (rule ${rule})`}, ${times.at(at, service.panel) ?? ''} in ${run}${observing ? colors.yellow(' (observing)') : ''}`,
    );
    if (wouldHold.length > 0) terminal.line(`  would hold: ${wouldHold.join(', ')}`);
    // The panel's full answer is in `--json` only; readings and evidence follow below.
    const { reading: _reading, limits: _limits, ...inputs } = (decision.inputs ?? {}) as Record<string, unknown>;
    for (const [key, value] of Object.entries(inputs)) {
      const text = key === 'enforce' ? describeEnforce(value) : describeValue(value);
      if (text !== '') terminal.line(`  ${keyWords(key).padEnd(22)} ${times.text(text, service.panel)}`);
    }
  }
  heading(terminal, 'Allowance');
  for (const { source, bytes } of allowance.parts)
    terminal.line(`  ${source.padEnd(30)} ${bytes === null ? 'unlimited' : `${formatBytes(bytes)} (${bytes})`}`);
  const isUnread = decision === null && service.quota !== null;
  if (allowance.parts.length === 0) terminal.line(isUnread ? `  ${unread}` : '  no quota configured');
  const others = service.limits.filter(({ id }) => id !== 'quota');
  if (others.length === 0) return;
  heading(terminal, 'Other limits');
  for (const limit of others) terminal.line(`  ${limit.id.padEnd(22)} ${limitText(service, limit, times)}`);
}

/** Returns `on, set in the config (enforce)`. */
function describeEnforce(stored: unknown): string {
  const { value, source, since } = (stored ?? {}) as { value?: string; source?: string; since?: string | null };
  if (value === undefined || source === undefined) return describeValue(stored);
  return `${value}, set ${describeSource(source)}${since == null ? '' : ` since ${since}`}`;
}

const REJECTED: Record<string, string> = {
  mass_change: 'not used: the brake stopped the run',
  usage_fell: 'less than half of an earlier one: it releases nothing',
};

function printReadings(terminal: Terminal, { readings, service }: Explanation): void {
  heading(terminal, 'Readings in the cycle');
  if (readings.length === 0) {
    terminal.line('  none');
    return;
  }
  const { colors, times } = terminal;
  const shown = readings.slice(-READINGS);
  terminal.table(
    ['at', '>in', '>out', '>total', ...(shown.some(({ rejected }) => rejected !== null) ? ['remark'] : [])],
    shown.map(({ at, inBytes, outBytes, totalBytes, rejected }) => [
      times.at(at, service.panel),
      bytesCell(inBytes),
      bytesCell(outBytes),
      bytesCell(totalBytes),
      ...(rejected === null ? [''] : [colors.yellow(REJECTED[rejected] ?? rejected)]),
    ]),
  );
}

function printHolds(terminal: Terminal, { holds, service }: Explanation): void {
  const { times } = terminal;
  const at = (instant: string | null): string => times.at(instant, service.panel) ?? '';
  heading(terminal, 'Holds');
  for (const { reason, since, until, note, evidence } of holds) {
    const end = until === null ? '' : ` until ${at(until)}`;
    terminal.line(`  ${reason} since ${at(since)}${end}${note === null ? '' : `: ${describeRule(note) ?? note}`}`);
    for (const { kind, target, adopted, prior, outcome, until: ended } of evidence) {
      const before = describeValue(prior);
      terminal.line(
        `    ${kind} ${target}${adopted ? ' (adopted)' : ''}${before === '' ? '' : `, before: ${before}`}${outcome === null ? '' : `, ${outcome} ${at(ended)}`}`,
      );
    }
  }
  if (holds.length === 0) terminal.line('  none');
}

function printActions(terminal: Terminal, { actions, service }: Explanation): void {
  heading(terminal, 'Actions');
  for (const { id, at, name, type, state, error } of actions.slice(0, ACTIONS)) {
    const doubt = state === 'in-doubt' ? ` ${id}` : '';
    const failure = error === null ? '' : ` ${terminal.error(error)}`;
    const time = terminal.times.at(at, service.panel) ?? '';
    terminal.line(`  ${time} ${name} [${type}] ${terminal.status(state)}${doubt}${failure}`);
  }
  if (actions.length === 0) terminal.line('  none');
}

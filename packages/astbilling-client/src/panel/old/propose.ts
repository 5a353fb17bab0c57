import { printable } from '@sluice/panel-http/printable';
import type { Undecided } from '@sluice/panel-kind';
import type { CallLine } from './invoice-lines.js';
import { type Billed, findBilled } from './last-billed.js';
import { findCalledLine, type LineEntry } from './match-lines.js';

/** What a first day to bill is proposed from. */
export interface BillFromRequest {
  /** Name of the panel in the config. */
  panel: string;
  /** What its config states now; null for nothing. */
  stated: string | null;
  lines: readonly LineEntry[];
  /** Null where no lines of invoices were read. */
  calls: readonly CallLine[] | null;
  /** Today in the zone of the panel, `YYYY-MM-DD`. */
  today: string;
}

/**
 * Proposes the first day to bill, and lists until when the calls of each line are billed. It is the day after the newest period of all
 * lines, so that no call is billed twice; a line whose last period ended earlier is listed with the command that bills the days between.
 * Nothing is proposed while a line of an invoice may reach farther.
 */
export function proposeBillFrom(request: BillFromRequest): Undecided[] {
  const { panel, stated, calls, today } = request;
  const say = (value: string, state: Undecided['state'], reason: string): Undecided => ({
    ...{ file: 'sluice.yaml', object: `panel ${panel}`, column: 'billFrom' },
    ...{ value, state, reason },
  });
  if (calls === null)
    return [say('', 'undecided', 'no lines of invoices were read: set the first day whose calls no invoice has')];
  const billed = findBilled(calls, { today });
  const rows = listLines(request, calls, billed);
  const { newest, unclear } = billed;
  if (newest === null && unclear.length === 0)
    return [
      say(
        '',
        'undecided',
        'no invoice has a line of calls that somebody added: set the first day whose calls no invoice has',
      ),
    ];
  if (newest === null || unclear.length > 0) return [say('', 'undecided', describeUnclear(newest, unclear)), ...rows];
  const { to } = newest.period;
  const until = `calls are billed until ${lastDay(newest.period)}, by ${describe(newest.line)}`;
  if (stated === to) return rows;
  const value = `panels.${panel}.billFrom: ${to}`;
  if (stated === null) return [say(value, 'proposed', until), ...rows];
  const risk =
    stated < to
      ? `the calls from ${stated} on would be billed twice`
      : `the calls from ${to} on would be on no invoice`;
  return [say(value, 'undecided', `${until}; with the ${stated} of the config ${risk}`), ...rows];
}

function describeUnclear(newest: Billed['newest'], unclear: readonly CallLine[]): string {
  const known = newest === null ? '' : `calls are billed until ${lastDay(newest.period)} at least; `;
  const shown = unclear.slice(0, 3).map((line) => `${describe(line)} ${describeWhy(line)}`);
  const rest = unclear.length > 3 ? `, and ${unclear.length - 3} further lines` : '';
  return `${known}not clear: ${shown.join('; ')}${rest}. Set the first day whose calls no invoice has`;
}

function describeWhy({ periods, date }: CallLine): string {
  const [only] = periods;
  if (only === undefined) return `states no period`;
  if (periods.length === 1) return `states a period until ${lastDay(only)}, after its date ${date ?? ''}`.trim();
  return `may be ${periods.map((period) => `${period.from} to ${lastDay(period)}`).join(' or ')}`;
}

function describe({ invoice, text }: CallLine): string {
  const shown = printable(text).replace(/\s+/g, ' ').trim();
  return `invoice ${printable(invoice)} ("${shown.length > 80 ? `${shown.slice(0, 79)}…` : shown}")`;
}

function lastDay({ to }: { to: string }): string {
  return new Date(Date.parse(`${to}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

/** Lists the lines of the panel with their last billed periods, and the lines of invoices whose line is not known. */
function listLines({ lines, today }: BillFromRequest, calls: readonly CallLine[], billed: Billed): Undecided[] {
  const byLine = new Map<LineEntry, CallLine[]>(lines.map((line) => [line, []]));
  const unknown: CallLine[] = [];
  for (const call of calls) {
    const line = findCalledLine(call, lines);
    if (line === null) unknown.push(call);
    else byLine.get(line)?.push(call);
  }
  const billFrom = billed.unclear.length > 0 ? null : (billed.newest?.period.to ?? null);
  return [
    ...[...byLine].map(([line, own]) => describeLine(line, { own, billFrom, today })),
    ...describeUnknown(unknown),
  ];
}

function describeLine(
  { entry, billed: service }: LineEntry,
  { own, billFrom, today }: { own: readonly CallLine[]; billFrom: string | null; today: string },
): Undecided {
  const row = {
    file: 'sluice.yaml',
    object: `line ${entry.id} (${printable(entry.name ?? '')})`,
    column: 'last billed',
  };
  const { newest, unclear } = findBilled(own, { today });
  const value = newest === null ? '' : `${newest.period.from}..${newest.period.to}`;
  const [first] = unclear;
  if (first !== undefined)
    return { ...row, value, state: 'undecided', reason: `${describe(first)} ${describeWhy(first)}` };
  if (newest === null) {
    const none = 'no line of an invoice is known to be of its calls';
    const rest = billFrom === null ? '' : `; before ${billFrom} Sluice bills none of them`;
    return { ...row, value, state: 'left-out', reason: `${none}${rest}` };
  }
  const by = describe(newest.line);
  if (newest.line.isCancelled)
    return {
      ...row,
      value,
      state: 'undecided',
      reason: `${by} was cancelled: its calls are not charged, and Sluice does not bill them`,
    };
  const { to } = newest.period;
  if (billFrom === null || to === billFrom) return { ...row, value, state: 'left-out', reason: `billed by ${by}` };
  const whose = service === null ? '' : ` of ${service.id}`;
  const left = `the calls${whose} from ${to} to ${billFrom} are on no invoice: once it is a service, bill that period by name (${to}..${billFrom})`;
  return { ...row, value, state: 'undecided', reason: `billed by ${by}; ${left}` };
}

function describeUnknown(calls: readonly CallLine[]): Undecided[] {
  return calls.map((call) => ({
    ...{ file: 'sluice.yaml', object: `invoice ${printable(call.invoice)}, line ${printable(call.id)}` },
    ...{ column: 'last billed', value: toValue(call), state: 'left-out' },
    reason: `${describe(call)} may be of calls, and it is not known of which line`,
  }));
}

function toValue({ periods }: CallLine): string {
  return periods.map(({ from, to }) => `${from}..${to}`).join(' or ');
}

import { entryKey, type EntryDetail, type OldToolInput, type PanelEntry, type Undecided } from '@sluice/panel-kind';
import { printable } from '@sluice/panel-http/printable';
import type { BilledService } from '@sluice/quota-core';

/** A service of the billing system with the user that its fields name. */
export interface NamedUser {
  service: BilledService;
  entry: PanelEntry;
  detail: EntryDetail;
}

/** A user with the date of his expiry, and what else is described of him. */
interface Dated {
  entry: PanelEntry;
  due: string;
  cycle: string | undefined;
  resetDay: number;
}

/**
 * Returns what has to be decided about cycles and due dates, once for all users: without a billing system what the panel's reset day
 * leaves open, with one where its due dates are not the expiries of the panel.
 */
export function describeCycles(input: OldToolInput, named: readonly NamedUser[]): Undecided[] {
  if (input.billed !== null) return describeDueDates(named);
  const dated = input.entries.flatMap((entry) => toDated(entry, input.details.get(entryKey(entry)) ?? {}));
  const other = dated.filter(({ cycle, due, resetDay }) => cycle !== undefined && !isDueOn(due, resetDay));
  const open = dated.filter(({ cycle }) => cycle === undefined).map(({ entry }) => entry);
  return [
    ...toUndecided(open, 'undecided', { column: 'billing_cycle', value: '' }, [
      'the panel never zeroes their counters, so that their quota may be for all of their term: state monthly where it is by the month,',
      'else the cycle that is as long as the term; a cycle ends on the day of next_due_date',
    ]),
    ...toUndecided(
      other.map(({ entry }) => entry),
      'proposed',
      { column: 'billing_cycle', value: 'monthly' },
      [
        'their cycles begin on the day on which they expire, while the panel zeroes their counters on its reset day:',
        'their quota is then given again on the former day only',
      ],
    ),
  ];
}

function toDated(entry: PanelEntry, { columns = {}, section = {} }: EntryDetail): Dated[] {
  const { next_due_date: due, billing_cycle: cycle } = columns;
  return due === undefined ? [] : [{ entry, due, cycle, resetDay: Number(section['resetDay'] ?? 0) }];
}

/** Whether a date is that of the reset day in its month: a day beyond its end is its last. */
function isDueOn(date: string, resetDay: number): boolean {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return day === Math.min(resetDay, last);
}

/** The module never renews: a service that was paid on has a due date after the expiry of its user. */
function describeDueDates(named: readonly NamedUser[]): Undecided[] {
  const differ = named.filter(({ service: { nextDueDate }, detail: { columns } }) => {
    const due = columns?.['next_due_date'];
    return nextDueDate !== null && due !== undefined && due !== nextDueDate;
  });
  return toUndecided(
    differ.map(({ entry }) => entry),
    'proposed',
    { column: 'next_due_date', value: '' },
    [
      'the billing system has another due date than the day on which they expire on the panel:',
      'the first run that enforces sets the expiry to the due date, as its plan shows',
    ],
  );
}

/** The most users that are named. */
const MOST = 3;

function toUndecided(
  entries: readonly PanelEntry[],
  state: Undecided['state'],
  what: Pick<Undecided, 'column' | 'value'>,
  words: readonly string[],
): Undecided[] {
  if (entries.length === 0) return [];
  const names = entries.slice(0, MOST).map(({ id, name }) => `${id} (${printable(name ?? '')})`);
  const more = entries.length > MOST ? `, … ${entries.length} in all` : '';
  return [
    { file: 'services.csv', object: `users ${names.join(', ')}${more}`, ...what, state, reason: words.join(' ') },
  ];
}

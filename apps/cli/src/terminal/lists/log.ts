import type { AlarmView, DeliveryView, LogEntry } from '@sluice/engine';
import { describeCall, describeCallOutcome } from '@sluice/engine/words';
import { plainInk } from '../colors.js';
import { clientColumns, type Column, type ColumnInk, sentence, serviceColumns, state, text, time } from '../columns.js';
import { formatCount } from '../words.js';

/** Returns the columns of the log; `toExitCode` returns the exit code of a run's command. */
export function logColumns(
  toExitCode: (outcome: NonNullable<LogEntry['outcome']>) => number,
): readonly Column<LogEntry>[] {
  const outcome = (entry: LogEntry, ink: OutcomeInk): string => describeOutcome(entry, ink, toExitCode);
  return [
    time('at', ({ at }) => at, { atLeast: 17 }),
    text('kind', ({ kind }) => kind, { priority: 2, atLeast: 7 }),
    text('panel', ({ panel }) => panel, { priority: 3, atLeast: 8 }),
    text('service name', ({ serviceName }) => serviceName, { isSparse: true, priority: 2, least: 12 }),
    text('service', ({ service }) => service, { priority: 1, atLeast: 12 }),
    text('what', describeSubject, { least: 24, atLeast: 26 }),
    text('type', (entry) => (entry.kind === 'action' ? word(entry, 'type') : ''), { priority: 5, atLeast: 12 }),
    { name: 'outcome', value: (entry) => outcome(entry, PLAIN), cell: outcome },
    // What resolves an action expects this id; documents contain it.
    text('id', findId, { whole: true, priority: 4 }),
    // Where several machines work on one state.
    text('process', (entry) => [word(entry, 'pid'), word(entry, 'host')].filter(Boolean).join(' on ') || null, {
      ...{ extra: true, priority: 8 },
    }),
    text('run', ({ run }) => run, { extra: true, priority: 9 }),
  ];
}

function word(entry: LogEntry, key: string): string {
  const value = entry[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Returns what an entry is about. */
function describeSubject(entry: LogEntry): string {
  switch (entry.kind) {
    case 'api':
      return describeCall(entry);
    case 'action':
      return word(entry, 'name');
    case 'refresh':
      return 'restricted again';
    default:
      return [word(entry, 'command'), word(entry, 'actor') && `by ${word(entry, 'actor')}`].filter(Boolean).join(' ');
  }
}

/** Returns the id of an action or run; a call has none. */
function findId(entry: LogEntry): string {
  if (entry.kind === 'action') return word(entry, 'id');
  return entry.kind === 'run' ? (entry.run ?? '') : '';
}

type OutcomeInk = Pick<ColumnInk, 'colors' | 'status'>;

const PLAIN: OutcomeInk = { colors: plainInk().colors, status: (status) => status };

/** Returns how what an entry is about ended. */
function describeOutcome(
  entry: LogEntry,
  { colors, status }: OutcomeInk,
  toExitCode: (outcome: NonNullable<LogEntry['outcome']>) => number,
): string {
  switch (entry.kind) {
    case 'api': {
      const message = entry['ok'] === true ? '' : ` ${colors.red(word(entry, 'message'))}`;
      const failure = word(entry, 'status') === '' && entry['ok'] !== true ? word(entry, 'code') : '';
      return `${failure || describeCallOutcome(entry)} ${word(entry, 'durationMs')} ms${message}`;
    }
    case 'action':
      return status(word(entry, 'state'));
    case 'refresh': {
      const failed = entry['failed'] === 0 ? '' : colors.red(` ${word(entry, 'failed')} failed`);
      return `${formatCount(Number(entry['targets']), 'object')} in ${formatCount(Number(entry['calls']), 'call')}${failed}`;
    }
    default: {
      const end = entry.outcome == null ? 'unfinished' : `exit ${toExitCode(entry.outcome)}`;
      const note = word(entry, 'note');
      return `${end}${note && `: ${note}`}`;
    }
  }
}

/** The columns of alarms: what is wrong since an earlier run. */
export const ALARMS: readonly Column<AlarmView>[] = [
  time('since', ({ since }) => since),
  text('panel', ({ panel }) => panel, { priority: 3 }),
  ...serviceColumns<AlarmView>(({ service }) => service),
  state('status', ({ acknowledged }) => (acknowledged === null ? 'open' : 'acknowledged'), { priority: 1 }),
  text('event', ({ event }) => event, { priority: 3 }),
  sentence('message', ({ message }) => message, { below: true }),
  // What acknowledges an alarm expects this id.
  text('id', ({ id }) => id, { whole: true }),
  text('by', ({ acknowledged }) => acknowledged?.by ?? null, { priority: 4 }),
  text('note', ({ acknowledged }) => acknowledged?.note ?? null, { priority: 4 }),
];

/** The columns of notices that were sent, or are to be. */
export const DELIVERIES: readonly Column<DeliveryView>[] = [
  time('at', ({ at }) => at),
  text('panel', ({ panel }) => panel, { priority: 3 }),
  text('channel', ({ channel }) => channel),
  ...clientColumns<DeliveryView>({ priority: 3 }),
  text('event', ({ event }) => event),
  state('status', (row) => row.state),
  sentence('message', ({ message }) => message, { below: true }),
  text('attempts', ({ attempts }) => attempts, { align: 'right', priority: 2 }),
  time('next', ({ nextAt }) => nextAt, { priority: 2 }),
  sentence('error', ({ lastError }) => lastError, { priority: 2 }),
];

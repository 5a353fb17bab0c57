import type { Comparison, HoldEntry, OverrideView, ServiceDetail } from '@sluice/engine';
import { describeHold } from '@sluice/engine/words';
import { describeRule } from '@sluice/quota-core';
import {
  allowed,
  bytes,
  clientColumns,
  type Column,
  type ColumnInk,
  serviceColumns,
  shares,
  state,
  text,
  time,
} from '../columns.js';
import { describeMarked, describeStatus, listAliases, listReasons } from '../reports/status.js';
import { foldAlike, MOST_ALIKE } from '../reports/fold.js';
import { allowedBytes, usedBytes } from '../reports/usage.js';
import { bytesCell } from '../terminal.js';

const STATUS = state<ServiceDetail>('status', ({ status }) => status, {
  cell: (service, ink) => ink.paint(service.status, describeStatus(service)),
  aliases: listAliases,
  whole: true,
});

/** The columns of services with their state. */
export const SERVICES: readonly Column<ServiceDetail>[] = [
  ...serviceColumns<ServiceDetail>(({ id }) => id),
  text('panel', ({ panel }) => panel, { priority: 4 }),
  text('product', ({ product }) => product, { priority: 2 }),
  ...clientColumns<ServiceDetail>({ priority: 6 }),
  state('lifecycle', ({ lifecycle }) => lifecycle, { priority: 5 }),
  STATUS,
  bytes('used', usedBytes, { priority: 1 }),
  allowed(({ allowance }) => allowance, { priority: 3 }),
  ...shares<ServiceDetail>(usedBytes, allowedBytes, { extra: true, priority: 8 }),
  text('holds', ({ holds, wouldHold }) => listReasons(holds, wouldHold)),
  text('due', ({ nextDueDate }) => nextDueDate, { extra: true, priority: 9 }),
];

/** The columns of services with their usage. */
export const USAGE: readonly Column<ServiceDetail>[] = [
  ...serviceColumns<ServiceDetail>(({ id }) => id),
  text('panel', ({ panel }) => panel, { extra: true, priority: 9 }),
  text('product', ({ product }) => product, { extra: true, priority: 10 }),
  ...clientColumns<ServiceDetail>({ extra: true, priority: 11 }),
  text('mode', ({ mode }) => mode, { priority: 8 }),
  bytes('in', ({ usage }) => usage?.inBytes, { priority: 7 }),
  bytes('out', ({ usage }) => usage?.outBytes, { priority: 7 }),
  bytes('total', ({ usage }) => usage?.totalBytes),
  allowed(({ allowance }) => allowance, { priority: 1 }),
  bytes('remaining', ({ allowance }) => allowance?.remainingBytes, { priority: 4 }),
  ...shares<ServiceDetail>(usedBytes, allowedBytes),
  {
    ...time<ServiceDetail>('read', ({ usage }) => usage?.readAt, { priority: 2 }),
    cell: ({ usage, panel }, { times }) => times.ago(usage?.readAt, panel),
  },
  { ...STATUS, cell: (service, ink) => ink.paint(service.status, describeMarked(service)) },
];

/** The columns of services compared with another tool's figures. */
export const COMPARED: readonly Column<Comparison['services'][number]>[] = [
  ...serviceColumns<Comparison['services'][number]>(({ service }) => service),
  bytes('used', (row) => row.usedBytes),
  bytes('used elsewhere', ({ theirUsedBytes }) => theirUsedBytes),
  text('held', ({ held }) => yesNo(held), { priority: 1 }),
  text('limited elsewhere', ({ theirHeld }) => yesNo(theirHeld), { priority: 1 }),
  {
    name: 'agrees',
    value: ({ agrees }) => yesNo(agrees),
    cell: ({ agrees }, { colors }) => (agrees ? colors.green('yes') : colors.red('no')),
  },
  text('probable cause', ({ cause }) => cause?.text ?? null),
];

function yesNo(value: boolean | null): string | null {
  return value === null ? null : value ? 'yes' : 'no';
}

/** Returns the columns that overrides and holds have for the filters of their lists. */
function ofService<
  Row extends Pick<HoldEntry, 'panel' | 'product' | 'productName' | 'client' | 'clientName'>,
>(): Column<Row>[] {
  return [
    text('panel', ({ panel }) => panel, { extra: true, priority: 8 }),
    {
      ...text<Row>('product', ({ product }) => product, { extra: true, priority: 9 }),
      cell: ({ productName }) => productName,
    },
    ...clientColumns<Row>({ extra: true, priority: 9 }),
  ];
}

function isOpen<Row extends { until: string | null }>(): Column<Row> {
  return text('status', ({ until }) => (until === null ? 'open' : 'past'), { extra: true, priority: 7 });
}

/** The columns of overrides. */
export const OVERRIDES: readonly Column<OverrideView>[] = [
  ...serviceColumns<OverrideView>(({ service }) => service),
  ...ofService<OverrideView>(),
  {
    name: 'quota',
    align: 'right',
    value: ({ unlimited, quotaBytes }) => (unlimited ? 'unlimited' : quotaBytes),
    cell: ({ unlimited, quotaBytes }) => (unlimited ? 'unlimited' : bytesCell(quotaBytes)),
  },
  text('mode', ({ mode }) => mode),
  text('action', ({ action }) => action),
  isOpen(),
  time('since', ({ since }) => since, { priority: 2 }),
  time('until', ({ until }) => until, { priority: 1 }),
  text('note', ({ note }) => note, { priority: 1 }),
];

/** The columns of holds of services and agents; many restrictions of one kind are counted. */
export const HOLDS = holdColumns(MOST_ALIKE);

/** As `HOLDS`, with a line for each restriction. */
export const HOLDS_IN_FULL = holdColumns(Infinity);

function holdColumns(most: number): readonly Column<HoldEntry>[] {
  return [
    text('name', ({ name }) => name, { isSparse: true, least: 12 }),
    text('subject', ({ service, agent }) => service ?? `agent ${agent?.name ?? agent?.uuid ?? ''}`, { least: 20 }),
    ...ofService<HoldEntry>(),
    { ...text<HoldEntry>('reason', ({ reason }) => reason, { least: 12 }), cell: describeHold },
    text('status', ({ until, releasing }) => (until === null || releasing === true ? 'open' : 'past'), {
      extra: true,
      priority: 7,
    }),
    time('since', ({ since }) => since, { priority: 2 }),
    time('until', ({ until }) => until),
    {
      name: 'restricted',
      value: ({ evidence }) => evidence.map(({ kind, target }) => `${kind} ${target}`).join(', ') || null,
      cell: (hold, ink) => (hold.evidence.length === 0 ? null : describeEvidence(hold, ink, most)),
      priority: 3,
    },
    text('rule', describeStoredRule, { priority: 1 }),
    text('note', (hold) => (describeStoredRule(hold) === null ? hold.note : null), { priority: 1 }),
  ];
}

function describeEvidence({ evidence, panel }: HoldEntry, { times }: ColumnInk, most: number): string[] {
  const parts = evidence.map(({ kind, target, until, outcome }) => {
    const ended = until === null ? '' : ` (${outcome ?? `ended ${times.at(until, panel) ?? ''}`})`;
    return { what: `${kind} ${target}`, kind, state: ended };
  });
  return foldAlike(parts, most);
}

/** Returns in words the rule that the note of a run's hold is; null for a hold with a note of an operator, or without one. */
function describeStoredRule({ origin, note }: HoldEntry): string | null {
  return origin !== 'run' || note === null ? null : describeRule(note);
}

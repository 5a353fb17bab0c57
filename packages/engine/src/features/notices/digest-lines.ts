import type { EventData } from '@sluice/contract/documents';
import { type StaffText, staffText } from '@sluice/messages/staff';
import { shortDay, clockTime } from '@sluice/messages/time';
import { printable } from '@sluice/panel-http/printable';
import { toLocalDate } from '@sluice/quota-core';
import type { OverviewRow } from '@sluice/state-store';
import { describeService } from '../../base/describe-service.js';
import { compareIds } from '../../base/natural-order.js';
import type { Context } from '../../context/context.js';
import { outageKey } from '../../context/panel-answers.js';
import { readRunsOut } from '../../kernel/run/notice-data.js';
import { listAlarms } from './list-alarms.js';
import type { Day } from './read-day.js';

/** What needs somebody, of one kind. */
export type Need = EventData<'digest'>['needs'][number];

/** What a digest lists of one kind: how many there are, and a few of them. */
export interface DigestLine {
  label: string;
  count: number;
  detail: string;
}

/** Services whose rate is read, those that have used the largest share first. */
const MOST_PROJECTED = 100;
const SOON_MS = 2 * 86_400_000;
/** Named in a line. */
const MOST_NAMED = 5;

/** Returns what is going on now, and which runs of a day failed, the most urgent first; a kind of which there is nothing is left out. */
export async function readNeeds(context: Context, { failedRuns }: Day): Promise<Need[]> {
  const needs = [
    toNeed('soon', await listSoon(context)),
    toNeed('held', await listHeld(context)),
    toNeed('away', await listAway(context)),
    toNeed('money', await listMoney(context)),
    { kind: 'failed' as const, count: failedRuns, first: [] },
  ];
  return needs.filter(({ count }) => count > 0);
}

/** Returns the lines of a digest, with times in one zone. */
export function toDigestLines(
  { needs, runs }: Pick<EventData<'digest'>, 'needs' | 'runs'>,
  timeZone: string,
): DigestLine[] {
  return needs.map((need) => {
    const { kind, count } = need;
    const detail =
      kind === 'failed' ? staffText('staff.digest.ofRuns', { runs: runs ?? '-' }) : nameNeeds(need, timeZone);
    return { label: toLabel(kind, count), count, detail: printable(detail) };
  });
}

function toLabel(kind: Need['kind'], count: number): string {
  if (kind === 'away') return staffText('staff.digest.away', { count });
  return kind === 'failed' ? staffText('staff.digest.failed', { count }) : staffText(LABELS[kind]);
}

const LABELS = { soon: 'staff.digest.soon', held: 'staff.digest.held', money: 'staff.digest.money' } as const;

function nameNeeds({ kind, count, first }: Need, timeZone: string): string {
  const key = kind === 'away' ? 'staff.digest.since' : 'staff.digest.at';
  const names = first
    .map(({ name, at }) => (at === null ? name : staffText(key, { name, time: toTime(at, timeZone) })))
    .join(', ');
  const others = count - first.length;
  return others > 0 ? staffText('staff.named.more', { first: names, count: others }) : names;
}

/** Returns the first sentence of a digest. */
export function describeDigest(day: string, lines: readonly DigestLine[], happened: string): StaffText {
  if (lines.length === 0) return staffText('staff.digest.nothing', { day, happened });
  const needs = lines.map(({ label, count }) => `${count} ${label.toLowerCase()}`).join(', ');
  return staffText('staff.digest.needs', { day, needs });
}

type Named = Need['first'][number];

function toNeed(kind: Need['kind'], all: readonly Named[]): Need {
  return { kind, count: all.length, first: all.slice(0, MOST_NAMED) };
}

const named = (name: string, at: string | null = null): Named => ({ name: printable(name), at });

async function listSoon(context: Context): Promise<Named[]> {
  const { store, config } = context;
  const others = toLocalDate(context.now(), config.timeZone);
  const request = { order: 'share', limit: MOST_PROJECTED, offset: 0 } as const;
  const { rows } = await store.overview.services(request, { panels: {}, others });
  const soon: { row: OverviewRow; at: string }[] = [];
  for (const row of rows) {
    const at = await readEnd(context, row);
    if (at !== null && Date.parse(at) - context.deps.clock.now() <= SOON_MS) soon.push({ row, at });
  }
  soon.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : compareIds(a.row.id, b.row.id)));
  return soon.map(({ row, at }) => named(describeService(row), at));
}

const toTime = (at: string, timeZone: string): string =>
  `${shortDay(Date.parse(at), timeZone)} ${clockTime(Date.parse(at), timeZone)}`;

/** Returns when what a service may use runs out at its rate; null where it is used up, held, lasts, or its rate is not known. */
async function readEnd(context: Context, row: OverviewRow): Promise<string | null> {
  const { id, mode, usedBytes, allowedBytes: allowed, holds } = row;
  const isOpen = mode === 'IN' || mode === 'OUT' || mode === 'TOTAL';
  if (!isOpen || usedBytes === null || allowed === null || usedBytes >= allowed || holds.length > 0) return null;
  const [service] = await context.store.services.list({ ids: [id] });
  const [cycle] = await context.store.cycles.newest([id]);
  if (service === undefined || cycle === undefined) return null;
  return readRunsOut(context.store, { at: context.now(), service, cycle, mode, allowed });
}

/** Holds that are read. */
const MOST_HOLDS = 10_000;

async function listHeld({ store }: Context): Promise<Named[]> {
  const open = (await store.overview.holds(MOST_HOLDS)).filter(({ releasing }) => !releasing);
  const names = new Map(open.map(({ service: id, name }) => [id, describeService({ id, name })]));
  return [...names].sort(([a], [b]) => compareIds(a, b)).map(([, name]) => named(name));
}

async function listAway({ store, config }: Context): Promise<Named[]> {
  const prefix = outageKey('');
  const away = (await store.conditions.list(prefix)).filter(({ runs }) => runs >= config.poll.panelUnreachableAfter);
  return away.map(({ key, since }) => named(key.slice(prefix.length), since));
}

/** What is wrong or in doubt with money, and nobody has acknowledged. */
async function listMoney(context: Context): Promise<Named[]> {
  const open = (await listAlarms(context)).filter(
    ({ event, acknowledged }) => event === 'billing' && acknowledged === null,
  );
  return open.map(({ service, message }) => named(service ?? message));
}

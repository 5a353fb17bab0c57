import { shortDay, clockTime } from '@sluice/messages/time';
import { printable } from '@sluice/panel-http/printable';
import { toLocalDate } from '@sluice/quota-core';
import type { OverviewRow } from '@sluice/state-store';
import { describeService } from '../../base/describe-service.js';
import { compareIds } from '../../base/natural-order.js';
import type { Context } from '../../context/context.js';
import { outageKey } from '../../context/panel-answers.js';
import { listAlarms } from './list-alarms.js';
import { readRunsOut } from './notice-data.js';
import type { Day } from './read-day.js';

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

/** Returns what is going on now, and which runs of a day failed, the most urgent first; a kind of which there is nothing has no line. */
export async function readDigestLines(context: Context, { runs, failedRuns }: Day): Promise<DigestLine[]> {
  const lines = [
    await listSoon(context),
    await listHeld(context),
    await listAway(context),
    await listMoney(context),
    {
      label: failedRuns === 1 ? 'Run failed or stopped' : 'Runs failed or stopped',
      count: failedRuns,
      detail: `of ${runs}`,
    },
  ];
  return lines.filter(({ count }) => count > 0);
}

/** Returns the first sentence of a digest. */
export function describeDigest(day: string, lines: readonly DigestLine[], happened: string): string {
  const [first, ...others] = lines.map(({ label, count }) => `${count} ${label.toLowerCase()}`);
  if (first === undefined) return `${day}: nothing needs you; ${happened}`;
  return `${day}: ${[first, ...others].join(', ')}`;
}

async function listSoon(context: Context): Promise<DigestLine> {
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
  const names = soon.map(({ row, at }) => `${describeService(row)} ${toTime(at, config.timeZone)}`);
  return toLine('Used up within 2 days', names);
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
  return readRunsOut(context, { at: context.now(), service, cycle, mode, allowed });
}

/** Holds that are read. */
const MOST_HOLDS = 10_000;

async function listHeld({ store }: Context): Promise<DigestLine> {
  const open = (await store.overview.holds(MOST_HOLDS)).filter(({ releasing }) => !releasing);
  const names = new Map(open.map(({ service: id, name }) => [id, describeService({ id, name })]));
  const sorted = [...names].sort(([a], [b]) => compareIds(a, b)).map(([, name]) => name);
  return toLine('Held', sorted);
}

async function listAway({ store, config }: Context): Promise<DigestLine> {
  const prefix = outageKey('');
  const away = (await store.conditions.list(prefix)).filter(({ runs }) => runs >= config.poll.panelUnreachableAfter);
  const names = away.map(({ key, since }) => `${key.slice(prefix.length)} since ${toTime(since, config.timeZone)}`);
  return toLine(away.length === 1 ? 'Panel unreachable' : 'Panels unreachable', names);
}

/** What is wrong or in doubt with money, and nobody has acknowledged. */
async function listMoney(context: Context): Promise<DigestLine> {
  const open = (await listAlarms(context)).filter(
    ({ event, acknowledged }) => event === 'billing' && acknowledged === null,
  );
  const names = open.map(({ service, message }) => service ?? message);
  return toLine('Money in doubt', names);
}

function toLine(label: string, names: readonly string[]): DigestLine {
  const others = names.length - MOST_NAMED;
  const rest = others > 0 ? ` and ${others} more` : '';
  return { label, count: names.length, detail: printable(`${names.slice(0, MOST_NAMED).join(', ')}${rest}`) };
}

import type { NextReading } from '@sluice/contract/documents';
import { formatBytes } from '@sluice/quota-core';
import { LISTS, type NextReadingRecord, type ServiceRecord } from '@sluice/state-store';
import { pollInterval } from '../../base/config/poll-interval.js';
import type { Context } from '../../context/context.js';
import { readTakenPanels } from '../../context/leases.js';
import { readReach } from '../../context/reach.js';
import { NEVER, type Next, type RateSource } from './next-reading.js';
import { describeSkip, findSkip } from './skip.js';

/** What is stored with a row besides its reason. */
type Details = Partial<Omit<Next, 'at' | 'reason'>> & { service?: string };

/**
 * Returns when services of one panel are read next, and why, by the store alone: the only place that says it. Empty where the config
 * does not set `poll.maxOvershoot`, so that each poll reads all.
 */
export async function readNextReadings(
  context: Context,
  panel: string,
  services: readonly ServiceRecord[],
): Promise<ReadonlyMap<string, NextReading>> {
  const { config, store } = context;
  if (config.poll.maxOvershoot === undefined) return new Map();
  const ids = services.map(({ id }) => id);
  const rows = new Map(
    (await store.nextReadings.list({ panel, services: [...ids, LISTS] })).map((row) => [row.service, row]),
  );
  const lists = rows.get(LISTS);
  const present = await readPresent(context, panel);
  return new Map(
    services.map((service) => {
      const { id, product, status: lifecycle, nextDueDate } = service;
      const skip = findSkip(config, { panel, product, lifecycle, nextDueDate }, present.now);
      if (skip !== null) return [id, { at: null, reason: 'skipped', message: describeSkip(service, skip) }];
      return [id, withPresent(toView(lists ?? rows.get(id) ?? null, present.now), present)];
    }),
  );
}

/** Returns when the first service of a panel is read next; null where the config does not set `poll.maxOvershoot`, or nothing was planned. */
export async function readFirstReading(context: Context, panel: string): Promise<NextReading | null> {
  const { config, store } = context;
  if (config.poll.maxOvershoot === undefined) return null;
  const [lists] = await store.nextReadings.list({ panel, services: [LISTS] });
  const row = lists ?? (await store.nextReadings.first(panel));
  if (row === null) return null;
  const view = toView(row, context.now());
  const message = row.service === LISTS || view.at === null ? view.message : `${row.service}: ${view.message}`;
  return withPresent({ ...view, message }, await readPresent(context, panel));
}

/** Returns the panels with a reading that is overdue, and when it was due. */
export async function listOverdue(context: Context): Promise<{ panel: string; at: string }[]> {
  const overdue: { panel: string; at: string }[] = [];
  for (const panel of Object.keys(context.config.panels)) {
    const next = await readFirstReading(context, panel);
    if (next?.overdue === true && next.at !== null) overdue.push({ panel, at: next.at });
  }
  return overdue;
}

/** Returns the same in the words of a client, who sees neither limits of others nor what is wrong with the panel. */
export function nextReadingFor({ at, reason, overdue }: NextReading): NextReading {
  if (at === null) return { at, reason: 'skipped', message: 'It is not read at the moment' };
  if (overdue === true) return { at, reason, message: 'It was to be read then, and was not read yet', overdue };
  return { at, reason, message: 'It is read again then, or within the minutes after' };
}

function toView(row: NextReadingRecord | null, now: string): NextReading {
  if (row === null) return { at: now, reason: 'new', message: 'The next run plans when it is read' };
  if (row.dueAt === '' || row.at > now)
    return {
      at: now,
      reason: 'changed',
      message: 'Something about it has changed: the next run plans again when it is read',
    };
  const details = row.details as Details;
  const why = describe(row.reason as Next['reason'], details);
  const at = row.dueAt >= NEVER ? null : row.dueAt;
  if (row.service !== LISTS) return { at, reason: row.reason, message: why };
  return {
    at,
    reason: row.reason,
    message: `The lists of its panel are read then for ${details.service ?? 'a service'}: ${why}`,
  };
}

const MOMENTS: Readonly<Record<string, string>> = {
  'cycle-end': 'its cycle ends then',
  'before-cycle-end': 'its cycle ends soon after',
  'protection-end': 'its protection ends then',
  'release-end': 'the release of its limits ends then',
  'due-date': 'its due date passes then',
};

function describeMoment(what: string): string {
  const [, before, window] = /^(before-)?(day|week|month)-end$/.exec(what) ?? [];
  if (window !== undefined) return `a ${window} of its limits ends ${before === undefined ? 'then' : 'soon after'}`;
  return MOMENTS[what] ?? 'something changes then';
}

/** Says where a highest rate is known from; rows of earlier versions do not. */
const SOURCES: Readonly<Record<NonNullable<RateSource>, string>> = {
  config: ' (lineSpeed)',
  line: ' (as its panel shows)',
  limits: ' (by the speed limits that Sluice has set on the panel)',
};

function describe(reason: Next['reason'], { about, remainingBytes, rate, isHighest, source }: Details): string {
  const left = remainingBytes == null ? '' : formatBytes(remainingBytes);
  switch (reason) {
    case 'limit': {
      const speed = rate == null ? '' : `${formatBytes(Math.round(rate))}/s`;
      const how =
        isHighest === true
          ? `its line carries ${speed} at most${source == null ? '' : SOURCES[source]}`
          : `${speed} was seen lately, and a line of unknown speed may be faster`;
      return `${left} are left of limit ${about ?? ''}, and ${how}`;
    }
    case 'rate':
      return 'the speed of its line is not known (lineSpeed), so it is read as often as by polls of all services';
    case 'report':
      return `it could reach an amount that is reported, after ${left} more`;
    case 'moment':
      return describeMoment(about ?? '');
    case 'open':
      return 'it is held, or each run has something to do for it';
    case 'failed':
      return 'its last reading failed, so that it is read again by the next run';
    case 'doubted':
      return 'its last reading is not believed before another one confirms it';
    case 'unfinished':
      return 'not everything that the last run decided is done';
    case 'new':
      return 'it was not read in its cycle yet';
    case 'changed':
      return 'something about it has changed';
    case 'skipped':
      return 'no run reads it before something about it changes';
    case 'ceiling':
      return 'nothing happens before poll.ceiling has passed since the last reading';
  }
}

async function describeOutage(context: Context, panel: string): Promise<string | null> {
  const { downSince, undecided } = await readReach(context, panel);
  if (downSince !== null) return `panel ${panel} has answered nothing since ${downSince}, and each run tries again`;
  if (undecided !== undefined) return `runs have decided nothing on panel ${panel} since ${undecided.since}`;
  return null;
}

/** What is true of all readings of a panel now. */
interface Present {
  now: string;
  outage: string | null;
  /** Readings that were due before are overdue; a run that has the panel may be reading them. */
  overdueBefore: string;
}

async function readPresent(context: Context, panel: string): Promise<Present> {
  const isTaken = (await readTakenPanels(context)).has(panel);
  const overdueBefore = new Date(context.deps.clock.now() - pollInterval(context.config)).toISOString();
  return {
    now: context.now(),
    outage: await describeOutage(context, panel),
    overdueBefore: isTaken ? '' : overdueBefore,
  };
}

/** Adds what keeps a reading from being made: the only place that decides whether it is overdue. */
function withPresent(view: NextReading, { outage, overdueBefore }: Present): NextReading {
  const isOverdue = view.at !== null && view.at < overdueBefore;
  const reasons = [view.message, ...(isOverdue ? ['overdue: no run has read it since'] : []), outage ?? []].flat();
  return { ...view, message: reasons.join('; '), ...(isOverdue && { overdue: true }) };
}

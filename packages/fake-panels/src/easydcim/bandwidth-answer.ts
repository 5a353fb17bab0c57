import { type FakeResponse } from '../core/fake-response.js';
import { type BandwidthAnswers } from './answers.js';
import { type Service } from './model.js';
import { type Panel } from './panel.js';
import { type PanelTime, type TimeWindow } from './panel-time.js';
import { invalid } from './refusals.js';
import { type Traffic } from './traffic-meter.js';
import { inside, wrapped } from './wrap.js';

const hour = 3_600_000;
const day = 24 * hour;
const month = 30 * day;

/** The ranges of the answer without dates. */
const ranges: Readonly<Record<string, number>> = {
  last_1hour: hour,
  last_6hours: 6 * hour,
  last_1day: day,
  last_2days: 2 * day,
  last_1week: 7 * day,
  last_1month: month,
  last_6months: 6 * month,
  last_1year: 365 * day,
};

const unitSizes = { bytes: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, human: 1 };

/** Answers what passed through a service between `startDate` and `endDate`, as this installation words it. */
export function bandwidthAnswer(service: Service, body: Readonly<Record<string, unknown>>, panel: Panel): FakeResponse {
  const { world, time } = panel;
  const settings = panel.answers.bandwidth;
  if (service.noTraffic) return { status: 200, body: { success: false, message: 'No traffic source' } };
  const wording = settings.knowsUnits ? withUnits(settings, body.units) : settings;
  const dated = body.startDate !== undefined || body.endDate !== undefined;
  if (wording.shape === 'interval-map' || (!dated && wording.withoutDates === 'interval-map')) {
    return { status: 200, body: intervalMap(service, panel, wording) };
  }
  const window = dated || wording.withoutDates === 'refuse' ? toWindow(body, time, wording) : lastMonth(world.now());
  if ('errors' in window) return invalid(window.errors);
  const counted = wording.datesIgnored ? lastMonth(world.now()) : window;
  if (wording.shape === 'series') return { status: 200, body: { data: series(service, counted, panel) } };
  const { from, until } = counted;
  const traffic = world.traffic(service, from, until);
  const figures = { ...toFigures(traffic, wording), ...percentiles(traffic, until - from, wording) };
  return { status: 200, body: wrapped(figures, wording.shape) as object };
}

function toWindow(
  body: Readonly<Record<string, unknown>>,
  time: PanelTime,
  wording: BandwidthAnswers,
): TimeWindow | { readonly errors: Record<string, string> } {
  const errors: Record<string, string> = {};
  const read = (field: string, label: string): number => {
    const text = body[field];
    const instant = typeof text === 'string' ? time.instant(text) : undefined;
    if (text === undefined) errors[field] = `The ${label} field is required.`;
    else if (instant === undefined) errors[field] = `The ${label} does not match the format Y-m-d H:i:s.`;
    return instant ?? 0;
  };
  const from = read('startDate', 'start date');
  const end = read('endDate', 'end date');
  if (Object.keys(errors).length > 0) return { errors };
  if (end < from) return { errors: { endDate: 'The end date must be a date after or equal to start date.' } };
  return { from, until: wording.endInclusive ? end + 1000 : end };
}

function lastMonth(now: number): TimeWindow {
  return { from: now - month, until: now + 1 };
}

function toFigures(traffic: Traffic, wording: BandwidthAnswers): Record<string, unknown> {
  const { keys, swapped, factor } = wording;
  const bytesIn = Math.round((swapped ? traffic.out : traffic.in) * factor);
  const bytesOut = Math.round((swapped ? traffic.in : traffic.out) * factor);
  const figures: Record<string, unknown> = {};
  if (keys.in !== null) figures[keys.in] = figure(bytesIn, wording);
  if (keys.out !== null) figures[keys.out] = figure(bytesOut, wording);
  if (keys.total !== null) figures[keys.total] = figure(bytesIn + bytesOut, wording);
  return figures;
}

function figure(bytes: number, { unit, numbers }: BandwidthAnswers): number | string {
  if (unit === 'human') return `${Math.round((bytes / unitSizes.GB) * 100) / 100} GB`;
  const value = unit === 'bytes' ? bytes : Math.round((bytes / unitSizes[unit]) * 100) / 100;
  return numbers === 'strings' ? String(value) : value;
}

function percentiles(traffic: Traffic, ms: number, { percentiles: wanted }: BandwidthAnswers): object {
  if (!wanted) return {};
  const rate = (bytes: number): number => (ms <= 0 ? 0 : Math.round((bytes * 8) / (ms / 1000) / 10_000) / 100);
  return {
    '95TH_PERC': rate(Math.max(traffic.in, traffic.out)),
    '95TH_PERC_IN': rate(traffic.in),
    '95TH_PERC_OUT': rate(traffic.out),
  };
}

function intervalMap(service: Service, { world, time }: Panel, wording: BandwidthAnswers): object {
  const now = world.now();
  const monthBegan = time.instant(`${time.text(now).slice(0, 7)}-01 00:00:00`) ?? now;
  const lengths = { ...ranges, current_month: now - monthBegan };
  const figures = Object.entries(lengths).map(([name, length]) => {
    const traffic = world.traffic(service, now - length, now + 1);
    return [name, toFigures(traffic, { ...wording, keys: { in: 'BW_IN', out: 'BW_OUT', total: 'BW_TOTAL' } })];
  });
  return inside(Object.fromEntries(figures), ['result']) as object;
}

function series(service: Service, { from, until }: TimeWindow, { world, time }: Panel): object[] {
  const rows: object[] = [];
  for (let at = from; at < until && rows.length < 400; at += day) {
    const traffic = world.traffic(service, at, Math.min(at + day, until));
    rows.push({ time: time.text(at), in: traffic.in, out: traffic.out });
  }
  return rows;
}

function withUnits(wording: BandwidthAnswers, asked: unknown): BandwidthAnswers {
  if (asked === 'KB' || asked === 'MB' || asked === 'GB') return { ...wording, unit: asked };
  return wording;
}

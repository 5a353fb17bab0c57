import { toLocalDate, zonedMidnight } from '@sluice/quota-core';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const HOUR_STEPS = [0.25, 0.5, 1, 2, 3, 6, 12];
const DAY_STEPS = [1, 2, 5, 7, 14, 30, 60, 90, 180, 365];

/** A mark on a time axis. */
export interface TimeTick {
  at: number;
  label: string;
}

/** Returns at most `count` marks between two instants, at round local times or local midnights. */
export function timeTicks(from: number, to: number, timeZone: string, count: number): TimeTick[] {
  const hours = HOUR_STEPS.find((step) => (to - from) / (step * HOUR) <= count);
  const ticks = hours === undefined ? dayTicks(from, to, timeZone, count) : hourTicks(from, to, timeZone, hours);
  return ticks.filter(({ at }) => at >= from && at <= to);
}

function hourTicks(from: number, to: number, timeZone: string, hours: number): TimeTick[] {
  const ticks: TimeTick[] = [];
  const step = hours * HOUR;
  for (let date = dateAt(from, timeZone); ; date = addDays(date, 1)) {
    const midnight = Date.parse(zonedMidnight(date, timeZone));
    if (midnight > to) return ticks;
    const next = Date.parse(zonedMidnight(addDays(date, 1), timeZone));
    for (let at = midnight; at < next; at += step) {
      ticks.push({ at, label: at === midnight ? dayLabel(at, timeZone) : clockLabel(at, timeZone) });
    }
  }
}

function dayTicks(from: number, to: number, timeZone: string, count: number): TimeTick[] {
  const days = DAY_STEPS.find((step) => (to - from) / (step * DAY) <= count) ?? Math.ceil((to - from) / DAY / count);
  const ticks: TimeTick[] = [];
  for (let date = dateAt(from, timeZone); ; date = addDays(date, days)) {
    const at = Date.parse(zonedMidnight(date, timeZone));
    if (at > to) return ticks;
    ticks.push({ at, label: dayLabel(at, timeZone) });
  }
}

function dateAt(at: number, timeZone: string): string {
  return toLocalDate(new Date(at).toISOString(), timeZone);
}

function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

function dayLabel(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'short' }).format(at);
}

function clockLabel(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at);
}

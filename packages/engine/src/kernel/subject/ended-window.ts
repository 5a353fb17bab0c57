import { calendarWindow, type CalendarWindow } from '@sluice/quota-core';
import type { HoldRecord } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';
import { toCycleKey } from '../../base/lifecycle.js';
import type { Decided } from './stages.js';

/** A service with the windows that its limits have now. */
type InWindows = Pick<Decided, 'service' | 'cycle' | 'limits'>;

/**
 * Returns whether a hold of a limit is of a window that was over before the present one began: a cycle, a day, a week or a month. A
 * limit that has another kind of window now, other days by another time zone or shorter cycles, or that is removed, is a change of
 * the config instead; another client or server within the window is one of the service.
 */
export function isOfEndedWindow(
  config: Config,
  { service, cycle, limits }: InWindows,
  { reason, cycle: key }: Pick<HoldRecord, 'reason' | 'cycle'>,
): boolean {
  const limit = limits.find(({ id }) => id === reason);
  const present = reason === 'quota' ? cycle && toCycleKey(cycle) : (limit?.key ?? null);
  if (key === null || present === null || key === present) return false;
  const [before, now] = [parseKey(key), parseKey(present)];
  if (before === null || now === null) return before === now && toCycleId(key) !== toCycleId(present);
  if (before.window !== now.window) return false;
  const { window, start } = before;
  const bounds = calendarWindow({ window, timeZone: findTimeZone(config, service.panel), now: start });
  return bounds.start === start && bounds.end <= now.start;
}

const KEY = /^(day|week|month) (\d\S+Z)(?: |$)/;

/** Returns the window of the calendar that a hold names; null for a cycle. */
function parseKey(key: string): { window: CalendarWindow; start: string } | null {
  const [, window, start] = KEY.exec(key) ?? [];
  return window === undefined || start === undefined ? null : { window: window as CalendarWindow, start };
}

function toCycleId(key: string): string | undefined {
  return key.split(' ')[0];
}

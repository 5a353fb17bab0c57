import { toLocalDate } from '@sluice/quota-core';
import type { LocalDates } from '@sluice/state-store';
import { findTimeZone } from '../base/config/find-entry.js';
import type { Context } from './context.js';

/** Returns the local date of each panel: protections end with one. */
export function localDates(context: Context): LocalDates {
  const { config } = context;
  const at = context.now();
  const dates = Object.keys(config.panels).map((panel) => [panel, toLocalDate(at, findTimeZone(config, panel))]);
  return { panels: Object.fromEntries(dates) as Record<string, string>, others: toLocalDate(at, config.timeZone) };
}

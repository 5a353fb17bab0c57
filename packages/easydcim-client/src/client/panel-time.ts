import { TZDate } from '@date-fns/tz';
import { PanelConfigError } from '@sluice/panel-http';
import { format } from 'date-fns/format';
import type { Window } from './types.js';

/** A window in the panel's form: its first and its last second. */
export interface PanelWindow {
  start: string | number;
  end: string | number;
}

/** Refuses a name other than an IANA time zone. */
export function checkTimeZone(timeZone: string): void {
  // The zones of the host's library are not loaded for it.
  if (timeZone === 'UTC') return;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new PanelConfigError(
      'option_invalid',
      `"${timeZone}" is not a time zone. Use the IANA name of the panel's zone, for example Europe/Berlin.`,
    );
  }
}

/**
 * Converts a half-open window of instants to local text of the panel's zone (`2026-10-15 00:00:00`) or to Unix seconds. The end
 * becomes the last second before it; a window of less than a second becomes its first second.
 */
export function panelWindow(window: Window, timeZone: string, form: 'text' | 'unix' = 'text'): PanelWindow {
  const start = Date.parse(window.start);
  const end = Date.parse(window.end);
  if (Number.isNaN(start) || Number.isNaN(end) || start >= end) {
    throw new PanelConfigError(
      'option_invalid',
      `The window from ${window.start} to ${window.end} is empty or invalid. Pass two ISO 8601 instants.`,
    );
  }
  const first = Math.floor(start / 1000);
  const last = Math.max(first, Math.ceil(end / 1000) - 1);
  if (form === 'unix') return { start: first, end: last };
  return { start: localText(first, timeZone), end: localText(last, timeZone) };
}

const TEXTS_KEPT = 64;
const texts = new Map<string, string>();

/** Services request the same few instants, so their texts are cached. */
function localText(seconds: number, timeZone: string): string {
  const key = `${seconds} ${timeZone}`;
  const known = texts.get(key);
  if (known !== undefined) return known;
  const text = toText(seconds, timeZone);
  if (texts.size >= TEXTS_KEPT) texts.clear();
  texts.set(key, text);
  return text;
}

function toText(seconds: number, timeZone: string): string {
  // The zones of the host's library are not loaded for it.
  if (timeZone === 'UTC') return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return format(new TZDate(seconds * 1000, timeZone), 'yyyy-MM-dd HH:mm:ss');
}

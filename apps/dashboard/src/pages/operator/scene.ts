import { findZone } from './zones.js';
import { Times } from '../layout/format.js';
import { html, type Html, type Part } from '../layout/html.js';
import type { PageRequest } from '../page.js';

/** What the pages of operators need of each request. */
export interface Scene {
  request: PageRequest;
  times: Times;
  /** Whether forms that change something are shown. */
  mayOperate: boolean;
}

/** Returns the scene of a request; `panel` selects the time zone. */
export function toScene(request: PageRequest, panel: string | null = null): Scene {
  const { now, sluice, viewer } = request;
  return { request, times: new Times(now, findZone(sluice.config, panel)), mayOperate: viewer.may('operate') };
}

/** Address of the page of a service. */
export function serviceHref(id: string): string {
  return `/services/${encodeURIComponent(id)}`;
}

/** A service as a link. */
export function serviceLink(id: string): Html {
  return html`<a href="${serviceHref(id)}"><bdi>${id}</bdi></a>`;
}

/** Returns a number of the query within bounds. */
export function toNumber(text: string | undefined, fallback: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  return text === undefined || text === '' || !Number.isInteger(value) || value < 1 ? fallback : Math.min(value, most);
}

/** Returns the word of the query if it is one of these. */
export function toWord<Word extends string>(text: string | undefined, known: readonly Word[]): Word | undefined {
  return known.find((word) => word === text);
}

/** Runs a read that may fail; returns its error in one sentence instead. */
export async function attempt<T>(
  read: () => Promise<T>,
): Promise<{ value: T; problem: null } | { value: null; problem: string }> {
  try {
    return { value: await read(), problem: null };
  } catch (error) {
    if (!isForPeople(error)) throw error;
    return { value: null, problem: error.message };
  }
}

/** Errors of the engine, its store and its panels have a kind or a code, and a message for people. */
function isForPeople(error: unknown): error is Error & { code: string } {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'string';
}

/** One sentence in place of what can't be had. */
export function problemNotice(problem: Part): Part {
  return html`<p class="notice notice-warning" role="status"><span dir="auto">${problem}</span></p>`;
}

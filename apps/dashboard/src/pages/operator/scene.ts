import { type ErrorKind, SluiceError } from '@sluice/panel-kind';
import { badge, link, table } from '../../layout/components.js';
import { name, type Times } from '../../layout/format.js';
import { html, type Html, type Part } from '../../layout/html.js';
import type { PageRequest } from '../../requests/page-request.js';
import { toTimes } from '../../layout/page-times.js';

/** What the pages of operators need of each request. */
export interface Scene {
  request: PageRequest;
  times: Times;
  /** Whether forms that change something are shown. */
  mayOperate: boolean;
}

/** Returns the scene of a request; `panel` selects the time zone. */
export function toScene(request: PageRequest, panel?: string): Scene {
  return { request, times: toTimes(request, panel), mayOperate: request.viewer.needs.includes('operate') };
}

/** Address of the page of a service. */
export function serviceHref(id: string): string {
  return `/services/${encodeURIComponent(id)}`;
}

/** A service as a link: its name, where it has one, with the id behind. */
export function serviceLink(id: string, title: string | null = null): Html {
  return title === null
    ? link(serviceHref(id), id)
    : html`${link(serviceHref(id), title)} <span class="soft">${name(id)}</span>`;
}

/** Codes of alarms and notices about the queue, which has no panel or service. */
const OF_QUEUE: readonly string[] = ['no_worker', 'worker_again'];

/** The page that an alarm or a notice about the queue is about, as a link; null for any other one. */
export function jobsLink({ code }: { code: string }): Html | null {
  return OF_QUEUE.includes(code) ? link('/queue', 'Jobs') : null;
}

/** Returns a text of the query or a form without blanks around it; undefined for an empty one. */
export function given(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
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

/** Runs a read that may fail; returns its error in one sentence instead, and whether the same request can succeed later. */
export async function attempt<T>(
  read: () => Promise<T>,
): Promise<{ value: T; problem: null; canRepeat: false } | { value: null; problem: string; canRepeat: boolean }> {
  try {
    return { value: await read(), problem: null, canRepeat: false };
  } catch (error) {
    if (!isForPeople(error)) throw error;
    const canRepeat = !(error instanceof SluiceError && OF_REQUEST.has(error.kind));
    return { value: null, problem: error.message, canRepeat };
  }
}

/** Kinds of errors that the request itself causes. */
const OF_REQUEST: ReadonlySet<ErrorKind> = new Set(['usage', 'not-found', 'conflict', 'unsupported']);

/** Errors of the engine, its store and its panels have a kind or a code, and a message for people. */
function isForPeople(error: unknown): error is Error & { code: string } {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'string';
}

/** The steps of a command on a panel, with their states. */
export function actionsTable(actions: readonly { name: string; state: string }[]): Part {
  return table({
    caption: 'Changes on the panel',
    columns: [
      { title: 'Change', cell: ({ name }) => html`<bdi>${name}</bdi>` },
      { title: 'State', cell: ({ state }) => badge(state) },
    ],
    rows: actions,
    empty: 'Nothing is changed on the panel.',
  });
}

/** One sentence in place of what can't be had. */
export function problemNotice(problem: Part): Part {
  return html`<p class="notice notice-warning" role="status"><span dir="auto">${problem}</span></p>`;
}

/** Returns what stands in place of the rows of a list in which a text was searched for; `otherwise` where none was. */
export function nothingFound(searched: string | undefined, otherwise: string): Part {
  const text = searched?.trim() ?? '';
  return text === '' ? otherwise : html`Nothing was found for “${name(text)}”.`;
}

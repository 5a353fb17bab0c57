import type { LogEntry } from '@sluice/engine';
import { badge } from '../../layout/components.js';
import { html, type Part } from '../../layout/html.js';
import type { Task } from '../../requests/task.js';
import type { Scene } from './scene.js';

/** Returns the address of the page of a run; null for one that has ended, or that no request started. */
export type FindRunPage = (entry: LogEntry) => string | null;

/** Reads which runs under way have a page: those that a page or the API started, on whichever server. */
export async function readRunPages({ request }: Scene): Promise<FindRunPage> {
  // On the page of another site nothing is followed.
  const tasks = request.isEmbedded ? [] : await request.tasks.listOpen();
  const newestFirst = tasks.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  return (entry) => {
    if (entry.kind !== 'run' || entry.outcome != null) return null;
    const task = newestFirst.find((each) => isOf(each, entry));
    return task === undefined ? null : `/runs/${task.id}`;
  };
}

/** The outcome of a run, or that it is under way, with a link to where it is followed. */
export function showOutcome(entry: LogEntry, findPage: FindRunPage): Part {
  const page = findPage(entry);
  const shown = badge(entry.outcome ?? 'running');
  return page === null ? shown : html`<a href="${page}">${shown}</a>`;
}

/** Who started it, over what, is in both; the log has it from its first step on. */
function isOf({ command, by, panel, service, startedAt }: Task, entry: LogEntry): boolean {
  const scope = panel === null || service !== null ? null : `panel ${panel}`;
  const isSame = entry.command === command && entry.actor === by && entry.scope === scope && entry.service === service;
  return isSame && startedAt <= entry.at;
}

import type { LogEntry } from '@sluice/engine';
import { describeCall, describeCallOutcome, describeRunError } from '@sluice/engine/words';
import { badge, table } from '../../layout/components.js';
import { name, type Times } from '../../layout/format.js';
import { html, type Part } from '../../layout/html.js';
import { showValue, words } from '../../layout/words.js';
import { type FindRunPage, showOutcome, readRunPages } from './run-pages.js';
import { type Scene, serviceLink } from './scene.js';

/** Entries of the log as a table. */
export async function logTable(
  scene: Scene,
  entries: readonly LogEntry[],
  { caption, showsService = true }: { caption: string; showsService?: boolean },
): Promise<Part> {
  const { times } = scene;
  const findPage = await readRunPages(scene);
  return table({
    caption,
    columns: [
      { title: 'When', cell: ({ at }) => times.at(at) },
      { title: 'Kind', cell: ({ kind }) => kind, isMinor: true },
      showsService
        ? {
            title: 'About',
            cell: ({ service, serviceName, panel }) =>
              service === null ? name(panel) : serviceLink(service, serviceName),
          }
        : null,
      { title: 'What', cell: (entry) => html`<bdi>${toWhat(entry)}</bdi>` },
      { title: 'Outcome', cell: (entry) => showState(entry, findPage) },
      { title: 'Detail', cell: (entry) => html`<span dir="auto">${showDetail(entry, times)}</span>`, isMinor: true },
    ],
    rows: entries,
    empty: 'The log has no such entry.',
    filter: true,
  });
}

function toWhat(entry: LogEntry): string {
  if (entry.kind === 'api') return `${describeCall(entry)}${toChannel(entry)}`;
  if (entry.kind === 'action') return words(entry.name);
  if (entry.kind === 'run') return `${words(entry.command)}${entry.dryRun === true ? ' (dry run)' : ''}`;
  return `refresh of ${words(entry.targets)} restrictions`;
}

/** The channel of a notice about a service, which the log has in place of a panel. */
function toChannel({ method, service, panel }: LogEntry): string {
  return method === 'SEND' && service !== null ? ` through ${words(panel)}` : '';
}

function showState(entry: LogEntry, findPage: FindRunPage): Part {
  if (entry.kind === 'api') return badge(describeCallOutcome(entry), entry.ok === true ? 'good' : 'bad');
  if (entry.kind === 'action') return badge(words(entry.state));
  if (entry.kind === 'run') return showOutcome(entry, findPage);
  return entry.finishedAt === null ? badge('running') : badge(entry.error === null ? 'done' : 'failed');
}

function showDetail(entry: LogEntry, times: Times): Part {
  if (entry.kind === 'api') {
    const attempt = typeof entry.attempt === 'number' && entry.attempt > 1 ? `, attempt ${entry.attempt}` : '';
    return `${words(entry.durationMs)} ms${attempt}${entry.ok === true ? '' : `: ${words(entry.message)}`}`;
  }
  if (entry.kind === 'action') return showValue(toMessage(entry.error) || entry.observed, times);
  if (entry.kind === 'run') {
    const made = entry.actor == null ? '' : `by ${words(entry.actor)} `;
    const by = `${made}on ${words(entry.host)}`;
    return times.inText([by, words(entry.note), toMessage(entry.error)].filter((text) => text !== '').join(': '));
  }
  return times.inText(toMessage(entry.error));
}

/** An error is a document with a message, or its code alone. */
function toMessage(error: unknown): string {
  return typeof error === 'string' ? describeRunError(error) : words((error as { message?: unknown } | null)?.message);
}

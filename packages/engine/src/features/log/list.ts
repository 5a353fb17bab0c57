import type { LogEntry, LogPage } from '@sluice/contract/documents';
import { usageError } from '@sluice/panel-kind';
import type { Context } from '../../context/context.js';
import {
  actionEntries,
  apiEntry,
  includesKind,
  type LogFilter,
  refreshEntry,
  runEntry,
  tableFilter,
  type UnnamedEntry,
  withServiceNames,
} from './log.js';

/** How far a kind of entry was listed: the start of the last one, and how many that began then were listed. */
interface Position {
  at: string;
  count: number;
}
type Positions = Partial<Record<LogEntry['kind'], Position>>;

const KINDS = ['api', 'action', 'refresh', 'run'] as const;
const PAGE = 500;

/** Returns the entries that match a filter, newest first. Reads pages, so that memory use is bounded. */
export async function readLog(context: Context, filter: LogFilter): Promise<LogPage> {
  const { limit, after } = filter;
  const listed: Positions = after === undefined ? {} : parseCursor(after);
  const asked = KINDS.filter((kind) => includesKind(filter, kind));
  const sources = asked.map((kind) => readEntries(context, filter, kind, listed[kind]));
  const heads = await Promise.all(sources.map(async (source) => ({ source, head: await read(source) })));
  const entries: UnnamedEntry[] = [];
  for (;;) {
    // At the same instant calls come before actions, and actions before runs.
    const newest = heads.reduce<(typeof heads)[number] | undefined>(
      (best, other) => ((other.head?.entry.at ?? '') > (best?.head?.entry.at ?? '') ? other : best),
      undefined,
    );
    if (newest?.head == null) return { entries: await withServiceNames(context, entries), next: null };
    if (entries.length === limit) return { entries: await withServiceNames(context, entries), next: toCursor(listed) };
    const { entry, position } = newest.head;
    entries.push(entry);
    listed[entry.kind] = position;
    newest.head = await read(newest.source);
  }
}

interface Found {
  entry: UnnamedEntry;
  position: Position;
}

async function read(source: AsyncGenerator<Found>): Promise<Found | null> {
  const next = await source.next();
  return next.done === true ? null : next.value;
}

/** Yields the entries of a kind in the reverse order of their start. */
async function* readEntries(
  context: Context,
  filter: LogFilter,
  kind: LogEntry['kind'],
  listed: Position | undefined,
): AsyncGenerator<Found> {
  const { panel, limit } = filter;
  const most = Math.min(PAGE, limit + 1);
  const readPart = toReader(context, filter, kind);
  let position = listed;
  for (;;) {
    const skip = position?.count ?? 0;
    const rows = await readPart({ limit: most + skip, ...(position === undefined ? {} : { until: position.at }) });
    for (const { began, entry } of rows.slice(skip)) {
      position = { at: began, count: began === position?.at ? position.count + 1 : 1 };
      if (panel === undefined || entry.panel === panel) yield { entry, position };
    }
    if (rows.length < most + skip) return;
  }
}

interface Part {
  limit: number;
  until?: string;
}

/** Returns what reads the newest entries of a kind that began at an instant or before it. */
function toReader(
  context: Context,
  filter: LogFilter,
  kind: LogEntry['kind'],
): (part: Part) => Promise<{ began: string; entry: UnnamedEntry }[]> {
  const { store } = context;
  const where = tableFilter(filter);
  const { panel, command } = filter;
  switch (kind) {
    case 'api':
      // Only calls are stored by panel.
      return async (part) =>
        (await store.apiCalls.list({ ...where, ...part, ...(panel === undefined ? {} : { panel }) })).map((call) => ({
          began: call.at,
          entry: apiEntry(call),
        }));
    case 'action': {
      const toEntry = actionEntries(context);
      return async (part) =>
        (await store.actions.list({ ...where, ...part, newestFirst: true })).map((action) => ({
          began: action.plannedAt,
          entry: toEntry(action),
        }));
    }
    case 'refresh':
      return async (part) =>
        (await store.refreshes.list({ ...where, ...part })).map((refresh) => ({
          began: refresh.startedAt,
          entry: refreshEntry(refresh),
        }));
    case 'run':
      return async (part) =>
        (await store.runs.list({ ...where, ...part, ...(command === undefined ? {} : { command }) })).map((run) => ({
          began: run.startedAt,
          entry: runEntry(run),
        }));
  }
}

function toCursor(listed: Positions): string {
  const parts = Object.entries(listed).map(([kind, { at, count }]) => `${kind} ${at} ${count}`);
  return Buffer.from(parts.join('\n')).toString('base64url');
}

function parseCursor(text: string): Positions {
  const parts = Buffer.from(text.slice(0, 1000), 'base64url').toString().split('\n');
  const found = parts.map((part) => /^(api|action|refresh|run) (\d{4}-\d\d-\d\dT[\d:.]+Z) (\d{1,6})$/.exec(part));
  if (found.includes(null))
    throw usageError('bad_input', 'after: the text is not the "next" of a page of the log; begin without it', {
      input: 'after',
    });
  return Object.fromEntries(found.map((part) => [part?.[1], { at: part?.[2], count: Number(part?.[3]) }])) as Positions;
}

import type { CallRecord } from '@sluice/quota-core/telephony';
import { isPanelError } from '@sluice/panel-http';
import type { OperationName } from '../profile/schema.js';
import type { CanonicalRecord } from '../wire/codec.js';
import type { TimeRange } from '../wire/request.js';
import type { Connection } from './connection.js';
import { readPage } from './page.js';
import { readPages } from './pages.js';
import { CONVERTERS, toUnreadableCall } from './to-records.js';
import type { AstbillingCallOptions } from './types.js';

/** Which calls to read. */
export interface CallQuery {
  filters: CanonicalRecord;
  range: TimeRange;
  /** Whether a record that can't be read is marked, instead of refusing the list, where its line and start can. */
  marks: boolean;
}

/** One page of calls as the system sent them. */
export interface DecodedCalls {
  calls: CallRecord[];
  total: number | null;
}

const LIST = { resource: 'cdrs', name: 'list' } as const;
const ARCHIVE = { resource: 'cdrs', name: 'archive' } as const;

/**
 * Reads the pages of calls, and those of the archive where the system moves older calls to one. The archive is read first, and again
 * from its end: a call that is moved meanwhile comes once, or the list has changed.
 */
export async function* readCallPages(
  connection: Connection,
  { marks, ...query }: CallQuery,
  options: AstbillingCallOptions,
): AsyncGenerator<DecodedCalls, void, undefined> {
  const hasArchive = connection.find(ARCHIVE.resource, ARCHIVE.name) !== null;
  const archived = new MovedCalls();
  let last: string | null = null;
  if (hasArchive) {
    for await (const { rows } of readPages(connection, { ...ARCHIVE, ...query }, options)) {
      const calls = toCalls(connection, ARCHIVE.name, rows, marks).map(toArchived);
      for (const call of calls) archived.add(call);
      last = connection.writer.codec('cdrs').findId(rows.at(-1)) ?? last;
      yield { calls, total: null };
    }
  }
  for await (const { rows, total } of readPages(connection, { ...LIST, ...query }, options)) {
    const calls = toCalls(connection, LIST.name, rows, marks).filter((call) => !archived.take(call));
    yield { calls, total: hasArchive ? null : total };
  }
  if (!hasArchive) return;
  const { rows } = await readPage(
    connection,
    { ...ARCHIVE, ...query },
    { number: 0, received: 0, cursor: last },
    options,
  );
  if (rows.length === 0) return;
  throw connection.error('PANEL_UNREADABLE', ARCHIVE, {
    message: 'archived calls while they were read. The list was ignored.',
    panelCode: 'list_changed',
  });
}

function toCalls(connection: Connection, name: OperationName, rows: readonly unknown[], marks: boolean): CallRecord[] {
  const call = { resource: 'cdrs', name } as const;
  const codec = connection.writer.codec('cdrs');
  return rows.map((row, index) => {
    try {
      return connection.decode(call, () => CONVERTERS.cdrs(codec.decode(row)), index);
    } catch (error) {
      if (!marks || !isPanelError(error)) throw error;
      const marked = toUnreadableCall(codec.decodeFitting(row));
      if (marked === null) throw error;
      const why = (error.fields ?? []).map(({ path, message }) => `: ${path}: ${message}`).join('');
      connection.warn(
        `Panel "${connection.panel}" sent calls that can't be read${why}. Each counts for its own line only.`,
      );
      return marked;
    }
  });
}

/** Records of an archive have ids of their own, which may be those of other calls. */
const toArchived = (call: CallRecord): CallRecord => ({ ...call, id: `archive-${call.id}`, isArchived: true });

/** Archived calls by what the archive keeps of them: between its copy and its removal a call is in both lists. */
class MovedCalls {
  readonly #counts = new Map<string, number>();

  add(call: CallRecord): void {
    const content = toContent(call);
    this.#counts.set(content, (this.#counts.get(content) ?? 0) + 1);
  }

  /** Removes a call that was added, and returns whether it was there. */
  take(call: CallRecord): boolean {
    const content = this.#counts.size === 0 ? '' : toContent(call);
    const count = this.#counts.get(content) ?? 0;
    if (count > 0) this.#counts.set(content, count - 1);
    return count > 0;
  }
}

function toContent(call: CallRecord): string {
  const { uniqueId, subscriberId, direction, destination, startedAt, talkSeconds, billedSeconds, charge } = call;
  return JSON.stringify([
    uniqueId,
    subscriberId,
    direction,
    destination,
    startedAt,
    talkSeconds,
    billedSeconds,
    charge,
  ]);
}

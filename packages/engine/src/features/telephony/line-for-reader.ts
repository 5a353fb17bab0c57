import type { TelephonyDocument } from '@sluice/contract/documents';
import { objectVisibleSince, type Reader } from '../../context/reader.js';
import type { Context } from '../../context/context.js';
import type { ActionRecord } from '@sluice/state-store';
import type { JournalPayload } from '../../kernel/changes/journal.js';
import type { DidDestination } from '@sluice/telephony';
import { toText } from './documents.js';
import type { Line } from './find-line.js';
import { findWritten } from './write-record.js';

/**
 * Returns a line as a reader may see it. The caller id and the forwards of numbers that were set before it had the line are the
 * former client's: they are null until somebody sets them through Sluice.
 */
export async function lineFor<
  View extends { panel: string; subscriber: TelephonyDocument; numbers: TelephonyDocument[] },
>(context: Context, view: View, line: Line, reader: Reader): Promise<View> {
  const since = reader === undefined ? null : await objectVisibleSince(context, line, reader);
  if (since === null) return view;
  const applied = (await context.store.actions.list({ since })).filter(
    ({ panel, state }) => panel === view.panel && state === 'applied',
  );
  const hasCallerId = applied.some((row) => {
    const written = findWritten(row);
    return written?.resource === 'subscribers' && written.id === view.subscriber['id'] && 'caller_id' in written.values;
  });
  const { subscriber, numbers } = view;
  return {
    ...view,
    subscriber: hasCallerId ? subscriber : { ...subscriber, caller_id: null },
    numbers: numbers.map((did) =>
      applied.some((row) => setsForward(row, did)) ? did : withoutForward(did, subscriber['id']),
    ),
  };
}

/** Leaves out to which telephone, or to which other line, the calls to a number go. */
function withoutForward(did: TelephonyDocument, line: unknown): TelephonyDocument {
  const { type, value } = (did['destination'] ?? {}) as { type?: string; value?: unknown };
  const isForward = type === 'number' || (type === 'subscriber' && value !== line);
  return isForward ? { ...did, destination: { type, value: null } } : did;
}

/** A change of a number by a command about its service. */
interface NumberChange {
  values?: { number?: unknown };
  changes?: { destination?: DidDestination };
  prior?: { destination?: DidDestination | null };
}

/** Returns whether an action made a number, or set another destination of its calls. One that repeats the destination did not set it. */
function setsForward(row: ActionRecord, did: TelephonyDocument): boolean {
  const written = findWritten(row);
  if (written !== null) {
    const { resource, operation, id, values } = written;
    if (resource !== 'dids') return false;
    return operation === 'create' ? values['number'] === did['number'] : id === did['id'] && 'destination' in values;
  }
  const { payload } = (row.payload ?? {}) as Partial<JournalPayload>;
  const { values, changes, prior } = (payload ?? {}) as NumberChange;
  if (values?.number !== undefined && values.number === did['number']) return true;
  if (row.target !== did['id'] || changes?.destination === undefined) return false;
  return toText(changes.destination) !== toText(prior?.destination ?? null);
}

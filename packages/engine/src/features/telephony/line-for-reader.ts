import type { LineView, TelephonyDocument } from '@sluice/contract/documents';
import { objectVisibleSince, type Reader } from '../../context/reader.js';
import type { Context } from '../../context/context.js';
import type { ActionRecord } from '@sluice/state-store';
import type { JournalPayload } from '../../kernel/changes/journal.js';
import type { DidDestination } from '@sluice/quota-core/telephony';
import { toText } from './documents.js';
import type { Line } from './find-line.js';
import { findWritten } from './write-record.js';

/**
 * Returns a line as a reader may see it: of the records, a client sees what is its own. The caller id and the forwards of numbers that
 * were set before it had the line are the former client's: they are null until somebody sets them through Sluice.
 */
export async function lineFor(context: Context, view: LineView, line: Line, reader: Reader): Promise<LineView> {
  if (reader === undefined) return view;
  const since = await objectVisibleSince(context, line, reader);
  const own = {
    ...view,
    // How far a postpaid line may go is its provider's.
    credit: view.subscriber['billing_type'] === 'prepaid' ? view.credit : null,
    subscriber: onlyFields(view.subscriber, SHOWN.subscriber),
    plan: view.plan === null ? null : onlyFields(view.plan, SHOWN.plan),
    numbers: view.numbers.map((did) => onlyFields(did, SHOWN.number)),
  };
  return since === null ? own : withoutFormer(context, own, since);
}

/** The fields that a client sees. Others are of staff, such as notes, or of a panel's profile, whatever they are. */
const SHOWN = {
  subscriber: words('id username plan_id area_code channels status sip caller_id billing_type'),
  plan: words('id name monthly_price currency included_minutes status'),
  number: words(
    'id number area_code country_code subscriber_id destination channels monthly_price setup_price currency status',
  ),
};

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

/** Makes the other fields of a record null. */
function onlyFields(record: TelephonyDocument, shown: ReadonlySet<string>): TelephonyDocument {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, shown.has(name) ? value : null]));
}

/** Leaves out what was set before. */
async function withoutFormer(context: Context, view: LineView, since: string): Promise<LineView> {
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

import type { TelephonyDocument } from '@sluice/contract/documents';
import { findOwners } from '../../base/ownership.js';
import { type Reader, visibleSince } from '../../context/reader.js';
import type { Context } from '../../context/context.js';
import type { ActionRecord } from '@sluice/state-store';
import type { Line } from './find-line.js';
import { findWritten } from './write-record.js';

/**
 * Returns a line as a reader may see it. The caller id and the forwards of numbers that were set before it had the line are the
 * former client's: they are null until somebody sets them through Sluice.
 */
export async function lineFor<
  View extends { panel: string; subscriber: TelephonyDocument; numbers: TelephonyDocument[] },
>(context: Context, view: View, line: Line, reader: Reader): Promise<View> {
  const since = reader === undefined ? null : await findOwnSince(context, line, visibleSince(line.service, reader));
  if (since === null) return view;
  const applied = (await context.store.actions.list({ since })).filter(
    ({ panel, state }) => panel === view.panel && state === 'applied',
  );
  const wasSet = (resource: string, id: unknown, field: string): boolean =>
    applied.some((row) => {
      const written = findWritten(row);
      return written?.resource === resource && written.id === id && field in written.values;
    });
  const { subscriber, numbers } = view;
  return {
    ...view,
    subscriber: wasSet('subscribers', subscriber['id'], 'caller_id') ? subscriber : { ...subscriber, caller_id: null },
    numbers: numbers.map((did) =>
      wasSet('dids', did['id'], 'destination') || applied.some((row) => isByCommand(row, did))
        ? did
        : withoutForward(did, subscriber['id']),
    ),
  };
}

/** Leaves out to which telephone, or to which other line, the calls to a number go. */
function withoutForward(did: TelephonyDocument, line: unknown): TelephonyDocument {
  const { type, value } = (did['destination'] ?? {}) as { type?: string; value?: unknown };
  const isForward = type === 'number' || (type === 'subscriber' && value !== line);
  return isForward ? { ...did, destination: { type, value: null } } : did;
}

/** Returns whether a command about a service made a number, or set where its calls go. */
function isByCommand({ target, prior, payload }: ActionRecord, did: TelephonyDocument): boolean {
  const { payload: made } = (payload ?? {}) as { payload?: { values?: { number?: unknown } } };
  if (made?.values?.number !== undefined && made.values.number === did['number']) return true;
  return target === did['id'] && typeof prior === 'object' && prior !== null && 'destination' in prior;
}

/** Returns since when the present client has both the service and the line; null: as long as they are known. */
async function findOwnSince(
  context: Context,
  { service, object }: Line,
  clientSince: string | null,
): Promise<string | null> {
  const parts = object === null ? [] : await findOwners(context, object, { from: null, to: null });
  const foreign = parts.findLast(({ owners }) => owners.some(({ client }) => client !== service.client));
  if (foreign === undefined) return clientSince;
  const end = foreign.to ?? context.now();
  return clientSince !== null && clientSince > end ? clientSince : end;
}

import type { ServiceRecord } from '@sluice/state-store';
import { type Reader, visibleSince } from '../../context/reader.js';
import type { Context } from '../../context/context.js';
import type { TelephonyDocument } from './documents.js';
import { findWritten } from './write-record.js';

/**
 * Returns a line as a reader may see it. The caller id and the destinations of numbers that were set before it had the line are
 * the former client's: they are null until somebody sets them through Sluice.
 */
export async function lineFor<
  View extends { panel: string; subscriber: TelephonyDocument; numbers: TelephonyDocument[] },
>(context: Context, view: View, service: ServiceRecord, reader: Reader): Promise<View> {
  const since = visibleSince(service, reader);
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
    numbers: numbers.map((did) => (wasSet('dids', did['id'], 'destination') ? did : { ...did, destination: null })),
  };
}

import type { PanelError, PanelErrorCode } from '@sluice/panel-http';
import type { Lookup } from '../profile/schema.js';
import { placeholdersIn } from '../wire/request.js';
import { findAt, scalarText } from '../wire/pointer.js';

/** How lookups are sent, and how their errors are made. */
interface LookupCalls {
  /** Returns the answer to a lookup. */
  read: (lookup: Lookup) => Promise<unknown>;
  /** Returns how many records an answer states; null where it states none. */
  toTotal: (body: unknown) => number | null;
  toError: (code: PanelErrorCode, details: { message: string; panelCode: string }) => PanelError;
}

/** Performs the lookups of a write, one after the other, and returns what they found by their names. */
export async function readLookups(
  lookups: Readonly<Record<string, Lookup>>,
  write: string,
  { read, toTotal, toError }: LookupCalls,
): Promise<Record<string, string>> {
  const results: Record<string, string> = {};
  for (const [name, one] of Object.entries(lookups)) {
    const body = await read(one);
    const value = scalarText(findAt(body, one.at)?.value);
    const found = value !== null;
    const place = `the lookup ${name} of ${write}`;
    if (one.absent === true) {
      const isList = findAt(body, /^\/[^/]*/.exec(one.at)?.[0] ?? '') !== null && (toTotal(body) ?? 0) === 0;
      checkAbsent(place, { found, isList }, toError);
    } else if (found) results[name] = value;
    else {
      const by = Object.values(one.filters).flatMap(placeholdersIn).join(', ');
      throw toError('PANEL_NOT_FOUND', {
        message: `has no record for ${place}${by === '' ? '' : ` (by ${by})`}. Nothing was changed.`,
        panelCode: 'not_found',
      });
    }
  }
  return results;
}

function checkAbsent(
  place: string,
  { found, isList }: { found: boolean; isList: boolean },
  toError: LookupCalls['toError'],
): void {
  if (found) {
    throw toError('PANEL_REJECTED', {
      message: `has a record already that ${place} must not find. Nothing was changed.`,
      panelCode: 'conflict',
    });
  }
  // Another answer than an empty list is not an absence.
  if (!isList) {
    throw toError('PANEL_UNREADABLE', {
      message: `sent an answer to ${place} that does not fit its profile. Nothing was changed.`,
      panelCode: 'bad_response',
    });
  }
}

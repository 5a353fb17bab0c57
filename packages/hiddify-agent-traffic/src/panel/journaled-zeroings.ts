import type { Zeroing } from '../traffic/zeroings.js';
import type { ActionRecord } from '@sluice/quota-core';
import type { UpdatePayload, ZeroPayload } from './hiddify-state.js';
import { ACTION_TYPES, type ObservedUser } from '../steps/user-actions.js';

/** A zeroing of a user's usage as the journal has it: metering of services and the ledger of agents go by the same rows. */
export interface JournaledZeroing extends Zeroing {
  payload: ZeroPayload;
}

/** The payload of a journaled `update-user` of a service. */
export function updateIn(row: Pick<ActionRecord, 'type' | 'payload'>): UpdatePayload | null {
  if (row.type !== ACTION_TYPES.update) return null;
  const { payload } = (row.payload ?? {}) as { payload?: UpdatePayload | null };
  return payload ?? null;
}

/** What stood there when the row was planned. */
export function usedAt({ prior }: Pick<ActionRecord, 'prior'>): number | null {
  return (prior as Partial<ObservedUser> | null)?.usedBytes ?? null;
}

/** The zeroing that a row is about; null where it is about none, or was certainly never carried out. */
export function zeroingIn(row: ActionRecord): JournaledZeroing | null {
  const payload = updateIn(row)?.zero;
  if (payload === undefined) return null;
  const done = row.state === 'applied' || row.state === 'unneeded';
  // What was read back too late to prove it may have been carried out and written back.
  const open = row.state === 'planned' || row.state === 'in-doubt' || row.errorCode === 'not_done';
  if (!done && (!open || row.calledAt === null)) return null;
  return {
    uuid: row.target,
    at: row.calledAt ?? row.plannedAt,
    fromBytes: (row.observed as ObservedUser | null)?.usedBefore ?? usedAt(row) ?? 0,
    done,
    again: payload.tries > 1,
    payload,
  };
}

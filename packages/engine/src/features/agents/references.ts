import { SluiceError } from '@sluice/panel-kind';
import { hasOwnerEnded, LEASE_MS, type RequestRecord, type StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';

/** The sender of all changes of users with a reference, among the requests of the store. */
const SENDER = 'users of agents';

/** Returns whether a failed call may have changed the panel. */
export function isInDoubt(error: unknown): boolean {
  return (error as { outcomeUnknown?: unknown }).outcomeUnknown === true;
}

/** A change of a user with its reference: one reference changes once, however often it is repeated. */
export interface ReferredChange {
  ref: string | undefined;
  /** All that is asked for, in JSON: a reference belongs to one change. */
  asked: readonly unknown[];
  /** Uuid of the user, unless an earlier attempt of the reference has chosen another one. */
  uuid: string;
}

/** A user that was changed, and its agent. */
export interface ChangedUser {
  uuid: string;
  agent: string;
}

/** How a change begins. */
export interface BegunChange {
  /** Uuid of the user: that of the first attempt, so that all of them together create one. */
  uuid: string;
  /** What the reference has done already; null for nothing that is known. */
  made: ChangedUser | null;
}

/**
 * Stores the reference of a change before the panel is called, or finds what it has done. One that a killed process left goes on.
 *
 * @throws SluiceError `ref_used` of another change, `request_running` while another process makes the change
 */
export async function beginReferred(context: Context, { ref, asked, uuid }: ReferredChange): Promise<BegunChange> {
  if (ref === undefined) return { uuid, made: null };
  const begins = { state: 'running', status: null, owner: context.deps.owner, at: context.now() } as const;
  const record: RequestRecord = {
    ...{ who: SENDER, key: ref, fingerprint: JSON.stringify(asked), answer: { uuid } },
    ...begins,
  };
  return context.write([], async ({ requests }) => {
    const found = await requests.get(SENDER, ref);
    if (found === null) {
      await requests.add(record);
      return { uuid, made: null };
    }
    if (found.fingerprint !== record.fingerprint) throw refUsed(ref);
    const answer = found.answer as ChangedUser;
    if (found.state === 'done') return { uuid: answer.uuid, made: answer };
    if (isRunning(context, found)) throw stillRunning(ref);
    await requests.put({ ...found, ...begins });
    return { uuid: answer.uuid, made: null };
  });
}

/** Makes a change whose reference was begun. One that failed for certain frees its reference; another is left to a repeat. */
export async function keepReferred<T>(context: Context, ref: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (ref !== undefined) await leave(context, ref, error);
    throw error;
  }
}

async function leave(context: Context, ref: string, error: unknown): Promise<void> {
  const isUndone = error instanceof SluiceError && error.kind !== 'store' && !isInDoubt(error);
  await context
    .write([], async ({ requests }) => {
      if (isUndone) return requests.remove(SENDER, ref);
      const found = await requests.get(SENDER, ref);
      if (found !== null) await requests.put({ ...found, owner: null });
    })
    // The change failed for a reason of its own, which counts.
    .catch(() => undefined);
}

/** Stores what a reference has done, with what proves it. */
export async function endReferred(
  { requests }: Pick<StoreTables, 'requests'>,
  ref: string | undefined,
  { made, at }: { made: ChangedUser; at: string },
): Promise<void> {
  const found = ref === undefined ? null : await requests.get(SENDER, ref);
  if (found !== null) await requests.put({ ...found, state: 'done', owner: null, status: 200, answer: made, at });
}

/** Whether another process may still make it. It is not waited for long: attempts at one uuid make one user, and leases keep extensions apart. */
function isRunning({ deps }: Context, { owner, at }: RequestRecord): boolean {
  if (owner === null || hasOwnerEnded(deps, owner)) return false;
  return Math.abs(deps.clock.now() - Date.parse(at)) < LEASE_MS;
}

function refUsed(ref: string): SluiceError {
  return new SluiceError(
    'ref_used',
    `Reference "${ref}" belongs to another change of a user: use another one; nothing was changed`,
    { details: { ref } },
  );
}

function stillRunning(ref: string): SluiceError {
  return new SluiceError(
    'request_running',
    `The change with reference "${ref}" is still running: try again in a minute`,
    { kind: 'busy', details: { ref } },
  );
}

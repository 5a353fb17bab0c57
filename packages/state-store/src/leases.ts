import { sql } from 'kysely';
import type { LeaseOwner, LeaseRecord } from './records.js';
import type { HeldLease, LeaseResult, StateStore } from './store.js';
import { StoreError } from './store-error.js';
import type { Access, Session } from './tables/access.js';
import type { LeaseRow } from './tables/database.js';

/** How often a lease that was given back between look and grip is tried for. */
const ATTEMPTS = 5;

type AcquireRequest = Parameters<StateStore['leases']['acquire']>[0];

/** Leases, each one row that stays: the fence number of a name only ever rises. */
export function createLeases(access: Access): StateStore['leases'] {
  return {
    async acquire(request) {
      for (let attempt = 1; ; attempt += 1) {
        const seen = await access.read((session) => read(session, request.name));
        const holder = seen === null ? null : toRecord(seen);
        const gone = holder !== null && isGone(holder.owner, request);
        const abandoned = holder !== null && (gone || isBeyond(holder, request));
        if (holder !== null && !abandoned && holder.expiresAt > request.now) return { acquired: false, heldBy: holder };
        const lease = await access.write((session) => take(session, request, abandoned ? holder.fence : null));
        if (lease !== null) return { acquired: true, lease };
        if (attempt === ATTEMPTS) return refused(access, request);
      }
    },
    renew: (lease, now, ttlMs) =>
      access.write(async ({ db }) => {
        const result = await db
          .updateTable('leases')
          .set({ expires_at: after(now, ttlMs) })
          .where('name', '=', lease.name)
          .where('fence', '=', lease.fence)
          .where('host', 'is not', null)
          .executeTakeFirst();
        return result.numUpdatedRows > 0n;
      }),
    release: (lease) =>
      access.write(async ({ db }) => {
        await db
          .updateTable('leases')
          .set({ host: null, pid: null, process_start: null, run: null, acquired_at: null, expires_at: null })
          .where('name', '=', lease.name)
          .where('fence', '=', lease.fence)
          .execute();
      }),
    list: () =>
      access.read(async ({ db }) => {
        const rows = await db.selectFrom('leases').selectAll().where('host', 'is not', null).orderBy('name').execute();
        return rows.map(toRecord).filter((record) => record !== null);
      }),
  };
}

/** Fails with `lease_lost` unless each of the leases is still held under its fence number. */
export async function verifyFences({ db }: Session, fences: readonly HeldLease[]): Promise<void> {
  for (const lease of fences) {
    const row = await db
      .selectFrom('leases')
      .select(['fence', 'run'])
      .where('name', '=', lease.name)
      .where('host', 'is not', null)
      .executeTakeFirst();
    if (row?.fence === lease.fence) continue;
    throw new StoreError(
      'lease_lost',
      row === undefined
        ? `The lease "${lease.name}" is no longer held. Nothing was written; start the run again.`
        : `The lease "${lease.name}" was taken over by run ${row.run ?? 'unknown'}. Nothing was written; leave the work to it.`,
      { row: { table: 'leases', id: lease.name } },
    );
  }
}

/** Another host's processes can't be looked at: only the end of their time frees their leases. */
function isGone(owner: LeaseOwner, request: AcquireRequest): boolean {
  return owner.host === request.owner.host && !request.isAlive(owner);
}

/**
 * Whether another host's lease runs out later than any that is taken or renewed now: then the clock was set back
 * since, and it would last for as long as that. An owner who is still there renews it soon, or loses it by its fence.
 */
function isBeyond({ owner, expiresAt }: LeaseRecord, request: AcquireRequest): boolean {
  return owner.host !== request.owner.host && expiresAt > after(request.now, 2 * request.ttlMs);
}

function after(now: string, ttlMs: number): string {
  return new Date(Date.parse(now) + ttlMs).toISOString();
}

async function read({ db }: Session, name: string): Promise<LeaseRow | null> {
  return (await db.selectFrom('leases').selectAll().where('name', '=', name).executeTakeFirst()) ?? null;
}

/**
 * One statement: takes the lease if it is free or has run out, or if it is still the very one (by its fence number)
 * whose owner was found gone. Null when somebody else was faster.
 */
async function take(session: Session, request: AcquireRequest, abandoned: number | null): Promise<HeldLease | null> {
  const { name, owner, run, now, ttlMs } = request;
  const holder = {
    host: owner.host,
    pid: owner.pid,
    process_start: owner.processStart,
    run,
    acquired_at: now,
    expires_at: after(now, ttlMs),
  };
  const taken = await session.db
    .insertInto('leases')
    .values({ name, fence: 1, ...holder })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ ...holder, fence: sql<number>`${sql.ref('leases.fence')} + 1` })
        .where((eb) =>
          eb.or([
            eb('leases.host', 'is', null),
            eb('leases.expires_at', '<=', now),
            ...(abandoned === null ? [] : [eb('leases.fence', '=', abandoned)]),
          ]),
        ),
    )
    .returning('fence')
    .executeTakeFirst();
  return taken === undefined ? null : { name, fence: taken.fence };
}

/** Somebody else was faster each time: says who, or that the lease changes hands too fast to be had. */
async function refused(access: Access, request: AcquireRequest): Promise<LeaseResult> {
  const row = await access.read((session) => read(session, request.name));
  const heldBy = row === null ? null : toRecord(row);
  if (heldBy !== null) return { acquired: false, heldBy };
  throw new StoreError(
    'store_busy',
    `The lease "${request.name}" could not be had: others keep taking it. Try again.`,
    {
      row: { table: 'leases', id: request.name },
    },
  );
}

/** Null for a lease that nobody holds. */
function toRecord(row: LeaseRow): LeaseRecord | null {
  const { name, fence, host, pid, process_start: processStart, run } = row;
  if (host === null) return null;
  if (pid === null || processStart === null || run === null || row.acquired_at === null || row.expires_at === null) {
    throw new StoreError(
      'store_damaged',
      `The row "${name}" of the table leases is damaged: its owner is incomplete.`,
      {
        row: { table: 'leases', id: name },
      },
    );
  }
  return {
    name,
    owner: { host, pid, processStart },
    run,
    fence,
    acquiredAt: row.acquired_at,
    expiresAt: row.expires_at,
  };
}

import { sql } from 'kysely';
import type { LeaseOwner, LeaseRecord } from './records.js';
import type { HeldLease, LeaseRequest, LeaseResult, LeasesResult, StateStore } from './store.js';
import { StoreError } from './store-error.js';
import type { Access, Session } from './tables/access.js';
import { inChunks, listed } from './tables/chunks.js';
import type { LeaseRow } from './tables/database.js';

/** How often to retry when a lease is released between reading and acquiring it. */
const ATTEMPTS = 5;

type AcquireRequest = LeaseRequest & { name: string };

/** Leases. Each row is permanent, so that the fence number of a name always rises. */
export function createLeases(access: Access): StateStore['leases'] {
  return {
    async acquire(request) {
      for (let attempt = 1; ; attempt += 1) {
        const seen = await access.read((session) => read(session, request.name));
        const holder = seen === null ? null : toRecord(seen);
        const abandoned = holder !== null && isAbandoned(holder, request, request.isAlive);
        if (holder !== null && !abandoned && holder.expiresAt > request.now) return { acquired: false, heldBy: holder };
        const lease = await access.write((session) => take(session, request, abandoned ? holder.fence : null));
        if (lease !== null) return { acquired: true, lease };
        if (attempt === ATTEMPTS) return refused(access, request);
      }
    },
    async acquireAll(request) {
      // First without the write lock: a waiting process retries often.
      const heldBy = await access.read((session) => heldByOthers(session, request));
      if (heldBy.length > 0) return { acquired: false, heldBy };
      return access.write((session) => takeAll(session, request));
    },
    renew: (lease, now, ttlMs) => access.write((session) => renewAll(session, [lease], after(now, ttlMs))),
    renewAll: (leases, now, ttlMs) => access.write((session) => renewAll(session, leases, after(now, ttlMs))),
    release: (lease) => access.write((session) => releaseAll(session, [lease])),
    releaseAll: (leases) => access.write((session) => releaseAll(session, leases)),
    list: () =>
      access.read(async ({ db }) => {
        const rows = await db.selectFrom('leases').selectAll().where('host', 'is not', null).orderBy('name').execute();
        return rows.map(toRecord).filter((record) => record !== null);
      }),
  };
}

/** Fails with `lease_lost` unless each of the leases is still held under its fence number. */
export async function verifyFences(session: Session, fences: readonly HeldLease[]): Promise<void> {
  if (fences.length === 0) return;
  const rows = await heldRows(
    session,
    fences.map((lease) => lease.name),
  );
  const held = new Map(rows.map((row) => [row.name, row]));
  for (const lease of fences) {
    const row = held.get(lease.name);
    if (row?.fence === lease.fence) continue;
    throw new StoreError(
      'lease_lost',
      row === undefined
        ? `The lease "${lease.name}" no longer belongs to this run. Nothing was written; start the run again.`
        : `The lease "${lease.name}" was taken over by run ${row.run ?? 'unknown'}. Nothing was written; wait until that run has ended.`,
      { row: { table: 'leases', id: lease.name } },
    );
  }
}

/** Held leases among these names, ordered by name. One statement, so that the result is consistent. */
function heldRows({ db }: Session, names: readonly string[]): Promise<LeaseRow[]> {
  return db
    .selectFrom('leases')
    .selectAll()
    .where('name', 'in', listed(names))
    .where('host', 'is not', null)
    .orderBy('name')
    .execute();
}

/** Leases of these names that have not expired and whose owner is alive. */
async function heldByOthers(session: Session, request: LeaseRequest & { names: string[] }): Promise<LeaseRecord[]> {
  const isAlive = cacheIsAlive(request.isAlive);
  const holders = (await heldRows(session, request.names)).map(toRecord).filter((holder) => holder !== null);
  return holders.filter((holder) => holder.expiresAt > request.now && !isAbandoned(holder, request, isAlive));
}

/** Checks each owner once: one process may hold thousands of leases. */
function cacheIsAlive(isAlive: LeaseRequest['isAlive']): LeaseRequest['isAlive'] {
  const answers = new Map<string, boolean>();
  return (owner) => {
    const key = JSON.stringify([owner.host, owner.pid, owner.processStart]);
    const answer = answers.get(key) ?? isAlive(owner);
    answers.set(key, answer);
    return answer;
  };
}

/** Checks and acquires under one write lock, so that no other process can come in between. */
async function takeAll(session: Session, request: LeaseRequest & { names: string[] }): Promise<LeasesResult> {
  const heldBy = await heldByOthers(session, request);
  if (heldBy.length > 0) return { acquired: false, heldBy };
  const { owner, run, now, ttlMs } = request;
  const leases = await inChunks(request.names, async (chunk) => {
    const { rows } = await sql<HeldLease>`
      insert into leases (name, fence, host, pid, process_start, run, acquired_at, expires_at)
      select value, 1, ${owner.host}, ${owner.pid}, ${owner.processStart}, ${run}, ${now}, ${after(now, ttlMs)}
      from json_each(${JSON.stringify(chunk)}) where true
      on conflict (name) do update set fence = leases.fence + 1, host = excluded.host, pid = excluded.pid,
        process_start = excluded.process_start, run = excluded.run, acquired_at = excluded.acquired_at,
        expires_at = excluded.expires_at
      returning name, fence`.execute(session.db);
    return rows;
  });
  return { acquired: true, leases };
}

/** Leases changed per statement. */
const IN_ONE_STATEMENT = 1000;

async function renewAll(session: Session, leases: readonly HeldLease[], expiresAt: string): Promise<boolean> {
  let renewed = 0n;
  for (const part of listParts(leases)) {
    const result = await sql`
      update leases set expires_at = ${expiresAt} from json_each(${part}) as held
      where leases.name = json_extract(held.value, '$[0]') and leases.fence = json_extract(held.value, '$[1]')
        and leases.host is not null`.execute(session.db);
    renewed += result.numAffectedRows ?? 0n;
  }
  return renewed === BigInt(leases.length);
}

async function releaseAll(session: Session, leases: readonly HeldLease[]): Promise<void> {
  for (const part of listParts(leases)) {
    await sql`
      update leases set host = null, pid = null, process_start = null, run = null, acquired_at = null, expires_at = null
      from json_each(${part}) as held
      where leases.name = json_extract(held.value, '$[0]') and leases.fence = json_extract(held.value, '$[1]')`.execute(
      session.db,
    );
  }
}

/** Names and fence numbers as JSON, in batches. */
function listParts(leases: readonly HeldLease[]): string[] {
  const parts: string[] = [];
  for (let at = 0; at < leases.length; at += IN_ONE_STATEMENT) {
    const part = leases.slice(at, at + IN_ONE_STATEMENT);
    parts.push(JSON.stringify(part.map(({ name, fence }) => [name, fence])));
  }
  return parts;
}

/** Whether the owner is gone although the lease has not expired. */
function isAbandoned(holder: LeaseRecord, request: LeaseRequest, isAlive: LeaseRequest['isAlive']): boolean {
  return isGone(holder.owner, request, isAlive) || isBeyond(holder, request);
}

/** Processes on another host can't be checked: their leases are free only after they expire. */
function isGone(owner: LeaseOwner, request: LeaseRequest, isAlive: LeaseRequest['isAlive']): boolean {
  return owner.host === request.owner.host && !isAlive(owner);
}

/**
 * Whether another host's lease expires later than any acquired or renewed now: then the clock was set back
 * since, and the lease would last too long. A live owner renews it soon, or loses it by its fence number.
 */
function isBeyond({ owner, expiresAt }: LeaseRecord, request: LeaseRequest): boolean {
  return owner.host !== request.owner.host && expiresAt > after(request.now, 2 * request.ttlMs);
}

function after(now: string, ttlMs: number): string {
  return new Date(Date.parse(now) + ttlMs).toISOString();
}

async function read({ db }: Session, name: string): Promise<LeaseRow | null> {
  return (await db.selectFrom('leases').selectAll().where('name', '=', name).executeTakeFirst()) ?? null;
}

/**
 * Acquires the lease in one statement if it is free or expired, or if it is still the one (by its fence number)
 * whose owner is gone. Returns null when another process acquired it first.
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

/** Reports the current holder of the lease, or throws `store_busy` if there no longer is one. */
async function refused(access: Access, request: AcquireRequest): Promise<LeaseResult> {
  const row = await access.read((session) => read(session, request.name));
  const heldBy = row === null ? null : toRecord(row);
  if (heldBy !== null) return { acquired: false, heldBy };
  throw new StoreError(
    'store_busy',
    `The lease "${request.name}" could not be acquired: other processes keep acquiring it. Try again.`,
    {
      row: { table: 'leases', id: request.name },
    },
  );
}

/** Returns null for a free lease. */
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

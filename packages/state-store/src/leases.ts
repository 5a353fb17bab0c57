import { type RawBuilder, sql } from 'kysely';
import type { LeaseOwner, LeaseRecord } from './records.js';
import type { HeldLease, LeaseRequest, LeasesResult, StateStore } from './store.js';
import { StoreError } from './store-error.js';
import type { Access, Session } from './tables/access.js';
import { isIn, rowsOfList, rowsOfPairs } from './tables/dialect.js';
import { inChunks } from './tables/record-queries.js';
import { execute, isAmong, statement, text } from './tables/insert-rows.js';
import type { LeaseRow } from './tables/database.js';

/**
 * Leases. Each row is permanent, so that the fence number of a name always rises. `clock`: by which a list states when they end, where
 * they end by the database's clock.
 */
export function createLeases(access: Access, clock?: { now(): number }): StateStore['leases'] {
  const listed = ({ leases, now }: ReadLeases): LeaseRecord[] =>
    clock === undefined || now === undefined ? leases : leases.map((lease) => byClock(lease, now, clock));
  return {
    async acquire({ name, ...request }) {
      const result = await acquireAll(access, { ...request, names: [name] });
      if (result.acquired) return { acquired: true, lease: (result.leases as [HeldLease])[0] };
      return { acquired: false, heldBy: (result.heldBy as [LeaseRecord])[0] };
    },
    acquireAll: (request) => acquireAll(access, request),
    renew: (lease, now, ttlMs) =>
      access.write((session) => renewAll(session, [lease], after(session.now ?? now, ttlMs))),
    renewAll: (leases, now, ttlMs) =>
      access.write((session) => renewAll(session, leases, after(session.now ?? now, ttlMs))),
    release: (lease) => access.write((session) => releaseAll(session, [lease])),
    releaseAll: (leases) => access.write((session) => releaseAll(session, leases)),
    list: async () => listed(await access.read((session) => readLeases(session))),
  };
}

/** Fails with `lease_lost` unless each of the leases is still held under its fence number. */
export async function verifyFences(session: Session, fences: readonly HeldLease[]): Promise<void> {
  if (fences.length === 0) return;
  const { leases } = await readLeases(
    session,
    fences.map((lease) => lease.name),
  );
  const held = new Map(leases.map((lease) => [lease.name, lease]));
  for (const lease of fences) {
    const other = held.get(lease.name);
    if (other?.fence === lease.fence) continue;
    throw new StoreError(
      'lease_lost',
      other === undefined
        ? `The lease "${lease.name}" no longer belongs to this run, which writes nothing more; start it again.`
        : `The lease "${lease.name}" was taken over by run ${other.run}. This run writes nothing more; wait until that one has ended.`,
      { row: { table: 'leases', id: lease.name } },
    );
  }
}

interface ReadLeases {
  leases: LeaseRecord[];
  /** The instant by the database's clock, where leases end by that. */
  now?: string;
}

/** Returns a lease with its instants by another clock than the database's. */
function byClock(lease: LeaseRecord, now: string, clock: { now(): number }): LeaseRecord {
  const behind = clock.now() - Date.parse(now);
  const shifted = (at: string): string => new Date(Date.parse(at) + behind).toISOString();
  return { ...lease, acquiredAt: shifted(lease.acquiredAt), expiresAt: shifted(lease.expiresAt) };
}

/**
 * Held leases, of all names or among these, ordered by name. One statement, so that the result is consistent.
 */
async function readLeases(session: Session, names?: readonly string[]): Promise<ReadLeases> {
  const among = names === undefined ? text('') : statement` and ${isAmong('name', names)}`;
  const held = statement`select *${text(session.words.now)} from "leases" where "host" is not null${among} order by "name"`;
  const { rows } = await execute<LeaseRow & { now?: string }>(session, held);
  const now = rows[0]?.now;
  return { leases: rows.map(toLeaseRecord), ...(now === undefined ? {} : { now }) };
}

type LeasesRequest = LeaseRequest & { names: string[] };

async function acquireAll(access: Access, request: LeasesRequest): Promise<LeasesResult> {
  const asked = { ...request, isAlive: cacheIsAlive(request.isAlive) };
  // First without the write lock: a waiting process retries often.
  const heldBy = await access.read((session) => heldByOthers(session, asked));
  if (heldBy.length > 0) return { acquired: false, heldBy };
  return access.write((session) => takeAll(session, { ...asked, now: session.now ?? asked.now }));
}

/** Leases of these names that have not expired and whose owner is alive; those of `unless` only of other runs. */
async function heldByOthers(session: Session, asked: LeasesRequest): Promise<LeaseRecord[]> {
  const { names, unless = [], run } = asked;
  const { leases: holders, now = asked.now } = await readLeases(session, [...names, ...unless]);
  const request = { ...asked, now };
  const ofOthers = new Set(unless);
  const isOwn = (holder: LeaseRecord): boolean => holder.run === run && ofOthers.has(holder.name);
  return holders.filter((holder) => holder.expiresAt > now && !isAbandoned(holder, request) && !isOwn(holder));
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
async function takeAll(session: Session, request: LeasesRequest): Promise<LeasesResult> {
  const heldBy = await heldByOthers(session, request);
  if (heldBy.length > 0) return { acquired: false, heldBy };
  const { owner, run, now, ttlMs } = request;
  const leases = await inChunks(request.names, async (chunk) => {
    const { rows } = await sql<HeldLease>`
      insert into leases (name, fence, host, pid, process_start, run, acquired_at, expires_at)
      select "names"."value", 1, ${owner.host}, cast(${owner.pid} as integer), ${owner.processStart}, ${run}, ${now}, ${after(now, ttlMs)}
      from ${rowsOfList(sql`${JSON.stringify(chunk)}`, 'names')} where true
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
      update leases set expires_at = ${expiresAt} from ${part.rows} as held
      where ${part.named} and leases.name = held.first and leases.fence = held.second and leases.host is not null`.execute(
      session.db,
    );
    renewed += result.numAffectedRows ?? 0n;
  }
  return renewed === BigInt(leases.length);
}

async function releaseAll(session: Session, leases: readonly HeldLease[]): Promise<void> {
  for (const part of listParts(leases)) {
    await sql`
      update leases set host = null, pid = null, process_start = null, run = null, acquired_at = null, expires_at = null
      from ${part.rows} as held
      where ${part.named} and leases.name = held.first and leases.fence = held.second`.execute(session.db);
  }
}

/** Leases of one statement: their names and fence numbers as rows, and the condition on their names. */
interface LeasesPart {
  rows: RawBuilder<unknown>;
  /** PostgreSQL, which joins by what it last counted, else compares each of them with each row of a table that has just grown. */
  named: RawBuilder<boolean>;
}

function listParts(leases: readonly HeldLease[]): LeasesPart[] {
  const parts: LeasesPart[] = [];
  for (let at = 0; at < leases.length; at += IN_ONE_STATEMENT) {
    const part = leases.slice(at, at + IN_ONE_STATEMENT);
    parts.push({
      rows: rowsOfPairs(part.map(({ name, fence }) => [name, fence])),
      named: isIn(
        'leases.name',
        part.map(({ name }) => name),
      ),
    });
  }
  return parts;
}

/** Whether the owner is gone although the lease has not expired. */
function isAbandoned(holder: LeaseRecord, request: LeaseRequest): boolean {
  return isGone(holder.owner, request) || isBeyond(holder, request);
}

/** Processes on another host can't be checked: their leases are free only after they expire. */
function isGone(owner: LeaseOwner, { owner: own, isAlive }: LeaseRequest): boolean {
  return owner.host === own.host && !isAlive(owner);
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

/** Returns a held lease as a record. */
export function toLeaseRecord({
  name,
  fence,
  host,
  pid,
  process_start: processStart,
  run,
  ...row
}: LeaseRow): LeaseRecord {
  const { acquired_at: acquiredAt, expires_at: expiresAt } = row;
  if (
    host === null ||
    pid === null ||
    processStart === null ||
    run === null ||
    acquiredAt === null ||
    expiresAt === null
  ) {
    const message = `The row "${name}" of the table leases is damaged: its owner is incomplete.`;
    throw new StoreError('store_damaged', message, { row: { table: 'leases', id: name } });
  }
  return { name, owner: { host, pid, processStart }, run, fence, acquiredAt, expiresAt };
}

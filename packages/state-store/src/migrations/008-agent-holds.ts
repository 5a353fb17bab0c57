import { type Kysely, sql } from 'kysely';
import type { Migration } from './migration.js';

/** Turns users that were disabled for agents into evidence of holds, the only undo record from now on. */
export const agentHolds: Migration = {
  version: 8,
  name: '008-agent-holds',
  async up(db) {
    const { rows } = await sql<Disabled>`select * from agent_disabled order by seq`.execute(db);
    const { rows: held } =
      await sql<Held>`select panel, uuid, held_since from agents where held_since is not null`.execute(db);
    const { rows: unresolved } = await sql<Unresolved>`
      select id, panel, type, target, payload from actions
      where service is null and state in ('planned', 'in-doubt')`.execute(db);
    const holds = await addHolds(db, rows, held);
    const begun = new Set(unresolved.map(({ panel, type, target }) => `${panel} ${type} ${target}`));
    for (const row of rows) {
      // A user planned to be disabled: the journal has it, or the panel was never called.
      const isBegun = row.state === 'intended' && row.settled_at === null;
      if (isBegun && begun.has(`${row.panel} disable-user ${row.uuid}`)) continue;
      await addEvidence(db, row, holds(row), isBegun ? { until: row.at, outcome: 'not-done' } : null);
    }
    const open = new Map(rows.filter((row) => row.settled_at === null).map((row) => [`${row.panel} ${row.uuid}`, row]));
    for (const action of unresolved) {
      const row = open.get(`${action.panel} ${action.target}`);
      await adaptAction(db, action, row, row === undefined ? null : holds(row));
    }
    await db.schema.dropTable('agent_disabled').execute();
    await db.schema.alterTable('agents').dropColumn('held_since').execute();
  },
};

interface Disabled {
  id: string;
  panel: string;
  uuid: string;
  name: string;
  owner: string | null;
  agent: string;
  reason: 'limit' | 'operator';
  used_bytes: number | null;
  limit_bytes: number | null;
  run: string | null;
  at: string;
  state: 'intended' | 'disabled' | 'restoring';
  fingerprint: string;
  settled_at: string | null;
  outcome: string | null;
}

interface Held {
  panel: string;
  uuid: string;
  held_since: string;
}

interface Unresolved {
  id: string;
  panel: string;
  type: string;
  target: string;
  payload: string | null;
}

type FindHold = (row: Disabled) => string;

const toSubject = (panel: string, agent: string): string => `agent:${panel}:${agent}`;

/** Adds an open hold for each agent that is held or has disabled users, and an ended one for earlier ones. */
async function addHolds(db: Kysely<unknown>, rows: readonly Disabled[], held: readonly Held[]): Promise<FindHold> {
  const ids = new Map<string, string>();
  const added = new Set<string>();
  const add = async (subject: string, reason: string, { since, until }: { since: string; until: string | null }) => {
    const id = `hold-${until === null ? reason : 'past'}-${subject}`;
    if (added.has(id)) return id;
    added.add(id);
    await sql`insert into holds (id, service, reason, since, until, origin, restriction)
      values (${id}, ${subject}, ${reason}, ${since}, ${until}, ${reason === 'manual' ? 'operator' : 'run'}, 'disable-with-agent')`.execute(
      db,
    );
    return id;
  };
  const open = rows.filter(({ reason, settled_at: endedAt }) => reason === 'limit' && endedAt === null);
  for (const { panel, uuid, since } of [
    ...held.map((agent) => ({ ...agent, since: agent.held_since })),
    ...open.map(({ panel, agent, at }) => ({ panel, uuid: agent, since: at })),
  ]) {
    const subject = toSubject(panel, uuid);
    ids.set(`${subject} limit`, await add(subject, 'agent-limit', { since, until: null }));
  }
  for (const row of rows) {
    const subject = toSubject(row.panel, row.agent);
    if (row.reason === 'operator' && row.settled_at === null)
      ids.set(`${subject} operator`, await add(subject, 'manual', { since: row.at, until: null }));
    ids.set(`${subject} past`, await add(subject, 'agent-limit', { since: row.at, until: row.settled_at ?? row.at }));
  }
  return ({ panel, agent, reason, settled_at: endedAt }) => {
    const subject = toSubject(panel, agent);
    const open = endedAt === null ? ids.get(`${subject} ${reason}`) : undefined;
    return open ?? ids.get(`${subject} past`) ?? '';
  };
}

function toPrior({ name, owner, fingerprint, used_bytes: usedBytes, limit_bytes: limitBytes, run }: Disabled) {
  return { name, enabled: true, owner, restriction: 'disable-with-agent', fingerprint, usedBytes, limitBytes, run };
}

async function addEvidence(
  db: Kysely<unknown>,
  row: Disabled,
  hold: string,
  end: { until: string; outcome: string } | null,
): Promise<void> {
  const { until, outcome } = end ?? { until: row.settled_at, outcome: row.outcome };
  await sql`insert into evidence (id, hold, service, panel, kind, target, prior, adopted, since, until, outcome)
    values (${row.id}, ${hold}, ${toSubject(row.panel, row.agent)}, ${row.panel}, 'user', ${row.uuid},
      ${JSON.stringify(toPrior(row))}, 0, ${row.at}, ${until}, ${outcome})`.execute(db);
}

/** Adds to a journal row in doubt the evidence that begins or ends with it, which the loop needs to resolve it. */
async function adaptAction(
  db: Kysely<unknown>,
  { id, type, payload }: Unresolved,
  row: Disabled | undefined,
  hold: string | null,
): Promise<void> {
  const isDisabling = type === 'disable-user' && row?.state === 'intended';
  const text = JSON.stringify({
    payload: payload === null ? null : (JSON.parse(payload) as unknown),
    begins: isDisabling ? { kind: 'user', target: row.uuid, prior: toPrior(row) } : null,
    ends: type === 'enable-user' && row !== undefined ? [row.id] : [],
    ...(isDisabling ? { subject: toSubject(row.panel, row.agent) } : {}),
  });
  await sql`update actions set payload = ${text}, hold = ${isDisabling ? hold : null} where id = ${id}`.execute(db);
}

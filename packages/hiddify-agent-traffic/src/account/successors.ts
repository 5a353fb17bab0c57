import type { AgentRecords, Succession } from '@sluice/quota-core/agents';
import { type AgentRecord, type AgentUserRecord, findSubjectAgent } from '@sluice/quota-core';
import { type HiddifyAdmin, type HiddifyUser, SELF } from '../client/records.js';
import { listChain } from '@sluice/quota-core/agents';
import { ledgerKey } from '@sluice/quota-core/agents';
import type { UserPrior } from './user-actions.js';

/** The accounts and users of a list, and the missing accounts that the panel does not have any more. */
interface Listed {
  admins: readonly HiddifyAdmin[];
  users: readonly HiddifyUser[];
  goneAdmins: ReadonlySet<string>;
}

/** What was stored of agents and users before a list. */
interface Known {
  agents: readonly AgentRecord[];
  users: readonly AgentUserRecord[];
}

/**
 * Finds the accounts to which the users and sub-agents of missing agents belong now. An account is the same one with another uuid
 * where it was not known before, has the same parent, and has, with those below it, more than half of what was below the former one, which is certainly gone;
 * nothing of that may belong to another new account. What is not clear in the first list without the agent stays so.
 */
export function findSuccessions(list: Listed, known: Known): Succession[] {
  const certain: Succession[] = [];
  for (let before = known; ;) {
    const found = compare(list, before);
    const same = found.filter(({ isSame }) => isSame);
    if (same.length === 0) return [...certain, ...found];
    certain.push(...same);
    // What has another uuid may be the parent of others that have.
    before = withRenamed(before, same);
  }
}

function compare(list: Listed, { agents, users }: Known): Succession[] {
  const listed = new Map(list.admins.flatMap((admin) => (admin.uuid === null ? [] : [[admin.uuid, admin] as const])));
  const missing = agents.filter(({ uuid }) => !listed.has(uuid));
  if (missing.length === 0) return [];
  const stored = new Set([SELF, ...agents.map(({ uuid }) => uuid)]);
  const owners = toOwners(missing, list, { agents, users });
  const former: Former = { chains: new Map(), missing: new Map() };
  for (const agent of missing) {
    const chains = (owners.get(agent.uuid) ?? []).map((owner) =>
      listChain(owner, listed).flatMap((uuid) => (stored.has(uuid) ? [] : (listed.get(uuid) ?? []))),
    );
    former.chains.set(agent.uuid, chains);
    const { parent } = agent;
    if (parent !== null) former.missing.set(parent, [...(former.missing.get(parent) ?? []), agent.uuid]);
  }
  const found = missing.map((from) => {
    const places = listPlaces(from, former);
    const present = new Set(owners.get(from.uuid));
    const others = (former.chains.get(from.uuid) ?? []).flatMap((chain) =>
      findPlace(from, chain) === null ? (chain.findLast(({ uuid }) => present.has(uuid))?.uuid ?? []) : [],
    );
    const fresh = [...places.flatMap((place) => place ?? []), ...others];
    return { from, places, to: [...new Set([...listKept(from, agents, listed), ...fresh])] };
  });
  return found.flatMap(({ from, places, to }): Succession[] => {
    const [one] = to;
    if (one === undefined) return [];
    const isAlone = to.length === 1 && found.filter((other) => other.places.includes(one)).length === 1;
    const isGone = !from.gone && list.goneAdmins.has(from.uuid);
    return [{ from, to, isSame: isAlone && isGone && findMost(places) === one }];
  });
}

/** What missing agents had: by agent, the new accounts from the present owner of each user and sub-agent upwards, and missing sub-agents. */
interface Former {
  chains: Map<string, (readonly HiddifyAdmin[])[]>;
  missing: Map<string, readonly string[]>;
}

/**
 * Returns the account in the place of a missing one by each user and sub-agent that it had. A missing sub-agent is where most of
 * what it had is; one that had nothing is nowhere.
 */
function listPlaces(from: AgentRecord, former: Former, path: readonly string[] = [from.uuid]): (string | null)[] {
  const at = path.at(-1) ?? '';
  const below = (former.missing.get(at) ?? []).filter((uuid) => !path.includes(uuid));
  return [
    ...(former.chains.get(at) ?? []).map((chain) => findPlace(from, chain)),
    ...below.flatMap((uuid) => {
      const places = listPlaces(from, former, [...path, uuid]);
      return places.length === 0 ? [] : [findMost(places)];
    }),
  ];
}

/** Returns the place of more than half; null where there is none. */
function findMost(places: readonly (string | null)[]): string | null {
  const isMost = (place: string | null): boolean => places.filter((each) => each === place).length * 2 > places.length;
  return [...new Set(places)].find(isMost) ?? null;
}

/**
 * Returns the account in the place of a missing one, among the new ones from an owner upwards: it has the same parent. Where one
 * below it has the former name instead, either may be the same.
 */
function findPlace({ parent, name }: AgentRecord, chain: readonly HiddifyAdmin[]): string | null {
  const at = chain.findIndex((admin) => parent !== null && admin.parent === parent);
  const place = chain[at] ?? null;
  const isUnclear = chain.slice(0, at).some((below) => below.name === name) && place?.name !== name;
  return isUnclear ? null : (place?.uuid ?? null);
}

/** Returns what was stored, with agents under their new uuids. */
function withRenamed({ agents, users }: Known, same: readonly Succession[]): Known {
  const renames = new Map(same.map(({ from, to: [to] }) => [from.uuid, to]));
  const follow = (uuid: string | null): string | null => renames.get(uuid ?? '') ?? uuid;
  return {
    agents: agents.map((agent) => ({
      ...agent,
      uuid: renames.get(agent.uuid) ?? agent.uuid,
      parent: follow(agent.parent),
    })),
    users: users.map((user) => ({ ...user, owner: follow(user.owner) })),
  };
}

/** Returns to whom each listed user and sub-agent of the missing agents belongs now, by its former owner. */
function toOwners(
  missing: readonly AgentRecord[],
  { admins, users: shown }: Listed,
  { agents, users }: Known,
): Map<string, (string | null)[]> {
  const owners = new Map<string, (string | null)[]>();
  for (const { uuid } of missing) owners.set(uuid, []);
  const owned = new Map(shown.map((user) => [ledgerKey(user), user.owner]));
  for (const { key, owner } of users) {
    const now = owned.get(key);
    if (now !== undefined) owners.get(owner ?? '')?.push(now);
  }
  const parents = new Map(admins.map(({ uuid, parent }) => [uuid, parent]));
  for (const { uuid, parent } of agents) {
    const now = parents.get(uuid);
    if (now !== undefined) owners.get(parent ?? '')?.push(now);
  }
  return owners;
}

/** Returns the accounts that stand below a missing agent, as the last list was stored. */
function listKept(
  { uuid }: AgentRecord,
  agents: readonly AgentRecord[],
  listed: ReadonlyMap<string, HiddifyAdmin>,
): string[] {
  const kept = agents.filter((agent) => agent.verdict?.former?.includes(uuid) === true && listed.has(agent.uuid));
  return kept.map((agent) => agent.uuid);
}

/**
 * Returns the missing agents that stand above their successors until it is clear what became of them: those with a limit, and those
 * for which users are disabled. So nothing is released or forgotten meanwhile.
 */
export function listLinks(
  successions: readonly Succession[],
  { holds, evidence }: Pick<AgentRecords, 'holds' | 'evidence'>,
): Succession[] {
  const held = new Set(holds.map(({ service }) => findSubjectAgent(service)));
  const disabled = new Set(
    evidence.flatMap(({ service, prior }) => [findSubjectAgent(service), ((prior ?? {}) as Partial<UserPrior>).owner]),
  );
  return successions.filter(
    ({ from: { uuid, limitBytes } }) => limitBytes !== null || held.has(uuid) || disabled.has(uuid),
  );
}

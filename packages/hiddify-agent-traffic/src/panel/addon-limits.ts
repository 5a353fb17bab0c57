import { maskUuids, printable } from '@sluice/panel-http/printable';
import {
  entryKey,
  type Moved,
  type MovedRow,
  type OldTool,
  type OldToolInput,
  type PanelEntry,
  type PanelOwner,
  type Undecided,
} from '@sluice/panel-kind';
import { addBytes, formatBytes } from '@sluice/quota-core';
import { AgentHierarchy, OWN_ACCOUNT } from '@sluice/quota-core/agents';
import { formatGigabytes } from '../client/gigabytes.js';
import { ADMIN_TABLE, type AddonRow, readAddonRows, toUndecided } from './addon-table.js';
import { AGENT_REF, type HiddifySettings } from './settings.js';

/** The agent traffic add-on of a panel, which limited its agents before. Users are services as the panel has them. */
export const addonTool: OldTool = {
  title: 'the Hiddify agent traffic add-on',
  tables: [ADMIN_TABLE],
  read,
};

function read(input: OldToolInput): Moved {
  const table = input.tables.get(ADMIN_TABLE.name);
  if (table === undefined) return {};
  const { rows, undecided } = readAddonRows(table);
  const settings = input.panel.settings as HiddifySettings;
  const known = nameAgents(rows, input.owners);
  const ids = proposeIds(
    input,
    known.filter(({ isThere }) => isThere),
  );
  const { addon = false, accounting } = settings.agents ?? {};
  if (addon !== false) {
    const reason = 'the config has it that the add-on keeps the limits: they are not taken over (agents.addon: false)';
    return { undecided: [...undecided, toUndecided(`panel ${input.panel.name}`, 'left-out', reason), ...ids] };
  }
  const branches = sumBranches(input);
  const agents: MovedRow[] = [];
  for (const agent of known) {
    const said = describeAgent(agent);
    if (said !== null) undecided.push(said);
    if (agent.limitBytes === null || !agent.isThere) continue;
    const branch = branches?.get(agent.uuid) ?? (branches === null ? null : NOTHING);
    agents.push({
      agent: agent.uuid,
      limit_gb: formatGigabytes(agent.limitBytes),
      opening_gb: branch === null ? '' : formatGigabytes(branch.usedBytes),
    });
    if (branch !== null) undecided.push(...describeBranch(agent, agent.limitBytes, branch));
  }
  if (accounting === 'allocated' && agents.length > 0) {
    const reason =
      'agents.accounting is "allocated", which counts what is sold, while the add-on counted what was used: a check may disable users that the add-on did not; "consumed" begins with what it counted';
    undecided.push(
      toUndecided(`panel ${input.panel.name}`, 'undecided', reason, {
        file: 'sluice.yaml',
        column: 'agents.accounting',
        value: accounting,
      }),
    );
  }
  return { agents, undecided: [...undecided, ...ids] };
}

/** A row of the table with what the panel shows of the account. */
interface KnownAgent extends AddonRow {
  /** In messages: accounts may have one name, and uuids are keys. */
  label: string;
  /** Whether the panel has it as an agent, as far as that was read. */
  isThere: boolean;
  owner: PanelOwner | null;
}

function nameAgents(rows: readonly AddonRow[], owners: OldToolInput['owners']): KnownAgent[] {
  const byId = new Map(owners?.map((owner) => [owner.id, owner]));
  const counts = new Map<string, number>();
  for (const { name } of owners ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
  return rows.map((row) => {
    const owner = byId.get(row.uuid) ?? null;
    const isThere = owners === undefined || owner?.limitable === true;
    if (owner === null) return { ...row, owner, isThere, label: `agent ${row.id}` };
    const which = (counts.get(owner.name) ?? 0) > 1 ? ` (${maskUuids(row.uuid)})` : '';
    return { ...row, owner, isThere, label: `agent "${printable(owner.name).slice(0, 100)}"${which}` };
  });
}

function describeAgent({ label, limitBytes, isZero, isThere, owner }: KnownAgent): Undecided | null {
  if (isZero) {
    const reason = 'a limit of 0 was none for the add-on, and allows nothing here: it gets no limit';
    return toUndecided(label, 'left-out', reason, { column: 'limit_gb', value: '0' });
  }
  if (limitBytes === null || isThere) return null;
  const value = { column: 'limit_gb', value: formatGigabytes(limitBytes) };
  if (owner === null)
    return toUndecided(
      label,
      'undecided',
      'the panel lists no account with its uuid: it was deleted, has another key now, or is in a circle of parents',
      value,
    );
  return toUndecided(label, 'left-out', 'it is not an agent any more, and only agents have limits', value);
}

/** What the users of an agent and of those below it have. */
interface Branch {
  /** As the add-on sums it; at most 2^53 − 1. */
  usedBytes: number;
  enabled: number;
  disabled: number;
  /** Users whose usage is negative on the panel. */
  odd: number;
}

const NOTHING: Branch = { usedBytes: 0, enabled: 0, disabled: 0, odd: 0 };

/** Returns the branches by the uuids of their agents; null where nobody read who is above whom. */
function sumBranches({ entries, details, owners }: OldToolInput): ReadonlyMap<string, Branch> | null {
  if (owners === undefined) return null;
  const hierarchy = new AgentHierarchy(
    owners.map(({ id, name, parent, limitable }) => ({
      ...{ uuid: id, name, parent: parent ?? OWN_ACCOUNT },
      role: limitable ? 'agent' : 'admin',
    })),
  );
  const branches = new Map<string, Branch>();
  for (const entry of entries) {
    // A user without a uuid counts, too.
    const owner = details.get(entryKey(entry))?.owner ?? entry.refs[AGENT_REF] ?? null;
    for (const uuid of hierarchy.listChain(owner)) branches.set(uuid, addUser(branches.get(uuid) ?? NOTHING, entry));
  }
  return branches;
}

function addUser({ usedBytes, enabled, disabled, odd }: Branch, entry: PanelEntry): Branch {
  const isDisabled = entry.state === 'disabled';
  return {
    usedBytes: addBytes(usedBytes, entry.usedBytes ?? 0),
    enabled: enabled + (isDisabled ? 0 : 1),
    disabled: disabled + (isDisabled ? 1 : 0),
    odd: odd + (entry.usedBytes === null ? 1 : 0),
  };
}

/** Says what a first check does to an agent that is over its limit, and what can't be known of it. */
function describeBranch({ label }: KnownAgent, limitBytes: number, branch: Branch): Undecided[] {
  const { usedBytes, enabled, disabled, odd } = branch;
  const opening = { column: 'opening_gb', value: formatGigabytes(usedBytes) };
  const said: Undecided[] = [];
  if (odd > 0)
    said.push(
      toUndecided(
        label,
        'proposed',
        `the panel shows a negative usage of ${countUsers(odd)}, which counts as 0`,
        opening,
      ),
    );
  if (usedBytes < limitBytes) return said;
  const figures = `${formatBytes(usedBytes)} of ${formatBytes(limitBytes)}`;
  if (enabled > 0) {
    const reason = `it is at or over its limit (${figures}): the first check disables ${countUsers(enabled)}, as the add-on's would`;
    said.push(toUndecided(label, 'proposed', reason, opening));
  }
  if (disabled > 0) {
    const reason = `it is at or over its limit (${figures}), and ${countUsers(disabled)} below it ${disabled === 1 ? 'is' : 'are'} disabled: the add-on does not record whom it disabled, so that nobody of them is enabled again by itself; enable those on the panel that it disabled, once the agent has room`;
    said.push(toUndecided(label, 'undecided', reason));
  }
  return said;
}

const countUsers = (count: number): string => (count === 1 ? '1 user' : `${count} users`);

/** Proposes the ids by which programs that were written for the add-on name agents, as far as the config does not have them. */
function proposeIds({ panel }: OldToolInput, agents: readonly KnownAgent[]): Undecided[] {
  const stated = Object.entries((panel.settings as HiddifySettings).agents?.addonIds ?? {});
  const have = new Map(stated.map(([id, uuid]) => [id, uuid.toLowerCase()]));
  const byId = new Map<number, KnownAgent[]>();
  for (const agent of agents) byId.set(agent.id, [...(byId.get(agent.id) ?? []), agent]);
  const repeated = [...byId].filter(([, rows]) => rows.length > 1);
  const missing = [...byId.values()].flatMap(([only, ...others]) =>
    only === undefined || others.length > 0 || have.get(String(only.id)) === only.uuid ? [] : [only],
  );
  const undecided = repeated.map(([id, rows]) =>
    toUndecided(rows.map(({ label }) => label).join(', '), 'undecided', `they have one id in the table (${id})`, {
      file: 'sluice.yaml',
      column: `panels.${panel.name}.agents.addonIds`,
    }),
  );
  if (missing.length === 0) return undecided;
  const value = missing.sort((a, b) => a.id - b.id).map(({ id, uuid }) => `${id}: ${uuid}`);
  return [
    ...undecided,
    {
      ...{ file: 'sluice.yaml', object: `panel ${panel.name}`, column: `panels.${panel.name}.agents.addonIds` },
      ...{ value: `{ ${value.join(', ')} }`, state: 'undecided' },
      reason:
        'programs that were written for the add-on name agents by these ids: add them where such a program goes on',
    },
  ];
}

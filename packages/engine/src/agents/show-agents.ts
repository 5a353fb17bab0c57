import type { AgentExplanation, BackendSemantics } from '@sluice/hiddify-agent-traffic/account';
import { withAgentErrors } from './agent-errors.js';
import { addonAgent, addonAgents, refuseAddon } from './addon.js';
import type { AgentDetail, AgentView } from './agent-views.js';
import { agentPanel, agentPanels, managerOf, openDesk } from './desk.js';
import { detailsOf } from './sweep.js';
import type { Session } from '../session.js';

/** `agent list --json` (docs/json.md). */
export interface AgentList {
  agents: AgentView[];
  /** How each panel's figures count. */
  semantics: { panel: string; semantics: BackendSemantics }[];
}

/** Every agent of one panel, or of all of them, by fresh figures. */
export async function listAgents(session: Session, panel: string | undefined): Promise<AgentList> {
  const list: AgentList = { agents: [], semantics: [] };
  for (const name of agentPanels(session, panel)) {
    const desk = await openDesk(session, name);
    const manager = managerOf(session, desk);
    const details =
      desk.addon === null
        ? await detailsOf(session, desk, await withAgentErrors(null, () => manager.listAgents()))
        : await addonAgents(session, desk, desk.addon);
    list.agents.push(...details.map(viewOf));
    list.semantics.push({ panel: name, semantics: (desk.addon ?? manager).semantics });
  }
  return list;
}

function viewOf(detail: AgentDetail): AgentView {
  const { uuid, name, limitBytes, allocatedBytes, usedBytes, remainingBytes, exceeded, users } = detail;
  const { usersDisabledByUs, panel, backend, rule } = detail;
  return {
    uuid,
    name,
    limitBytes,
    allocatedBytes,
    usedBytes,
    remainingBytes,
    exceeded,
    users,
    usersDisabledByUs,
    panel,
    backend,
    rule,
  };
}

/** One agent by fresh figures. */
export async function showAgent(session: Session, text: string, panel: string | undefined): Promise<AgentDetail> {
  const desk = await openDesk(session, agentPanel(session, panel));
  if (desk.addon !== null) return addonAgent(session, desk, desk.addon, text);
  const agent = await withAgentErrors(text, () => managerOf(session, desk).getAgent(text));
  const [detail] = await detailsOf(session, desk, [agent]);
  if (!detail) throw new Error('an agent without detail');
  return detail;
}

/** `agent explain --json` (docs/json.md). */
export interface AgentExplained extends AgentDetail {
  readings: AgentExplanation['readings'];
  reservations: {
    uuid: string;
    agent: string;
    bytes: number;
    leftBytes: number;
    state: string;
    createdAt: string;
    expiresAt: string;
  }[];
  /** The agent or ancestor whose limit decides about a further user. */
  binding: string | null;
  actions: {
    type: string;
    target: string;
    name: string;
    state: string;
    at: string;
    run: string | null;
    outcome: string | null;
    settledAt: string | null;
    usedBytes: number | null;
    limitBytes: number | null;
  }[];
  sentence: string;
}

/** Why an agent is in its state, from the store alone. */
export async function explainAgent(session: Session, text: string, panel: string | undefined): Promise<AgentExplained> {
  const name = agentPanel(session, panel);
  const desk = await openDesk(session, name);
  refuseAddon(desk, 'explain anything: it keeps no record');
  const told = await withAgentErrors(text, () => managerOf(session, desk).explain(text));
  const [detail] = await detailsOf(session, desk, [told]);
  if (!detail) throw new Error('an agent without detail');
  return {
    ...detail,
    readings: told.readings,
    reservations: told.reservations.map(({ uuid, agent, bytes, leftBytes, state, createdAt, expiresAt }) => ({
      uuid,
      agent,
      bytes,
      leftBytes,
      state,
      createdAt,
      expiresAt,
    })),
    binding: told.binding,
    actions: told.actions.map((record) => ({
      type: 'disable-user',
      target: record.uuid,
      name: record.name,
      state: record.settledAt === null ? record.state : 'ended',
      at: record.at,
      run: record.run,
      outcome: record.outcome,
      settledAt: record.settledAt,
      usedBytes: record.usedBytes,
      limitBytes: record.limitBytes,
    })),
    sentence: told.sentence,
  };
}

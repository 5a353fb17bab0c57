import type { CallOptions } from '../client/types.js';
import { AgentTrafficError } from '../errors.js';
import { nowOf, type ManagerContext } from './context.js';
import { describeAgent } from './describe.js';
import { knownAgent, readFigures } from './figures.js';
import { isProblem, problemError } from './observe.js';
import { openAccount } from './period.js';
import type { AgentRecord } from './records.js';
import { findAgent, rememberedState, type RememberedState } from './remembered.js';
import { takeList } from './take-list.js';
import type { AgentTraffic } from './types.js';

/** Where an agent's ledger begins: with what its users show, with nothing, or with so many bytes. */
export type LedgerOpening = 'current' | 'zero' | { bytes: number };

/** A limit to set for an agent. */
export interface LimitOrder {
  /** Uuid or unambiguous name. */
  agent: string;
  /** Whole bytes; 0 allows nothing; null takes the limit away. */
  limitBytes: number | null;
  /** Default `current` at the first limit, and the ledger as it is later; given, the ledger begins anew. */
  opening?: LedgerOpening;
}

/**
 * Sets limits, all of them or none. The panel is read first, so that the ledger begins with what is there now.
 *
 * @returns the agents as they then are, in the order asked for; with `dryRun` as they would be
 * @throws AgentTrafficError `invalid_limit`, `unknown_agent`, `ambiguous_agent`, `not_an_agent`
 */
export async function setTrafficLimits(
  context: ManagerContext,
  orders: readonly LimitOrder[],
  { dryRun = false, ...call }: { dryRun?: boolean } & CallOptions = {},
): Promise<AgentTraffic[]> {
  for (const { limitBytes, opening } of orders) {
    checkLimit(limitBytes);
    if (typeof opening === 'object') checkLimit(opening.bytes);
  }
  if (dryRun) {
    const taken = await takeList(context, { run: null, dryRun, acceptHalved: false, announce: false, call });
    if (isProblem(taken) && taken.code !== 'list_superseded') throw problemError(taken);
    const remembered = await rememberedState(context);
    const state = isProblem(taken) ? remembered : { ...remembered, agents: taken.recorded.agents };
    return applyOrders(context, state, orders).map((agent) => describeAgent(agent, withAgent(state, agent)));
  }
  await readFigures(context, call);
  const changed = await context.store.write(async (tables) => {
    const agents = applyOrders(context, await rememberedState(context, tables), orders);
    await tables.agents.put(agents);
    return agents;
  });
  const state = await rememberedState(context);
  return changed.map(({ uuid }) => describeAgent(findAgent(uuid, state.agents), state));
}

/** The records after the orders. An agent that is named twice has the last word. */
function applyOrders(context: ManagerContext, state: RememberedState, orders: readonly LimitOrder[]): AgentRecord[] {
  const agents = new Map(state.agents);
  return orders.map((order) => {
    const agent = withLimit(context, findAgent(order.agent, agents), order);
    agents.set(agent.uuid, agent);
    return agent;
  });
}

function withLimit(context: ManagerContext, agent: AgentRecord, { limitBytes, opening }: LimitOrder): AgentRecord {
  if (limitBytes !== null && agent.role !== 'agent') {
    throw new AgentTrafficError(
      'not_an_agent',
      `Account "${agent.name}" is no agent but ${agent.role}; only agents have limits.`,
    );
  }
  const now = nowOf(context);
  const { period, timeZone } = context.settings;
  const current = agent.figures?.currentBytes ?? 0;
  const isFirst = agent.account === null && limitBytes !== null;
  const begin = opening ?? (isFirst ? 'current' : null);
  const openingBytes = begin === 'current' ? current : begin === 'zero' || begin === null ? 0 : begin.bytes;
  const usedNow = begin === null ? null : openingBytes;
  return {
    ...agent,
    limitBytes,
    limitSince: limitBytes === agent.limitBytes ? agent.limitSince : now,
    account: begin === null ? agent.account : openAccount({ period, timeZone, now: context.periodNow(), openingBytes }),
    thresholds: stillReached(agent, limitBytes, usedNow),
  };
}

/** Marks that the agent is below again by the new limit may be announced again. */
function stillReached(agent: AgentRecord, limitBytes: number | null, openingBytes: number | null): number[] {
  if (limitBytes === null) return [];
  const used = openingBytes ?? agent.verdict?.usedBytes ?? 0;
  return agent.thresholds.filter((percent) => BigInt(used) * 100n >= BigInt(limitBytes) * BigInt(percent));
}

function withAgent(state: RememberedState, agent: AgentRecord): RememberedState {
  return { ...state, agents: new Map(state.agents).set(agent.uuid, agent) };
}

function checkLimit(bytes: number | null): void {
  if (bytes === null || (Number.isSafeInteger(bytes) && bytes >= 0)) return;
  throw new AgentTrafficError('invalid_limit', 'A traffic limit has to be whole bytes from 0, or none.');
}

/** An agent's traffic with fresh figures. */
export async function showAgent(context: ManagerContext, text: string, call: CallOptions): Promise<AgentTraffic> {
  const { agent, state } = await knownAgent(context, text, call);
  return describeAgent(agent, state);
}

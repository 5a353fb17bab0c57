import type { AgentPeriodRecord, AgentRecord } from '@sluice/quota-core';
import { isLimitExceeded } from './decide-agent.js';
import { periodAt } from './period.js';
import type { AgentRules } from './rules.js';
import { totalTraffic } from './sums.js';

/** Returns what was read of an agent in its present period, as a record that ends at an instant. */
export function toPeriodRecord(
  agent: AgentRecord,
  { accounting }: Pick<AgentRules, 'accounting'>,
  endedAt: string,
): AgentPeriodRecord | null {
  const { panel, uuid, account, figures, limitBytes } = agent;
  if (account === null) return null;
  const { periodStart, exceededAt = null } = account;
  const period = { panel, agent: uuid, startedAt: periodStart, endedAt, accounting, limitBytes };
  if (figures === null || figures.at < periodStart) return { ...period, ...UNREAD };
  const usedBytes = totalTraffic(figures, accounting, account);
  const isOver = limitBytes !== null && isLimitExceeded(accounting, usedBytes, limitBytes);
  return { ...period, usedBytes, exceeded: exceededAt !== null || isOver, exceededAt, readAt: figures.at };
}

const UNREAD = { usedBytes: null, exceeded: null, exceededAt: null, readAt: null };

/**
 * Returns the periods of an agent that ended between what was stored and what is stored next, oldest first: the one that was open, and
 * those after it in which nothing was read. A new opening of the ledger ends a period too; an agent that is gone has none.
 */
export function listEndedPeriods(
  before: AgentRecord,
  after: AgentRecord,
  rules: Pick<AgentRules, 'accounting' | 'period' | 'timeZone'>,
): AgentPeriodRecord[] {
  const next = after.account?.periodStart;
  const { account } = before;
  if (before.gone || account === null || next === undefined || next <= account.periodStart) return [];
  const end = account.periodEnd !== null && account.periodEnd < next ? account.periodEnd : next;
  const last = toPeriodRecord(before, rules, end);
  return last === null ? [] : [last, ...listUnread(last, rules, { openedAt: account.openedAt, next })];
}

/** Returns the periods between the end of one and the start of another, of which nothing is known but the limit. */
function listUnread(
  last: AgentPeriodRecord,
  rules: Pick<AgentRules, 'accounting' | 'period' | 'timeZone'>,
  { openedAt, next }: { openedAt: string; next: string },
): AgentPeriodRecord[] {
  const unread: AgentPeriodRecord[] = [];
  for (let from = last.endedAt; from < next;) {
    const { end } = periodAt({ ...rules, openedAt, now: from });
    const endedAt = end === null || end > next ? next : end;
    unread.push({ ...last, ...UNREAD, startedAt: from, endedAt });
    from = endedAt;
  }
  return unread;
}

/** Returns an agent with the time at which a list first showed more than its limit in this period. */
export function markExceeded(
  agent: AgentRecord,
  { accounting }: Pick<AgentRules, 'accounting'>,
  at: string,
): AgentRecord {
  const { account, figures, limitBytes } = agent;
  if (account === null || figures === null || limitBytes === null || account.exceededAt !== undefined) return agent;
  if (!isLimitExceeded(accounting, totalTraffic(figures, accounting, account), limitBytes)) return agent;
  return { ...agent, account: { ...account, exceededAt: at } };
}

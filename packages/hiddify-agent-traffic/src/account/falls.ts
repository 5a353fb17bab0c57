import { type AgentFall, type AgentRecord, type AgentUserRecord, mayConfirm } from '@sluice/quota-core';
import type { HiddifyUser } from '../client/records.js';
import { type CounterSpan, isZeroed, type LedgerInterval, resetSince } from './counter.js';
import { type CountedReading, countGrowth } from '@sluice/quota-core/agents';

/** A counter with so many confirmed falls within `NAMED_FOR_MS` was not just reset: somebody keeps writing it. */
export const REPEATED_FALLS = 3;

/** A confirmed fall is named this long, so that a check names it whichever run confirmed it. */
const NAMED_FOR_MS = 86_400_000;

/**
 * Returns whether a lower counter is the work of a known reset: Sluice's own zeroing, another day of the panel's last reset than
 * the last list showed (the panel resets a user once a day at most), or a user that was gone in between.
 */
export function isKnownReset(
  user: HiddifyUser,
  { resetDate, gone }: Pick<AgentUserRecord, 'resetDate' | 'gone'>,
  span: CounterSpan & { timeZone: string },
): boolean {
  if (gone || isZeroed(span)) return true;
  if (resetDate !== null && user.lastResetDate !== null) return resetDate !== user.lastResetDate;
  return span.before !== null && resetSince(user, span.before.until, span.timeZone) !== false;
}

/**
 * Counts a figure below the last one that no known reset explains. A single wrong answer must not count: nothing is charged before
 * a second reading, of a later run, is below the last figure too. Then all that both showed was used since the counter fell.
 */
export function stepFall(
  user: { key: string; name: string; lastBytes: number; nowBytes: number },
  known: AgentFall | undefined,
  { at, run }: Pick<LedgerInterval, 'at' | 'run'>,
): CountedReading {
  const { key, name, lastBytes, nowBytes } = user;
  const startFall = (fromBytes: number): AgentFall => {
    return { key, name, at, run, fromBytes, toBytes: nowBytes, confirmed: null };
  };
  if (known === undefined) return { growthBytes: 0, lastBytes, fall: startFall(lastBytes) };
  const isConfirmed = run !== null && run !== known.run && mayConfirm(at, known.at);
  if (!isConfirmed) return { growthBytes: 0, lastBytes, fall: { ...known, key } };
  const { toBytes } = known;
  const whole = countGrowth(lastBytes, toBytes);
  const confirm = (chargedBytes: number): AgentFall => ({ ...known, confirmed: { at, chargedBytes } });
  // It fell again, which is a fall of its own.
  if (nowBytes < toBytes)
    return { growthBytes: whole, lastBytes: toBytes, fall: startFall(toBytes), confirmed: confirm(whole) };
  const growthBytes = whole + nowBytes - toBytes;
  return { growthBytes, lastBytes: nowBytes, confirmed: confirm(growthBytes) };
}

/** Returns the stored falls that wait for a second reading, by the keys of their users. */
export function listWaitingFalls(agents: readonly AgentRecord[]): Map<string, AgentFall> {
  const falls = agents.flatMap(({ verdict }) => verdict?.falls ?? []);
  return new Map(falls.flatMap((fall) => (fall.confirmed === null ? [[fall.key, fall]] : [])));
}

/**
 * Returns the falls to store, by agent: those that wait and are confirmed by this list, and the latest of each user that were
 * confirmed in the last day.
 */
export function groupFalls(
  agents: readonly AgentRecord[],
  step: { falls: readonly AgentFall[]; entries: ReadonlyMap<string, AgentUserRecord> },
  at: string,
): Map<string, AgentFall[]> {
  const groups = new Map<string, AgentFall[]>();
  const add = (agent: string, fall: AgentFall): void => {
    groups.set(agent, [...(groups.get(agent) ?? []), fall]);
  };
  const since = new Date(Date.parse(at) - NAMED_FOR_MS).toISOString();
  for (const { uuid, verdict } of agents)
    for (const fall of verdict?.falls ?? []) if ((fall.confirmed?.at ?? '') >= since) add(uuid, fall);
  for (const fall of step.falls) {
    const owner = step.entries.get(fall.key)?.owner ?? null;
    if (owner !== null) add(owner, fall);
  }
  for (const [agent, falls] of groups) groups.set(agent, listLatest(falls));
  return groups;
}

/** A counter that somebody keeps writing falls at every other list. */
function listLatest(falls: readonly AgentFall[]): AgentFall[] {
  const left = new Map<string, number>();
  const latest = [...falls].reverse().filter(({ key, confirmed }) => {
    if (confirmed === null) return true;
    const count = left.get(key) ?? REPEATED_FALLS;
    left.set(key, count - 1);
    return count > 0;
  });
  return latest.reverse();
}

/** Returns the last confirmed falls of users whose counters keep falling. */
export function listRepeated(falls: readonly AgentFall[]): AgentFall[] {
  const groups = new Map<string, AgentFall[]>();
  for (const fall of falls) if (fall.confirmed !== null) groups.set(fall.key, [...(groups.get(fall.key) ?? []), fall]);
  return [...groups.values()].flatMap((own) => (own.length < REPEATED_FALLS ? [] : own.slice(-1)));
}

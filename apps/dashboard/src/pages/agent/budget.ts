import type { AgentDetail } from '@sluice/engine';
import { findLimitEnd, keepsDisabled, listDisabledAbove } from '@sluice/engine/words';
import { toPercent } from '@sluice/quota-core';
import { facts, notice, type Section, usageBar } from '../../layout/components.js';
import { name } from '../../layout/format.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { toTimes, toZone } from '../../layout/page-times.js';
import { toWording, type Wording } from '../../layout/wording.js';
import type { PageRequest } from '../../requests/page-request.js';

/** What keeps the users of an agent disabled beside its own budget. */
interface Keeping {
  /** Whether an agent above does. */
  isAbove: boolean;
  /** Whether the last check was stopped. */
  isStopped: boolean;
}

async function readKeeping({ sluice }: PageRequest, { uuid, panel }: AgentDetail): Promise<Keeping> {
  const { agents, isStopped } = await sluice.agents.above({ agent: uuid, panel });
  const isAbove = agents?.some((above) => above.uuid !== uuid && keepsDisabled(above)) ?? false;
  return { isAbove, isStopped };
}

/** Returns the part of a page with what an agent has used of its budget, and how many users it has. */
export async function budgetSection(request: PageRequest, agent: AgentDetail, id: string): Promise<Section> {
  const [times, wording, timeZone] = [toTimes(request), toWording(request.language), toZone(request, agent.panel)];
  const keeping = await readKeeping(request, agent);
  const { limitBytes, usedBytes, remainingBytes, users, enabledUsers, period, suspended } = agent;
  const isRead = agent.at !== '';
  const isOfEarlier = isRead && isOfEarlierPeriod(agent, request.now);
  const isKnown = isRead && !isOfEarlier;
  const count = (value: number): Html => wording.say('agent.userCount', { count: value });
  const reserved = agent.reservedBytes ?? 0;
  const since = suspended === null ? null : wording.say('agent.suspended', { since: times.full(suspended.since) });
  const rest = (): Part => {
    if (remainingBytes === null) return wording.say('service.noLimit');
    return isKnown ? wording.bytes(findRest(agent)) : wording.unknown;
  };
  const isAssigned = agent.accounting === 'allocated';
  const reservedKey = isAssigned ? 'agent.reservedUncounted' : 'agent.reservedUnused';
  const content = html`
    ${since === null ? null : notice('bad', since)}
    ${listDisabledAbove(agent).map((above) => disabledAbove(above, wording))}
    ${isOfEarlier ? notice('warning', wording.say('agent.periodEnded')) : usedUp(agent, keeping, wording)}
    ${isKnown ? nearlyUsed(agent, wording) : null}
    <div class="headline">${usageBar({ used: isKnown ? usedBytes : null, allowed: limitBytes }, { wording })}</div>
    ${facts([
      [wording.text('agent.budget'), limitBytes === null ? wording.say('service.noLimit') : wording.bytes(limitBytes)],
      [
        wording.text(isAssigned ? 'agent.assigned' : 'service.used'),
        isKnown ? wording.bytes(usedBytes) : wording.unknown,
      ],
      [wording.text('service.left'), rest()],
      reserved === 0 ? null : [wording.text(reservedKey), wording.bytes(reserved)],
      [wording.text('agent.users'), isRead ? count(users) : wording.unknown],
      enabledUsers === null || !isRead ? null : [wording.text('agent.enabled'), count(enabledUsers)],
      ...disabledFacts(agent, wording),
      period === null ? null : [wording.text('agent.countedSince'), times.bound(period.start, timeZone)],
      period?.end == null ? null : [wording.text('agent.countedUntil'), times.bound(period.end, timeZone)],
      [wording.text('service.read'), isRead ? times.ago(agent.at) : wording.never],
    ])}
  `;
  return { id, title: agentTitle(agent.name, wording), content };
}

/** Whether the figures are of a period that has ended: nothing was read in the present one. */
function isOfEarlierPeriod({ accounting, period, at }: AgentDetail, now: number): boolean {
  if (period === null || accounting === 'allocated') return false;
  return at < period.start || (period.end !== null && Date.parse(period.end) <= now);
}

/** Returns what is left of a budget for further users: what is reserved is not; null without a limit. */
export function findRest({ remainingBytes, reservedBytes }: AgentDetail): number | null {
  return remainingBytes === null ? null : Math.max(0, remainingBytes - (reservedBytes ?? 0));
}

/** Agents above the client stay without a name. */
function disabledAbove({ reason, users }: ReturnType<typeof listDisabledAbove>[number], wording: Wording): Html {
  const key = reason === 'limit' ? 'agent.disabledLimit' : 'agent.disabledSuspended';
  return notice('bad', wording.say(key, { count: users }));
}

/** From this share of a budget on, a page warns. */
const WARN_PERCENT = 80;

/** Warns of a budget that is not used up yet, and says how much of it is used. */
function nearlyUsed({ usedBytes, limitBytes, exceeded, accounting }: AgentDetail, wording: Wording): Html | null {
  const percent = toPercent(usedBytes, limitBytes);
  if (percent === null || percent < WARN_PERCENT || exceeded) return null;
  const key = accounting === 'allocated' ? 'agent.nearlyAssigned' : 'agent.nearlyUsed';
  return notice('warning', wording.say(key, { percent: wording.texts.percent(percent) }));
}

/** What follows from a used-up budget: under observe, and where the brake stopped the check, no user is disabled. */
function usedUp(agent: AgentDetail, keeping: Keeping, wording: Wording): Html | null {
  const { exceeded, heldSince, enabledUsers, usersDisabledByUs } = agent;
  const isHeld = heldSince !== null;
  if (!exceeded)
    return isHeld && usersDisabledByUs !== 0 ? notice('warning', leftAgain(agent, keeping, wording)) : null;
  if (!isHeld) return notice('warning', wording.say('agent.usedUp'));
  if (enabledUsers !== 0) return notice('warning', wording.say('agent.usedUpNotAll'));
  if (keeping.isAbove) return notice('bad', wording.say('agent.usedUpAbove'));
  const percent = findPercent(findLimitEnd(agent));
  return notice(
    'bad',
    percent === null ? wording.say('agent.usedUpUntil') : wording.say('agent.usedUpBelow', { percent }),
  );
}

/** What enables the users of an agent that has traffic left again. */
function leftAgain(agent: AgentDetail, { isAbove, isStopped }: Keeping, wording: Wording): Html {
  if (isAbove) return wording.say('agent.leftAbove');
  const end = findLimitEnd(agent);
  const percent = findPercent(end);
  if (end.by === 'usage')
    return percent === null ? wording.say('agent.leftLittle') : wording.say('agent.leftBelow', { percent });
  const isChecked = end.by === 'check' && agent.enforce?.value === 'on' && !isStopped;
  return wording.say(isChecked ? 'agent.leftCheck' : 'agent.leftNotYet');
}

/** Returns the share of the budget below which users are enabled; null where any rest is enough. */
function findPercent(end: ReturnType<typeof findLimitEnd>): number | null {
  return end.by === 'usage' ? end.belowPercent : null;
}

/** Returns what an agent is called at the head of a page; names may say it themselves. */
export function agentTitle(name: string, wording: Wording): string {
  return /^reseller\b/i.test(name) ? name : wording.text('agent.title', { name });
}

/** How many users are disabled, and for whom. Agents above the client stay without a name. */
function disabledFacts({ uuid, disabledFor }: AgentDetail, wording: Wording): [string, Part][] {
  return (disabledFor ?? []).map((cause) => {
    const isBudget = cause.reason === 'limit';
    const users = wording.say('agent.userCount', { count: cause.users });
    if (cause.uuid === uuid) return [wording.text(isBudget ? 'agent.forBudget' : 'agent.forSuspension'), users];
    if (cause.above) return [wording.text(isBudget ? 'agent.forBudgetAbove' : 'agent.forSuspensionAbove'), users];
    const key = isBudget ? 'agent.subBudget' : 'agent.subSuspension';
    return [wording.text('agent.forSub'), wording.say(key, { users, name: name(cause.name) })];
  });
}

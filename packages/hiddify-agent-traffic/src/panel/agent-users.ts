import {
  type AgentUserChanges,
  type AgentUserFacts,
  type ExtendedUser,
  newStep,
  type Step,
  type UserExtension,
} from '@sluice/panel-kind';
import { toLocalDate, zonedTime } from '@sluice/quota-core';
import type { AgentRules } from '@sluice/quota-core/agents';
import {
  type AddressableUser,
  ACTION_TYPES,
  toObservedUser,
  type UserPrior,
  withChange,
} from '../account/user-actions.js';
import { checkChange } from '../client/check-user.js';
import type { HiddifyUser } from '../client/records.js';
import { AgentTrafficError } from '../errors.js';
import { findEndDate } from './product.js';

const DAY_MS = 86_400_000;

/** Why a user is changed: its agent extends it. */
const EXTENDED = 'extended';

/** Returns what agents do with single users; `timeZone` is that of the panel's days. */
export function createUserChanges({ timeZone }: Pick<AgentRules, 'timeZone'>): AgentUserChanges {
  return {
    getFacts: (user, now) => toFacts(user as HiddifyUser, now, timeZone),
    extend: (user, by, now) => extend(user as HiddifyUser, by, toLocalDate(now, timeZone)),
    toExtension: (user, to, agent) => toExtension(user as AddressableUser, to, agent),
    afterExtension: (user, to, prior) => withChange(prior as UserPrior, user as AddressableUser, to),
  };
}

function toFacts(user: HiddifyUser, now: string, timeZone: string): AgentUserFacts {
  const { active, packageDays } = user;
  const lastDay = findEndDate(user);
  const daysLeft = lastDay === null ? packageDays : countDays(toLocalDate(now, timeZone), lastDay);
  return { active, packageDays, lastDay, daysLeft, lastOnlineAt: toLastOnline(user, timeZone) };
}

/** The panel writes its own local time, without a zone. */
function toLastOnline({ lastOnline }: HiddifyUser, timeZone: string): string | null {
  const second = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}/.exec(lastOnline ?? '')?.[0];
  if (second === undefined) return null;
  try {
    return zonedTime(second, timeZone);
  } catch {
    // Anyone with an agent's key may write it.
    return null;
  }
}

function countDays(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

function extend(user: HiddifyUser, { bytes, days }: UserExtension, today: string): ExtendedUser {
  const limitBytes = user.limitBytes + bytes;
  const to = days === 0 ? { limitBytes } : { limitBytes, packageDays: extendDays(user, days, today) };
  checkChange(to);
  return to;
}

/** Returns the days of a package with more; those of one that is over count from today. */
function extendDays(user: HiddifyUser, days: number, today: string): number {
  const { name, packageDays, startDate } = user;
  if (packageDays === null) {
    throw new AgentTrafficError(
      'invalid_user',
      `The panel does not show how many days user "${name}" has, so that none can be added.`,
    );
  }
  const lastDay = findEndDate(user);
  if (startDate === null || lastDay === null || lastDay >= today) return packageDays + days;
  return countDays(startDate, today) + days;
}

function toExtension(user: AddressableUser, to: ExtendedUser, agent: string): Step {
  const payload = { agent, why: EXTENDED, owner: user.owner, change: { ...to } };
  return { ...newStep(ACTION_TYPES.update, user.uuid), prior: { name: user.name, ...toObservedUser(user) }, payload };
}

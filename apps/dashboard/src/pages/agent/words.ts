import type { AgentUserView } from '@sluice/engine';
import type { Key } from '@sluice/messages';
import { coloured, type Tone, usageBar } from '../../layout/components.js';
import { html, type Html, type Part } from '../../layout/html.js';
import type { Wording } from '../../layout/wording.js';

const STATES: Readonly<Record<AgentUserView['state'], readonly [Key & `${string}.${string}`, Tone]>> = {
  active: ['state.active', 'good'],
  disabled: ['user.disabled', 'bad'],
  expired: ['user.expired', 'warning'],
  'used-up': ['state.usedUp', 'warning'],
};

/** The state of a user in coloured words. */
export function showUserState({ state }: Pick<AgentUserView, 'state'>, wording: Wording): Html {
  const [key, tone] = STATES[state];
  return coloured(wording.saidText({ key }), tone);
}

/** What the panel has still to do about a user; null where nothing. */
export function showPending({ pending }: Pick<AgentUserView, 'pending'>, wording: Wording): Html | null {
  if (pending === null) return null;
  return html`<span class="soft">${wording.say(pending === 'disable' ? 'user.toDisable' : 'user.toEnable')}</span>`;
}

/** Why a user is disabled; null for one that is enabled, or is to be. */
export function showReasons({ disabledFor }: Pick<AgentUserView, 'disabledFor'>, wording: Wording): Html | null {
  if (disabledFor.length === 0) return null;
  return wording.list(disabledFor.map((reason) => wording.code('disabledFor', reason)));
}

/** What a user has used of its traffic, with a bar. */
export function showUserUsage({ usedBytes, limitBytes }: AgentUserView, wording: Wording): Html {
  const figures = wording.say('usage.of', { used: wording.bytes(usedBytes), allowed: wording.bytes(limitBytes) });
  return html`${figures}
    <span class="compact narrow">${usageBar({ used: usedBytes, allowed: limitBytes }, { wording })}</span>`;
}

/** How many days a user has left; a dash where its panel does not say. */
export function showDaysLeft({ daysLeft }: Pick<AgentUserView, 'daysLeft'>, wording: Wording): Part {
  return daysLeft === null ? wording.none : wording.count(daysLeft);
}

/** The link by which a user's customer uses its account; null where the API has none that can be used as it is. */
export function findLink({ access }: Pick<AgentUserView, 'access'>): string | null {
  return access.links.find(({ unknown }) => unknown === null)?.url ?? null;
}

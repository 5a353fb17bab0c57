import type { HoldInForce, LimitSettings, Panel } from '@sluice/panel-kind';
import { type Decision, zonedMidnight } from '@sluice/quota-core';
import type { HoldRecord, ServiceRecord } from '@sluice/state-store';
import { findEntry, findTimeZone, listLimits } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';
import type { Context } from '../../context/context.js';

/** Returns the row of a hold that starts now. */
export function newHold(
  context: Context,
  hold: Pick<HoldRecord, 'service' | 'reason' | 'origin'> & Partial<HoldRecord>,
): HoldRecord {
  return {
    id: context.id('hold'),
    restriction: null,
    since: context.now(),
    until: null,
    note: null,
    cycle: null,
    usedBytes: null,
    allowedBytes: null,
    ...hold,
  };
}

/** Reasons of holds that no limit of the config has. */
const RESERVED: readonly string[] = ['quota', 'billing', 'manual', 'agent-limit'];

/** Returns whether a hold follows from a limit: the quota, or one of the config. */
export function isOfLimit({ reason }: Pick<HoldRecord, 'reason'>): boolean {
  return reason === 'quota' || !RESERVED.includes(reason);
}

/** Returns the restriction that a decision requires for an open hold of a limit; the stored one where it does not decide about it. */
export function findDueRestriction(
  decision: Pick<Decision, 'holds'> | null,
  hold: Pick<HoldRecord, 'reason' | 'restriction'>,
): string | null {
  const due = isOfLimit(hold) ? decision?.holds.find(({ reason }) => reason === hold.reason) : undefined;
  return due?.restriction ?? hold.restriction;
}

/** Returns whether a hold began with a window of a limit that the config does not have any more. */
export function isOfRemovedLimit({ reason, cycle }: Readonly<HoldRecord>, limits: readonly LimitSettings[]): boolean {
  return !RESERVED.includes(reason) && cycle !== null && limits.every(({ id }) => id !== reason);
}

/**
 * Returns the restriction of a service's quota: an override's, else the product's or its default. Where the product is missing
 * in the config, that of the open hold.
 */
export function findAction(
  { restrictions }: Pick<Panel['kind'], 'restrictions'>,
  known: {
    override: { action: string | null } | null | undefined;
    product: { action?: string | undefined } | undefined;
    holds: readonly HoldRecord[];
  },
): string {
  const { override, product, holds } = known;
  const stored = product === undefined ? holds.find(({ reason }) => reason === 'quota')?.restriction : null;
  return override?.action ?? product?.action ?? stored ?? restrictions[0] ?? '';
}

/** A service with its holds; `action` is the restriction of its quota: the product's, or an override's. */
interface Restricted {
  service: ServiceRecord;
  holds: readonly HoldRecord[];
  action: string;
}

/**
 * Returns holds with the restriction that each requires: a limit's current one, or the suspension for billing and manual holds.
 * The hold of a removed limit, or of a product that is missing in the config, keeps its last restriction.
 */
export function inForce(
  context: Context,
  { kind, agents }: Pick<Panel, 'kind' | 'agents'>,
  { service, holds, action }: Restricted,
): HoldInForce[] {
  if (holds.length === 0) return [];
  const isKnown = findEntry(context.config.products, service.product) !== undefined;
  const others = listLimits(context.config, service.product).map((limit) => [limit.id, limit.action] as const);
  const limits = new Map(isKnown ? [['quota', action], ...others] : []);
  const findRestriction = ({ reason, restriction }: HoldRecord): string => {
    if (reason === 'billing' || reason === 'manual') {
      return restriction !== null && restriction === kind.wideSuspension ? restriction : kind.suspension;
    }
    if (reason === 'agent-limit') return agents?.serviceRestriction ?? action;
    return limits.get(reason) ?? restriction ?? action;
  };
  return holds.map((hold) => ({ ...hold, restriction: findRestriction(hold) }));
}

/** Returns whether the quota of a service restricts nothing at this instant. */
export function isQuotaReleased(
  config: Config,
  { quotaReleasedUntil, panel }: Pick<ServiceRecord, 'quotaReleasedUntil' | 'panel'>,
  now: string,
): boolean {
  return isBeforeDate(config, panel, quotaReleasedUntil, now);
}

/** Returns whether nothing but a manual hold may restrict a service at this instant. */
export function isProtected(
  config: Config,
  { protectedUntil, panel }: Pick<ServiceRecord, 'protectedUntil' | 'panel'>,
  now: string,
): boolean {
  return isBeforeDate(config, panel, protectedUntil, now);
}

/** Returns whether a local date of the panel has not begun; false without a date. */
function isBeforeDate(config: Config, panel: string, date: string | null, now: string): boolean {
  return date !== null && now < zonedMidnight(date, findTimeZone(config, panel));
}

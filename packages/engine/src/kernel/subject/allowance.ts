import { type ItemError, toItemError } from '@sluice/panel-kind';
import {
  type Allowance,
  gigabytesToBytes,
  type LimitDecision,
  type Mode,
  resolveAllowance,
  resolveMode,
  usageInMode,
} from '@sluice/quota-core';
import type { DecisionRecord, ServiceRecord } from '@sluice/state-store';
import { findEntry } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';
import { countsIn } from '../../base/lifecycle.js';
import type { LimitedAllowance, Loaded } from './stages.js';

/** Rules that compare the usage with the allowance. */
const BY_USAGE: ReadonlySet<string> = new Set<LimitDecision['rule']>([
  'at-or-over-allowance',
  'within-release-margin',
  'below-allowance',
]);

function toRule({ kind }: Allowance, isWithin: boolean): LimitDecision['rule'] {
  if (kind !== 'limited') return kind === 'unlimited' ? kind : 'no-quota-configured';
  return isWithin ? 'below-allowance' : 'at-or-over-allowance';
}

/** Returns a decision with what is allowed since: no quota hold is due any more where less than that is used. */
export function withAllowance(
  decision: DecisionRecord,
  { mode, allowance }: { mode: Mode; allowance: Allowance },
): DecisionRecord {
  const used = usageInMode(decision, mode);
  const isWithin = allowance.kind !== 'limited' || (used !== null && used < allowance.allowedBytes);
  const wouldHold = isWithin ? decision.wouldHold.filter((reason) => reason !== 'quota') : decision.wouldHold;
  const isOver = decision.status === 'over' && (!isWithin || wouldHold.length > 0);
  const status = decision.status === 'over' && !isOver ? 'ok' : decision.status;
  const rule = used !== null && BY_USAGE.has(decision.rule) ? toRule(allowance, isWithin) : decision.rule;
  return { ...decision, mode, allowance, rule, wouldHold, status };
}

/** An allowance, or why it is unknown. */
export interface ComputedAllowance {
  allowance: Allowance | null;
  error: ItemError | null;
}

/** What decides about the allowance of a service. */
type AllowanceFacts = Pick<Loaded, 'service' | 'override' | 'purchases' | 'cycle'>;

/**
 * Returns the mode and the allowance of a service by the config, its override and its paid purchases as they are now, as the next
 * run in this cycle decides with them; null where its product is missing, or the allowance is unknown.
 */
export function findAllowance(
  config: Config,
  { service, override, purchases, cycle }: AllowanceFacts,
): (Pick<Loaded, 'mode'> & { allowance: Allowance }) | null {
  const product = findEntry(config.products, service.product);
  if (product === undefined) return null;
  const mode = findMode(service, override, product);
  const { allowance } = computeAllowance({ service, override, purchases, cycle, product, mode, wrongCycles: [] });
  return allowance === null ? null : { mode, allowance };
}

/** Returns what `findAllowance` does, as the service is sold: a lift by an override is the provider's. */
export function findSold(
  config: Config,
  { override, ...facts }: AllowanceFacts,
): { found: ReturnType<typeof findAllowance>; limited: LimitedAllowance | null } {
  const found = findAllowance(config, { ...facts, override: override && { ...override, unlimited: false } });
  // Where one direction counts, the panel has no limit.
  const limited = found?.mode === 'TOTAL' && found.allowance.kind === 'limited' ? found.allowance : null;
  return { found, limited };
}

export function findMode(
  { trafficMode }: ServiceRecord,
  override: Loaded['override'],
  product: { mode?: Loaded['mode'] | undefined } | undefined,
): Loaded['mode'] {
  return resolveMode({ override: override?.mode ?? null, service: trafficMode, product: product?.mode ?? null });
}

/** Returns the allowance of the current cycle, with its paid purchases. */
export function computeAllowance({
  override,
  service,
  product,
  mode,
  cycle,
  wrongCycles,
  purchases,
}: Pick<
  Loaded,
  'override' | 'service' | 'product' | 'mode' | 'purchases' | 'cycle' | 'wrongCycles'
>): ComputedAllowance {
  try {
    const allowance = resolveAllowance({
      mode,
      override: override ? { quotaBytes: override.quotaBytes, unlimited: override.unlimited } : null,
      serviceQuotaBytes: service.baseQuotaOverrideGb === null ? null : gigabytesToBytes(service.baseQuotaOverrideGb),
      product: product.quota ?? null,
      purchases: purchases.filter((purchase) => countsIn({ service, cycle, wrongCycles }, purchase)),
    });
    if (allowance.kind === 'unmanaged' || cycle !== null) return { allowance, error: null };
    const error = {
      code: 'no_cycle',
      message: `"${service.id}" has a quota but no billing cycle`,
    };
    return { allowance, error };
  } catch (error) {
    return { allowance: null, error: toItemError(error) };
  }
}

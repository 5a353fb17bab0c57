import type { AutoBuyRule } from '@sluice/contract/documents';
import { compareMoney } from '@sluice/quota-core';
import { findEntry } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';
import type { Stated } from '../../kernel/subject/auto-buy-rule.js';

/** Returns what of a change spends less than the rule does. */
export function findRestrictions(config: Config, rule: AutoBuyRule, change: Partial<Stated>): Partial<Stated> {
  if (change.enabled === false) return { enabled: false };
  const { maxPerCycle, package: name } = change;
  const { thresholdBytes = null, thresholdPercent = null } = change;
  const isPercent = rule.threshold.endsWith('%');
  const isLater = isPercent
    ? thresholdPercent !== null && Number(thresholdPercent) < Number(rule.threshold.slice(0, -1))
    : thresholdBytes !== null && thresholdBytes < Number(rule.threshold);
  return {
    ...(maxPerCycle != null && maxPerCycle < rule.maxPerCycle && { maxPerCycle }),
    ...(isLater && { thresholdBytes, thresholdPercent }),
    ...(name != null && isCheaper(config, name, rule.package) && { package: name }),
  };
}

function isCheaper({ packages, currency: usual }: Config, name: string, than: string | null): boolean {
  const [wanted, other] = [findEntry(packages, name), than === null ? undefined : findEntry(packages, than)];
  if (wanted === undefined || other === undefined) return false;
  const isComparable = (wanted.currency ?? usual) === (other.currency ?? usual);
  return isComparable && compareMoney(wanted.price, other.price) < 0;
}

import type { AutoBuyRule, AutoBuySource } from '@sluice/contract/documents';
import type { AutoBuySettings } from '@sluice/panel-kind';
import { type Allowance, gigabytesToBytes } from '@sluice/quota-core';
import type { AutoBuyRecord, PurchaseRecord } from '@sluice/state-store';
import { isOfClient } from '../../base/is-of-client.js';
import { findEntry } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';

/** Defaults of auto-buy, where no level states the field (docs/config.md). */
const DEFAULTS = { enabled: false, package: null, threshold: String(gigabytesToBytes('10')), maxPerCycle: 5 } as const;

const NO_RULE: AutoBuyRule = { ...DEFAULTS, source: 'default' };

/** What one level states; null for what it leaves to the next one. */
type Preference = { [Key in Exclude<keyof AutoBuyRule, 'source'>]: AutoBuyRule[Key] | null };

/** Returns the rule of a service, or of a client alone. */
export function findRule(
  config: Config,
  stored: readonly AutoBuyRecord[],
  about: { service?: string; client: string | null; product?: string },
): AutoBuyRule {
  const product = about.product === undefined ? undefined : findEntry(config.products, about.product)?.autoBuy;
  // A run asks for each service, and most stores have none.
  if (stored.length === 0 && product === undefined && config.autoBuy === undefined) return NO_RULE;
  const of = (scope: AutoBuyRecord['scope'], subject: string | null | undefined): Preference | undefined =>
    fromRow(stored.find((row) => row.scope === scope && row.subject === subject));
  const levels: [AutoBuySource, Preference | undefined][] = [
    ['service', of('link', about.service)],
    ['service', of('service', about.service)],
    ['client', of('client', about.client)],
    ['product', product && fromConfig(product)],
    ['global', config.autoBuy && fromConfig(config.autoBuy)],
  ];
  const first = (key: keyof Preference) => levels.find(([, level]) => level?.[key] != null);
  const [source = 'default', enabling] = first('enabled') ?? [];
  return {
    enabled: enabling?.enabled === true,
    package: first('package')?.[1]?.package ?? DEFAULTS.package,
    threshold: first('threshold')?.[1]?.threshold ?? DEFAULTS.threshold,
    maxPerCycle: first('maxPerCycle')?.[1]?.maxPerCycle ?? DEFAULTS.maxPerCycle,
    source,
  };
}

function fromRow(row: AutoBuyRecord | undefined): Preference | undefined {
  if (row === undefined) return undefined;
  const percent = row.thresholdPercent === null ? null : `${row.thresholdPercent}%`;
  return { ...row, threshold: row.thresholdBytes === null ? percent : String(row.thresholdBytes) };
}

function fromConfig({
  enabled,
  package: name,
  thresholdGb,
  thresholdPercent,
  maxPerCycle,
}: AutoBuySettings): Preference {
  const bytes = thresholdGb === undefined ? null : String(gigabytesToBytes(String(thresholdGb)));
  const percent = thresholdPercent === undefined ? null : `${thresholdPercent}%`;
  return {
    enabled: enabled ?? null,
    package: name ?? null,
    threshold: bytes ?? percent,
    maxPerCycle: maxPerCycle ?? null,
  };
}

/** Returns the threshold in bytes; null for a percentage of an unknown or unlimited allowance. */
export function thresholdBytes(threshold: string, allowance: Allowance | null): number | null {
  if (!threshold.endsWith('%')) return Number(threshold);
  if (allowance?.kind !== 'limited') return null;
  // Percentages may have decimals; a billionth of the allowance is exact enough for a threshold.
  const share = BigInt(Math.round(Number(threshold.slice(0, -1)) * 1e7));
  return Number((BigInt(allowance.allowedBytes) * share) / 1_000_000_000n);
}

/** Returns the purchases of the client who has the service now: those of a former client count for nobody else. */
export function listOwnPurchases(client: string | null, bought: readonly PurchaseRecord[]): PurchaseRecord[] {
  return bought.filter((row) => isOfClient(row, client));
}

/** Returns whether a purchase counts towards the maximum of its cycle. */
export function isAutomatic({ actor, status }: PurchaseRecord): boolean {
  return actor === 'auto' && status !== 'failed' && status !== 'cancelled';
}

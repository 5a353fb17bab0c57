import type { AutoBuyRule, AutoBuySource } from '@sluice/contract/documents';
import type { AutoBuySettings } from '@sluice/panel-kind';
import { gigabytesToBytes } from '@sluice/quota-core';
import type { AutoBuyRecord, StoreTables } from '@sluice/state-store';
import { findEntry } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';
import { isValid } from '../../base/token-status.js';

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

/** What a preference states; null for what it leaves to the next level. */
export type Stated = Pick<AutoBuyRecord, 'enabled' | 'package' | 'thresholdBytes' | 'thresholdPercent' | 'maxPerCycle'>;

export const UNSTATED: Stated = {
  enabled: null,
  package: null,
  thresholdBytes: null,
  thresholdPercent: null,
  maxPerCycle: null,
};

/** Lists the preferences in force: what a share link has set ends with the link. */
export async function readPreferences(
  tables: Pick<StoreTables, 'autoBuy' | 'apiTokens'>,
  at: string,
): Promise<AutoBuyRecord[]> {
  return (await sortPreferences(tables, at)).valid;
}

/** Preferences in force, and those of share links that have ended. */
export interface SortedPreferences {
  valid: AutoBuyRecord[];
  ended: AutoBuyRecord[];
}

/** Lists the preferences in force apart from those that share links have set which ended since. */
export async function sortPreferences(
  tables: Pick<StoreTables, 'autoBuy' | 'apiTokens'>,
  at: string,
): Promise<SortedPreferences> {
  const all = (await tables.autoBuy.list()).flatMap(splitEarlier);
  if (all.every(({ link }) => link === null)) return { valid: all, ended: [] };
  const tokens = new Set((await tables.apiTokens.list()).filter((token) => isValid(token, at)).map(({ id }) => id));
  const isInForce = ({ link }: AutoBuyRecord): boolean => link === null || tokens.has(link);
  return { valid: all.filter(isInForce), ended: all.filter((row) => !isInForce(row)) };
}

/** Earlier versions stored what a link had set in place of what the service had. A refusal to spend outlives the link. */
export function splitEarlier(row: AutoBuyRecord): AutoBuyRecord[] {
  if (row.scope !== 'service' || row.link === null) return [row];
  const ofLink: AutoBuyRecord = { ...row, scope: 'link' };
  return row.enabled === false ? [{ ...row, ...UNSTATED, enabled: false, link: null }, ofLink] : [ofLink];
}

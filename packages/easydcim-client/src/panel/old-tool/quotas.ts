import type { Mode, OldRow } from '@sluice/quota-core';
import { parseFlag, parseGb, readCell, toSizeText } from './cells.js';
import type { Findings } from './findings.js';

/** Quotas by the keys of the config: sizes with their units, or `unlimited`. */
export type Quotas = Partial<Readonly<Record<'in' | 'out' | 'total' | 'default', string>>>;

const KEYS: Readonly<Record<Mode, 'in' | 'out' | 'total'>> = { IN: 'in', OUT: 'out', TOTAL: 'total' };
const FILE = 'products.yaml';

/** Returns the quota in a mode; undefined where the product has none. */
export function findQuota(quotas: Quotas, mode: Mode): string | undefined {
  return quotas[KEYS[mode]] ?? quotas.default;
}

/**
 * Returns the quotas of a product. A figure of 0 or none is not a quota: the tool cut services at once then, and nothing says that this
 * was meant.
 *
 * @param about mode of the product, and its name in messages
 */
export function readQuotas(row: OldRow, about: { mode: Mode; object: string }, findings: Findings): Quotas {
  const { mode, object } = about;
  const quotas: Record<string, string> = {};
  let isUnusable = false;
  for (const [direction, key] of Object.entries(KEYS)) {
    const column = `default_quota_${key}_gb`;
    const figure = readFigure(row, column);
    const isUnlimited = parseFlag(readCell(row, `unlimited_${key}`)) === true;
    if (isUnlimited) quotas[key] = 'unlimited';
    else if (figure.kind === 'size') quotas[key] = figure.size;
    else if (figure.kind === 'unusable') {
      const isOwn = direction === mode;
      isUnusable ||= isOwn;
      const reason = `${figure.reason}: ${isOwn ? STATE_QUOTA : 'its mode does not count this direction'}`;
      const state = isOwn ? 'undecided' : 'left-out';
      findings.add(FILE, object, { state, reason, column: `quota.${key}`, value: readCell(row, column) });
    }
  }
  // The figure of the mode had priority over the general one, also where it was 0.
  if (isUnusable) return {};
  const general = readFigure(row, 'default_quota_gb');
  if (general.kind === 'size') return { ...quotas, default: general.size };
  if (quotas[KEYS[mode]] === undefined) {
    const reason = `${general.kind === 'none' ? 'it has no quota' : general.reason}: ${STATE_QUOTA}`;
    const value = readCell(row, 'default_quota_gb');
    findings.add(FILE, object, { state: 'undecided', reason, column: 'quota', value });
  } else if (general.kind === 'unusable' && !general.isZero) {
    const reason = `${general.reason}: its mode has a quota of its own`;
    const value = readCell(row, 'default_quota_gb');
    findings.add(FILE, object, { state: 'left-out', reason, column: 'quota.default', value });
  }
  return quotas;
}

const STATE_QUOTA =
  'state one, or unlimited. Until then services without a quota of their own are not managed; the tool cut them at once';

type Figure = { kind: 'none' } | { kind: 'size'; size: string } | { kind: 'unusable'; isZero: boolean; reason: string };

function readFigure(row: OldRow, column: string): Figure {
  const text = readCell(row, column);
  if (text === null) return { kind: 'none' };
  const traffic = parseGb(text);
  if (traffic === null)
    return { kind: 'unusable', isZero: false, reason: 'its quota is not a number of gigabytes that can be counted' };
  if (traffic.bytes === 0) return { kind: 'unusable', isZero: true, reason: 'its quota is 0' };
  return { kind: 'size', size: toSizeText(traffic) };
}

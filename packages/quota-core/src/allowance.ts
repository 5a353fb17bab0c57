import { checkBytes } from './bytes.js';
import { compareMoney, multiplyMoney } from './money.js';
import { QuotaCoreError } from './errors.js';

/** A quota in whole bytes (0 is a quota of nothing), or no limit. */
export type Quota = number | 'unlimited';

/** A product's quota: a figure per mode, and `default` for modes without one. */
export interface ProductQuota {
  in?: Quota;
  out?: Quota;
  total?: Quota;
  default?: Quota;
}

/** An operator's override. Without a figure and `unlimited` it has no effect; a figure has priority over `unlimited`. */
export interface QuotaOverride {
  quotaBytes: number | null;
  unlimited: boolean;
}

/** A purchase of the cycle. */
export interface PurchaseForAllowance {
  id: string;
  bytes: number;
  status: 'pending' | 'paid' | 'cancelled' | 'refunded' | 'failed';
}

/**
 * Where a part of an allowance came from: `override`, `service`, `product.in`, `product.out`, `product.total`,
 * `product.default` or `purchase:<id>`. `bytes` is null for no limit.
 */
export interface AllowancePart {
  source: string;
  bytes: number | null;
}

/** What a service may use in its cycle. `unmanaged`: no quota is configured, which is not a quota of 0. */
export type Allowance =
  | { kind: 'unmanaged'; parts: [] }
  | { kind: 'unlimited'; parts: AllowancePart[] }
  | { kind: 'limited'; baseBytes: number; extraBytes: number; allowedBytes: number; parts: AllowancePart[] };

/**
 * Returns the allowance of one service in one cycle. The base is the first of: the operator's override, the service's
 * own field, the product's figure for the mode, the product's default; without any the service is `unmanaged`. Paid
 * purchases are added to a limited base. Every part is listed with its source, the base first.
 *
 * @param input.purchases those of this cycle, in any state
 * @throws QuotaCoreError `invalid_bytes` for a figure that is not a whole number of bytes, or a sum above 2⁵³−1
 *
 * @example
 * ```ts
 * const product = { total: 'unlimited', default: 1000 } as const;
 * resolveAllowance({ mode: 'IN', override: null, serviceQuotaBytes: null, product, purchases: [] });
 * // { kind: 'limited', baseBytes: 1000, extraBytes: 0, allowedBytes: 1000, … }
 * ```
 */
export function resolveAllowance(input: {
  mode: Mode;
  override: QuotaOverride | null;
  serviceQuotaBytes: number | null;
  product: ProductQuota | null;
  purchases: PurchaseForAllowance[];
}): Allowance {
  const base = resolveBase(input);
  if (base === null) return { kind: 'unmanaged', parts: [] };
  if (base.bytes === null) return { kind: 'unlimited', parts: [base] };
  const baseBytes = checkBytes(base.bytes, `the quota (${base.source})`);
  const parts: AllowancePart[] = [base];
  let extraBytes = 0;
  for (const { id, bytes, status } of input.purchases) {
    if (status !== 'paid') continue;
    extraBytes = checkBytes(extraBytes + checkBytes(bytes, `purchase ${id}`), 'the sum of the purchases');
    parts.push({ bytes, source: `purchase:${id}` });
  }
  const allowedBytes = checkBytes(baseBytes + extraBytes, 'the quota with its purchases');
  return { allowedBytes, baseBytes, extraBytes, kind: 'limited', parts };
}

function resolveBase(input: Parameters<typeof resolveAllowance>[0]): AllowancePart | null {
  const { override, serviceQuotaBytes, product } = input;
  if (override !== null && override.quotaBytes !== null) return { bytes: override.quotaBytes, source: 'override' };
  if (override?.unlimited === true) return { bytes: null, source: 'override' };
  if (serviceQuotaBytes !== null) return { bytes: serviceQuotaBytes, source: 'service' };
  const own = input.mode === 'IN' ? 'in' : input.mode === 'OUT' ? 'out' : 'total';
  for (const key of [own, 'default'] as const) {
    const quota = product?.[key];
    if (quota !== undefined) return { bytes: quota === 'unlimited' ? null : quota, source: `product.${key}` };
  }
  return null;
}

/** Which traffic counts against the quota: into the service, out of it, or both together. */
export type Mode = 'IN' | 'OUT' | 'TOTAL';

/**
 * Returns the effective mode: the operator's override, else the service's own field, else the product's, else TOTAL.
 *
 * @example
 * ```ts
 * resolveMode({ override: null, service: 'OUT', product: 'TOTAL' }); // OUT
 * ```
 */
export function resolveMode(input: { override: Mode | null; service: Mode | null; product: Mode | null }): Mode {
  return input.override ?? input.service ?? input.product ?? 'TOTAL';
}

/** Whole bytes inside the cycle; null for a figure that the panel does not show. */
export interface UsageBytes {
  inBytes: number | null;
  outBytes: number | null;
  totalBytes: number | null;
}

/** Returns usage whose three figures are made one by one, each by the name of its member. */
export function eachFigure(of: (figure: keyof UsageBytes) => number | null): UsageBytes {
  return { inBytes: of('inBytes'), outBytes: of('outBytes'), totalBytes: of('totalBytes') };
}

/** Usage as read from a panel at the instant `at`: figures, or why they are unknown. */
export type Reading =
  | ({ known: true; at: string } & UsageBytes)
  | { known: false; at: string; code: string; message: string };

/**
 * Returns the bytes that count in a mode; null when the reading does not have them. TOTAL is the total, or else the sum
 * of both directions. With a total only, IN and OUT are null, not 0. A figure that is not a whole number of bytes is
 * null too.
 *
 * @example
 * ```ts
 * usageInMode({ inBytes: 10, outBytes: 5, totalBytes: null }, 'TOTAL'); // 15
 * ```
 */
export function usageInMode(usage: UsageBytes, mode: Mode): number | null {
  if (mode === 'IN') return toWhole(usage.inBytes);
  if (mode === 'OUT') return toWhole(usage.outBytes);
  if (usage.totalBytes !== null) return toWhole(usage.totalBytes);
  const inBytes = toWhole(usage.inBytes);
  const outBytes = toWhole(usage.outBytes);
  return inBytes === null || outBytes === null ? null : toWhole(inBytes + outBytes);
}

function toWhole(bytes: number | null): number | null {
  return bytes !== null && Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null;
}

/**
 * Returns the thresholds (whole percent of the allowance) that usage has reached and that were not reported before, in
 * rising order, each once. Exact for any byte count. An allowance of 0 reaches every threshold immediately.
 *
 * @param input.already those reported in this cycle
 * @param input.used decimal text, instead of `usedBytes`, for a limit in money
 * @throws QuotaCoreError `invalid_bytes`, `invalid_money`, or `invalid_threshold` for a percentage that is not a whole number above 0
 *
 * @example
 * ```ts
 * crossedThresholds({ usedBytes: 950, allowedBytes: 1000, thresholds: [80, 90, 100], already: [80] }); // [90]
 * ```
 */
export function crossedThresholds(
  input: ({ usedBytes: number; allowedBytes: number } | { used: string; allowed: string }) & {
    thresholds: number[];
    already: number[];
  },
): number[] {
  const reaches = 'used' in input ? compareAmounts(input) : compareBytes(input);
  const crossed = new Set<number>();
  for (const threshold of input.thresholds) {
    if (!Number.isSafeInteger(threshold) || threshold <= 0) {
      throw new QuotaCoreError(
        'invalid_threshold',
        `${threshold} is not a threshold: write a whole percentage above 0`,
      );
    }
    if (!input.already.includes(threshold) && reaches(threshold)) crossed.add(threshold);
  }
  return [...crossed].sort((a, b) => a - b);
}

type Reaches = (percent: number) => boolean;

function compareBytes({ usedBytes, allowedBytes }: { usedBytes: number; allowedBytes: number }): Reaches {
  const used = BigInt(checkBytes(usedBytes, 'the usage')) * 100n;
  const allowed = BigInt(checkBytes(allowedBytes, 'the allowance'));
  return (percent) => used >= BigInt(percent) * allowed;
}

function compareAmounts({ used, allowed }: { used: string; allowed: string }): Reaches {
  const hundredfold = multiplyMoney(used, 100);
  return (percent) => compareMoney(hundredfold, multiplyMoney(allowed, percent)) >= 0;
}

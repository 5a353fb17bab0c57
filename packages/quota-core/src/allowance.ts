import { checkBytes } from './bytes.js';
import { type Mode } from './usage.js';

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

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Mode,
  type ProductQuota,
  type PurchaseForAllowance,
  type QuotaOverride,
  resolveAllowance,
  resolveMode,
} from './index.js';
import { catchCode } from './test/catch-code.js';
import { runs } from './test/runs.js';

const none = { override: null, serviceQuotaBytes: null, product: null, purchases: [] };
const override = (quotaBytes: number | null, unlimited = false): QuotaOverride => ({ quotaBytes, unlimited });

const size = fc.integer({ min: 0, max: 2 ** 45 });
const mode = fc.constantFrom<Mode>('IN', 'OUT', 'TOTAL');
const quota = fc.oneof(size, fc.constant('unlimited' as const));
const product: fc.Arbitrary<ProductQuota> = fc.record(
  { in: quota, out: quota, total: quota, default: quota },
  { requiredKeys: [] },
);
const purchase: fc.Arbitrary<PurchaseForAllowance> = fc.record({
  id: fc.string({ minLength: 1, maxLength: 8 }),
  bytes: size,
  status: fc.constantFrom('pending', 'paid', 'cancelled', 'refunded', 'failed'),
});
const situation = fc.record({
  mode,
  override: fc.option(fc.record({ quotaBytes: fc.option(size), unlimited: fc.boolean() })),
  serviceQuotaBytes: fc.option(size),
  product: fc.option(product),
  purchases: fc.array(purchase, { maxLength: 5 }),
});

describe('resolveAllowance', () => {
  it('takes the first that is there: override, service, figure of the mode, default', () => {
    const full = { out: 30, total: 40, default: 50 };
    const base = (input: Partial<Parameters<typeof resolveAllowance>[0]>): unknown =>
      resolveAllowance({ mode: 'OUT', ...none, ...input }).parts[0];
    expect(base({ override: override(10), serviceQuotaBytes: 20, product: full })).toEqual({
      source: 'override',
      bytes: 10,
    });
    expect(base({ serviceQuotaBytes: 20, product: full })).toEqual({ source: 'service', bytes: 20 });
    expect(base({ product: full })).toEqual({ source: 'product.out', bytes: 30 });
    expect(base({ mode: 'IN', product: full })).toEqual({ source: 'product.default', bytes: 50 });
    expect(base({ mode: 'TOTAL', product: full })).toEqual({ source: 'product.total', bytes: 40 });
    expect(base({ mode: 'IN', product: { in: 5 } })).toEqual({ source: 'product.in', bytes: 5 });
  });

  it('is unmanaged where nobody has configured a quota, whatever was bought', () => {
    const purchases: PurchaseForAllowance[] = [{ id: 'p', bytes: 5, status: 'paid' }];
    expect(resolveAllowance({ mode: 'TOTAL', ...none, purchases })).toEqual({ kind: 'unmanaged', parts: [] });
    expect(resolveAllowance({ mode: 'IN', ...none, product: { out: 5 }, override: override(null) }).kind).toBe(
      'unmanaged',
    );
  });

  it('takes an explicit 0 for a quota of 0', () => {
    expect(resolveAllowance({ mode: 'TOTAL', ...none, override: override(0), product: { total: 9 } })).toEqual({
      kind: 'limited',
      baseBytes: 0,
      extraBytes: 0,
      allowedBytes: 0,
      parts: [{ source: 'override', bytes: 0 }],
    });
    expect(resolveAllowance({ mode: 'TOTAL', ...none, product: { total: 0 } }).kind).toBe('limited');
    expect(resolveAllowance({ mode: 'TOTAL', ...none, serviceQuotaBytes: 0, product: { total: 9 } })).toMatchObject({
      allowedBytes: 0,
    });
  });

  it('adds what was paid, and nothing else', () => {
    const statuses = ['paid', 'pending', 'cancelled', 'refunded', 'failed', 'paid'] as const;
    const purchases = statuses.map((status, n) => ({ id: `p${n}`, bytes: 10 ** n, status }));
    expect(resolveAllowance({ mode: 'TOTAL', ...none, product: { default: 7 }, purchases })).toEqual({
      kind: 'limited',
      baseBytes: 7,
      extraBytes: 100_001,
      allowedBytes: 100_008,
      parts: [
        { source: 'product.default', bytes: 7 },
        { source: 'purchase:p0', bytes: 1 },
        { source: 'purchase:p5', bytes: 100_000 },
      ],
    });
  });

  it('names the override that lifts the limit', () => {
    const lifted = { quotaBytes: null, unlimited: true };
    expect(resolveAllowance({ mode: 'TOTAL', ...none, override: lifted, product: { total: 9 } })).toEqual({
      kind: 'unlimited',
      parts: [{ source: 'override', bytes: null }],
    });
  });

  it('is unlimited per mode, until an explicit quota says otherwise', () => {
    const unlimited = { total: 'unlimited' as const, default: 9 };
    expect(resolveAllowance({ mode: 'TOTAL', ...none, product: unlimited })).toEqual({
      kind: 'unlimited',
      parts: [{ source: 'product.total', bytes: null }],
    });
    expect(resolveAllowance({ mode: 'IN', ...none, product: unlimited }).kind).toBe('limited');
    expect(resolveAllowance({ mode: 'TOTAL', ...none, product: unlimited, serviceQuotaBytes: 1 }).kind).toBe('limited');
    expect(
      resolveAllowance({ mode: 'TOTAL', ...none, override: override(null, true), serviceQuotaBytes: 1 }).kind,
    ).toBe('unlimited');
    expect(resolveAllowance({ mode: 'TOTAL', ...none, override: override(1, true) }).kind).toBe('limited');
  });

  it('refuses figures that are no bytes, naming where they stand', () => {
    expect(catchCode(() => resolveAllowance({ mode: 'IN', ...none, serviceQuotaBytes: -1 }))).toBe('invalid_bytes');
    expect(() => resolveAllowance({ mode: 'IN', ...none, product: { in: 1.5 } })).toThrow(
      'the quota (product.in) is 1.5',
    );
    const purchases: PurchaseForAllowance[] = [{ id: 'p9', bytes: Number.MAX_SAFE_INTEGER, status: 'paid' }];
    expect(catchCode(() => resolveAllowance({ mode: 'IN', ...none, serviceQuotaBytes: 1, purchases }))).toBe(
      'invalid_bytes',
    );
  });

  it('follows the precedence in every situation', () => {
    fc.assert(
      fc.property(situation, (input) => {
        const ownFigure = input.product?.[input.mode === 'IN' ? 'in' : input.mode === 'OUT' ? 'out' : 'total'];
        const chain = [
          input.override?.quotaBytes ?? (input.override?.unlimited === true ? 'unlimited' : undefined),
          input.serviceQuotaBytes ?? undefined,
          ownFigure,
          input.product?.default,
        ];
        const expected = chain.find((figure) => figure !== undefined);
        const allowance = resolveAllowance(input);
        if (expected === undefined) expect(allowance.kind).toBe('unmanaged');
        else if (expected === 'unlimited') expect(allowance.kind).toBe('unlimited');
        else expect(allowance).toMatchObject({ kind: 'limited', baseBytes: expected });
      }),
      { numRuns: runs(500) },
    );
  });

  it('grows by exactly each paid purchase and by nothing else', () => {
    fc.assert(
      fc.property(situation, purchase, (input, extra) => {
        const before = resolveAllowance(input);
        const after = resolveAllowance({ ...input, purchases: [...input.purchases, extra] });
        expect(after.kind).toBe(before.kind);
        if (before.kind !== 'limited' || after.kind !== 'limited') return;
        expect(after.allowedBytes - before.allowedBytes).toBe(extra.status === 'paid' ? extra.bytes : 0);
      }),
    );
  });

  it('is the sum of the parts that it lists', () => {
    fc.assert(
      fc.property(situation, (input) => {
        const allowance = resolveAllowance(input);
        if (allowance.kind !== 'limited') return;
        expect(allowance.parts.reduce((sum, part) => sum + (part.bytes ?? Number.NaN), 0)).toBe(allowance.allowedBytes);
        expect(allowance.baseBytes + allowance.extraBytes).toBe(allowance.allowedBytes);
      }),
    );
  });
});

describe('resolveMode', () => {
  it('takes the override, then the service, then the product, then TOTAL', () => {
    expect(resolveMode({ override: 'IN', service: 'OUT', product: 'TOTAL' })).toBe('IN');
    expect(resolveMode({ override: null, service: 'OUT', product: 'TOTAL' })).toBe('OUT');
    expect(resolveMode({ override: null, service: null, product: 'IN' })).toBe('IN');
    expect(resolveMode({ override: null, service: null, product: null })).toBe('TOTAL');
  });
});

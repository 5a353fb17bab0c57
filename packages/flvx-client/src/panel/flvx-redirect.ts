import { NOWHERE } from '../account/plan/plan-forwards.js';
import type { FlvxForward } from '../index.js';
import type { FlvxContext } from './flvx-context.js';
import { redirectTo } from './flvx-product.js';
import { addressBefore, redirectedTo } from './flvx-state.js';

/** Where forwards of the service point while it is held by a redirect. */
export function awayAddress({ desired, defaults }: Pick<FlvxContext, 'desired' | 'defaults'>): string {
  return redirectTo(desired.product, defaults);
}

/**
 * Does the forward point where Sluice has pointed it? Any address that Sluice may have given counts: who takes one for the
 * customer's own loses his.
 */
export function isAway(context: FlvxContext, row: FlvxForward): boolean {
  const item = context.evidence.redirect.get(String(row.id));
  const given = [context.memo.away[row.id], item && redirectedTo(item), NOWHERE, awayAddress(context)];
  return given.includes(row.remoteAddr);
}

/** Away while that is called for, back to where it pointed afterwards. */
export function addressOf(context: FlvxContext, row: FlvxForward): { remoteAddr?: string; away?: boolean } {
  const { wants, evidence, memo } = context;
  if (wants.redirected) return { remoteAddr: awayAddress(context), away: true };
  if (!isAway(context, row)) return {};
  const item = evidence.redirect.get(String(row.id));
  // Who has given it another address meanwhile has that one back, not the one before.
  const before = memo.redirects[row.id] ?? (item ? addressBefore(item) : null) ?? undefined;
  return before === undefined ? {} : { remoteAddr: before, away: false };
}

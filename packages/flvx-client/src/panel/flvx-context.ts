import type { FlvxAccount } from '../account/index.js';
import type { FlvxForward, FlvxPermission, FlvxUser } from '../index.js';
import type { EvidenceRecord } from '@sluice/quota-core';
import type { Desired } from '@sluice/panel-kind';
import type { FlvxMemo } from './flvx-memo.js';
import { cycleOf, type Recalled } from './flvx-memory.js';
import { flvxOf, type FlvxDefaults } from './flvx-product.js';
import { EVIDENCE, evidenceOf, type FlvxState } from './flvx-state.js';
import { wantsOf, type FlvxWants } from './flvx-wants.js';

/** All that a plan for an account that is there looks at, worked out once. */
export interface FlvxContext {
  desired: Desired;
  defaults: FlvxDefaults;
  state: FlvxState;
  observed: FlvxAccount;
  user: FlvxUser;
  /** The user's own. */
  permissions: FlvxPermission[];
  forwards: FlvxForward[];
  wants: FlvxWants;
  memo: FlvxMemo;
  last: FlvxMemo | null;
  /** Tunnels of the product; null where they are not known (a light look at a group) or not needed. */
  tunnels: number[] | null;
  /** Tunnels of earlier products: what is left on them is closed, and taken away when no forward is there any more. */
  dropped: number[];
  /** Everything is brought in line, not only quota and restrictions. */
  full: boolean;
  /** Open evidence by kind and target. */
  evidence: Record<keyof typeof EVIDENCE, Map<string, EvidenceRecord>>;
  /** The newest forwards beyond the number that the product sells; none where nobody counts. */
  surplus: ReadonlySet<number>;
}

/** Puts a context together. */
export function contextOf(
  desired: Desired,
  defaults: FlvxDefaults,
  state: FlvxState,
  observed: FlvxAccount,
  user: FlvxUser,
  recalled: Recalled,
  tunnels: number[] | null,
): FlvxContext {
  const { evidence, scope } = desired;
  const full = scope === 'reconcile' || scope === 'order';
  const forwards = observed.forwards.filter((row) => row.userId === user.id);
  return {
    desired,
    defaults,
    state,
    observed,
    user,
    permissions: observed.permissions.filter((row) => row.userId === user.id),
    forwards,
    wants: wantsOf(desired),
    memo: recalled.memo,
    last: recalled.last,
    tunnels,
    dropped: droppedOf(recalled.memo, full ? tunnels : null),
    full,
    evidence: {
      user: evidenceOf(evidence, EVIDENCE.user),
      permission: evidenceOf(evidence, EVIDENCE.permission),
      forward: evidenceOf(evidence, EVIDENCE.forward),
      redirect: evidenceOf(evidence, EVIDENCE.redirect),
      speed: evidenceOf(evidence, EVIDENCE.speed),
    },
    surplus: surplusOf(desired, forwards),
  };
}

/** Tunnels that an earlier product gave and the one in force does not. */
export function droppedOf({ tunnels: before, dropped }: FlvxMemo, tunnels: readonly number[] | null): number[] {
  if (tunnels === null) return dropped;
  return [...new Set([...before, ...dropped])].filter((id) => !tunnels.includes(id));
}

function surplusOf({ product }: Desired, forwards: readonly FlvxForward[]): Set<number> {
  const { enforceMaxForwards, maxForwards } = flvxOf(product);
  if (!enforceMaxForwards) return new Set();
  const oldestFirst = [...forwards].sort((a, b) => a.createdAt - b.createdAt || a.id - b.id);
  return new Set(oldestFirst.slice(maxForwards).map((row) => row.id));
}

/** Has a forward that was shown as paused at the last look carried traffic since? Then it runs, or has open connections. */
export function hasGrown({ last }: Pick<FlvxContext, 'last'>, row: FlvxForward): boolean {
  const before = last?.forwards[row.id];
  return before !== undefined && before.status !== 1 && row.status !== 1 && row.inBytes + row.outBytes > before.bytes;
}

/** May a quota that is lower than what the panel has be written? One that another tool has set stands until the next cycle. */
export function mayLower({ desired, memo }: Pick<FlvxContext, 'desired' | 'memo'>): boolean {
  if (memo.ownQuota || desired.scope === 'order') return true;
  const cycle = cycleOf(desired);
  return memo.firstCycle !== null && cycle !== null && memo.firstCycle !== cycle;
}

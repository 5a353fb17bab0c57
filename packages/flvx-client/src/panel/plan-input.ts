import type { TargetState } from '@sluice/panel-kind';
import { droppedTunnels } from '../account/history/comparison.js';
import {
  type FlvxAccount,
  type FlvxHistory,
  listOwnForwards,
  listOwnPermissions,
  type StoredHistory,
} from '../account/history/history.js';
import type { ObservedHistory } from '../account/history/observed-history.js';
import type { FlvxForward, FlvxPermission, FlvxUser } from '../client/records.js';
import type { ServiceObservation } from './observation.js';
import { toFlvxProduct, type FlvxDefaults } from './product.js';
import { indexEvidence, toRestrictions, type EvidenceIndex, type Restrictions } from './restrictions.js';

/** Input of the plan of an existing account. */
export interface PlanInput {
  target: TargetState;
  defaults: FlvxDefaults;
  state: ServiceObservation;
  account: FlvxAccount;
  user: FlvxUser;
  /** The user's own. */
  permissions: FlvxPermission[];
  /** The user's own. */
  forwards: FlvxForward[];
  restrictions: Restrictions;
  history: FlvxHistory;
  /** The history at the last observation; null where there was none. */
  last: StoredHistory | null;
  /** Tunnels of the product; null where they are unknown (a partial observation and a group) or not needed. */
  tunnels: number[] | null;
  /** Tunnels of the product that the panel does not have. */
  missing: readonly number[];
  /** Tunnels of earlier products: closed while they have a forward, then removed. */
  dropped: number[];
  /** Whether everything is planned, not only quota and restrictions. */
  full: boolean;
  /** Open evidence by kind and target. */
  evidence: EvidenceIndex;
  /** The newest forwards beyond the number of the product; none where that is not enforced. */
  surplus: ReadonlySet<number>;
}

/** Computes the input of the plan of an existing account. */
export function toPlanInput(
  given: Pick<PlanInput, 'target' | 'defaults' | 'state' | 'account' | 'user' | 'tunnels' | 'missing'>,
  { history, last }: ObservedHistory,
): PlanInput {
  const { target, account, tunnels, missing } = given;
  const { evidence, scope } = target;
  const full = scope === 'reconcile' || scope === 'command';
  const forwards = listOwnForwards(account);
  return {
    ...given,
    permissions: listOwnPermissions(account),
    forwards,
    restrictions: toRestrictions(target),
    history,
    last,
    // None is dropped before the product's own are there.
    dropped: droppedTunnels(history, full && missing.length === 0 ? tunnels : null),
    full,
    evidence: indexEvidence(evidence),
    surplus: listSurplus(target, forwards),
  };
}

function listSurplus({ product }: TargetState, forwards: readonly FlvxForward[]): Set<number> {
  const { enforceMaxForwards, maxForwards } = toFlvxProduct(product);
  if (!enforceMaxForwards) return new Set();
  const oldestFirst = [...forwards].sort((a, b) => a.createdAt - b.createdAt || a.id - b.id);
  return new Set(oldestFirst.slice(maxForwards).map((row) => row.id));
}

/** Returns the name of a tunnel; undefined where it is not known. */
export function findTunnelName(
  { account, target }: Pick<PlanInput, 'account' | 'target'>,
  id: string,
): string | undefined {
  // A partial observation may have no tunnels: their names are those of the last full one.
  const { account: seen = null } = (target.checkpoint ?? {}) as { account?: { tunnels: NamedTunnel[] } | null };
  const known: NamedTunnel[] = [...account.tunnels, ...(seen?.tunnels ?? [])];
  return known.find((row) => String(row.id) === id)?.name;
}

type NamedTunnel = { id: number; name: string };

import type { Desired, Plan } from '@sluice/panel-kind';
import type { FlvxContext } from './flvx-context.js';
import { flvxOf } from './flvx-product.js';
import { EVIDENCE } from './flvx-state.js';

/** The panel's ids, as refs of the service. */
export function refsOf({
  full,
  tunnels,
  user,
  permissions,
  observed,
  desired,
}: FlvxContext): Record<string, string | null> {
  if (!full || tunnels === null) return {};
  const permission = permissions.find((row) => row.tunnelId === tunnels[0]);
  const { speedMbit } = flvxOf(desired.product);
  const own = observed.speedLimits.find((row) => row.id === permission?.speedId);
  const speed = speedMbit !== null && own ? String(own.id) : null;
  const id = String(user.id);
  const { refs, ownRefs } = desired.service;
  // Those of an account that was only imported are nobody's need: thousands of them are not written down in one run.
  const noted = desired.scope === 'order' || ownRefs.includes('flvx_user_tunnel_id');
  if (!noted) return refs['flvx_user_id'] === id ? {} : { flvx_user_id: id };
  return {
    // An account that was found by its own name may have another id by now.
    ...(refs['flvx_user_id'] === id ? {} : { flvx_user_id: id }),
    ...(permission === undefined
      ? {}
      : { flvx_tunnel_id: String(permission.tunnelId), flvx_user_tunnel_id: String(permission.id) }),
    speed_limit_id: desired.evidence.some((item) => item.kind === EVIDENCE.speed)
      ? (refs['speed_limit_id'] ?? null)
      : speed,
  };
}

/** Only refs that differ, and none that the operator has set himself. */
export function withRefs(plan: Plan, { service }: Desired, refs: Record<string, string | null>): Plan {
  const changed = Object.entries(refs).filter(([key, value]) => {
    const has = service.refs[key];
    const isOwn = service.ownRefs.includes(key);
    if (key === 'flvx_user_id') return value !== null && (!isOwn || has !== value);
    return (has ?? null) !== value && (has === undefined || isOwn || key === 'flvx_username');
  });
  return changed.length === 0 ? plan : { ...plan, refs: Object.fromEntries(changed) };
}

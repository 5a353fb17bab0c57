import { historyOf } from '../account/account.js';
import type { FlvxAccount } from '../account/index.js';
import { planAccount, type FlvxStep } from '../account/index.js';
import type { FlvxSpeedLimit } from '../index.js';
import type { Desired, ItemError, Plan } from '@sluice/panel-kind';
import { asPlan, EMPTY_PLAN, failing } from './flvx-as-plan.js';
import { contextOf, type FlvxContext } from './flvx-context.js';
import { settleEvidence } from './flvx-evidence.js';
import { recall } from './flvx-memory.js';
import { noticesOf } from './flvx-notices.js';
import { tunnelChoice, tunnelsOf, type FlvxDefaults } from './flvx-product.js';
import { refsOf, withRefs } from './flvx-refs.js';
import { speedPlan } from './flvx-speed.js';
import { EVIDENCE, speedPrior, type FlvxState } from './flvx-state.js';
import { targetOf } from './flvx-target.js';
import { closedByOthers, stoppedBy } from './flvx-words.js';

/** Values, speed, permissions, holds and forwards of an account that is there. */
export function inLine(
  defaults: FlvxDefaults,
  desired: Desired,
  state: FlvxState,
  observed: FlvxAccount,
  first: FlvxStep[],
  setsPassword = false,
): Plan {
  const recalled = recall(desired, observed, state.changes);
  if (recalled === null || observed.user === null) return EMPTY_PLAN;
  const full = desired.scope === 'reconcile' || desired.scope === 'order';
  const chosen = tunnelsOf(
    tunnelChoice(desired.service, desired.product, defaults),
    state.groups,
    desired.service.product,
  );
  if (full && 'problem' in chosen) return failing(chosen.problem);
  const tunnels = 'problem' in chosen ? null : chosen.tunnels;
  const unknown = full && tunnels !== null ? unknownTunnels(tunnels, state) : null;
  if (unknown) return failing(unknown);
  const known = state.light ? withKnownLimits(desired, observed, recalled.memo.speeds) : observed;
  const context = contextOf(desired, defaults, state, known, observed.user, recalled, tunnels);
  const speed = speedPlan(context);
  if (speed.problem) return failing(speed.problem);
  const target = { ...targetOf(context, speed), setsPassword };
  const plan = asPlan([...first, ...planAccount(withMemory(context), target)], context);
  const { settle, moves } = settleEvidence(context, plan.steps);
  const closed = closedByOthers(context, target);
  const notices = noticesOf(context, plan.steps);
  return withRefs(
    {
      ...plan,
      settle,
      moves,
      drift: [...plan.drift, ...closed],
      stops: [...closed, ...stoppedBy(context, target)],
      notices,
    },
    desired,
    refsOf(context),
  );
}

/** What the journal tells of earlier runs joins what this run knows. */
function withMemory({ observed, memo }: FlvxContext): FlvxAccount {
  const history = historyOf(observed);
  const restarted = [...new Set([...history.restarted, ...memo.restarted])];
  return { ...observed, history: { ...history, restarted, unpushed: memo.unpushed } };
}

/** In a light look the speed limits are not read: those of a throttle are taken from its evidence. */
function withKnownLimits(desired: Desired, observed: FlvxAccount, speeds: Record<string, number | null>): FlvxAccount {
  const limits = desired.evidence.flatMap((item): FlvxSpeedLimit[] => {
    const [, tunnel = ''] = item.target.split(':');
    const id = speeds[tunnel] ?? null;
    const { name } = speedPrior(item);
    const speed = Number(/:(\d+)M$/.exec(name)?.[1] ?? 0) as FlvxSpeedLimit['speed'];
    if (item.kind !== EVIDENCE.speed || id === null) return [];
    const { at } = observed;
    return [{ id, name, speed, tunnelId: Number(tunnel), tunnelName: '', status: 1, createdAt: at, updatedAt: null }];
  });
  return { ...observed, speedLimits: limits };
}

/** Tunnels that the panel does not have: it would store permissions for them all the same. */
export function unknownTunnels(tunnels: readonly number[], { observed, light }: FlvxState): ItemError | null {
  if (light) return null;
  const missing = tunnels.filter((id) => !observed.tunnels.some((tunnel) => tunnel.id === id));
  if (missing.length === 0) return null;
  return {
    code: 'unknown_tunnel',
    message: `the panel has no tunnel ${missing.join(', ')}: name tunnels that "sluice tunnel list" shows`,
  };
}

import type { FlvxAccountTarget } from '../account/index.js';
import { historyOf } from '../account/account.js';
import type { FlvxAccount } from '../account/index.js';
import { FlvxRefusedError, planAccount, planEnsureUser, planTerminate } from '../account/index.js';
import { FlvxValueError, UNLIMITED_QUOTA } from '../index.js';
import { type Desired, type ItemError, type Observation, type Plan, sharerIds } from '@sluice/panel-kind';
import { asPlan, EMPTY_PLAN, failing } from './flvx-as-plan.js';
import { calmOf } from './flvx-calm.js';
import { inLine, unknownTunnels } from './flvx-in-line.js';
import {
  expiryOf,
  firstExpiry,
  flvxOf,
  limitKey,
  quotaOf,
  tunnelChoice,
  tunnelsOf,
  type FlvxDefaults,
} from './flvx-product.js';
import { withRefs } from './flvx-refs.js';
import type { FlvxState } from './flvx-state.js';
import { missingAccount } from './flvx-usage.js';

const passwordOnly: FlvxAccountTarget = {
  setsPassword: true,
  permissions: new Map(),
  forwards: new Map(),
  repause: 'pushed',
};

/** Pure: the steps from what the panel shows to what the service should be like. */
export function planFlvx(defaults: FlvxDefaults, desired: Desired, observation: Observation<FlvxState>): Plan {
  const { state } = observation;
  if (state === null) {
    return failing(observation.error ?? { code: 'not_observed', message: 'the panel was not read' });
  }
  if (calmOf(desired, state)) return EMPTY_PLAN;
  try {
    return planned(defaults, desired, state);
  } catch (error) {
    if (error instanceof FlvxRefusedError || error instanceof FlvxValueError) {
      const code = error instanceof FlvxRefusedError ? error.code : 'bad_value';
      return failing({ code, message: error.message });
    }
    throw error;
  }
}

function planned(defaults: FlvxDefaults, desired: Desired, state: FlvxState): Plan {
  const { order } = desired;
  if (order?.verb === 'create') return creating(defaults, desired, state);
  const { observed } = state;
  const { service } = desired;
  const sharedWith = [...new Set([...sharerIds(desired), ...state.sharers])];
  if (sharedWith.length > 0) return failing(sharedAccount(service.id, sharedWith));
  if (order?.verb === 'terminate') {
    const speedKey = limitKey(service, observed.user?.id);
    return asPlan(planTerminate(observed, { speedKey, speedNames: state.madeLimits }), null);
  }
  if (observed.user === null) return withoutAccount(desired);
  if (order?.verb === 'change-password') return asPlan(planAccount(observed, passwordOnly), null);
  return inLine(defaults, desired, state, observed, []);
}

/** An account that should be there and is not; a service that never had one has nothing to bring in line. */
function withoutAccount({ service, holds, evidence, scope }: Desired): Plan {
  const { flvx_user_id: id } = service.refs;
  if (id !== undefined) {
    return failing({ code: 'account_missing', message: missingAccount(service.id, id) });
  }
  const needed = holds.length > 0 || evidence.length > 0 || (scope !== 'hold' && service.status !== 'pending');
  if (!needed) return EMPTY_PLAN;
  return failing({
    code: 'no_account',
    message: `"${service.id}" has no account on the panel yet: "sluice provision create ${service.id}"`,
  });
}

function sharedAccount(service: string, sharedWith: string[]): ItemError {
  return {
    code: 'shared_account',
    message: `"${service}" names the same FLVX user as ${sharedWith.join(', ')}: a user belongs to one service; set flvx_user_id right`,
  };
}

/** The account is made, or taken over where that is proved or ordered; then it is brought in line as any other. */
function creating(defaults: FlvxDefaults, desired: Desired, state: FlvxState): Plan {
  const { service, order } = desired;
  if (order?.verb !== 'create') return EMPTY_PLAN;
  const observed = state.observed.user === null && order.adopt ? (state.adoptable ?? state.observed) : state.observed;
  const { user } = observed;
  if (desired.sharers.length > 0) {
    return failing({
      code: 'account_exists',
      message: `the account that "${service.id}" names on the panel belongs to ${sharerIds(desired).join(', ')}: take another flvx_username or flvx_user_id`,
    });
  }
  if (user === null) return makingAccount(defaults, desired, state, order.adopt);
  const made = service.ownRefs.includes('flvx_user_id') || historyOf(observed).createdUserId === user.id;
  const proved = made || (observed.scope.nameIsOurs === true && observed.scope.name === user.name);
  if (!proved && !order.adopt) {
    return failing({
      code: 'account_exists',
      message: `the panel has the account "${user.name}" (id ${user.id}) of "${service.id}" already, and Sluice did not make it: say --adopt to take it over`,
    });
  }
  const { name, quota, maxForwards, expiresAt, resetDay } = user;
  // With its values as they are, all that is left of it is to take away second accounts of the name.
  const values = { name, quota, maxForwards, expiresAt, resetDay };
  const duplicates = observed.duplicates.length === 0 ? [] : planEnsureUser(observed, values);
  // Only one that was made in an order that was broken off: an account that is taken over keeps its customer's password.
  const setsPassword = order.setPassword && wasMade(desired, observed) && historyOf(observed).createdUserId === null;
  const plan = inLine(defaults, desired, state, observed, duplicates, setsPassword);
  const refs = { flvx_user_id: String(user.id), ...(proved ? {} : { flvx_username: user.name }) };
  return withRefs(plan, desired, { ...refs, ...plan.refs });
}

function wasMade({ recent }: Desired, { scope, user }: FlvxAccount): boolean {
  if (scope.nameIsOurs === true && scope.name === user?.name) return true;
  return recent.some((row) => row.type === 'create-user' && row.calledAt !== null && row.target === user?.name);
}

function makingAccount(defaults: FlvxDefaults, desired: Desired, state: FlvxState, adopt: boolean): Plan {
  const { service, product, now, timeZone } = desired;
  const choice = tunnelsOf(tunnelChoice(service, product, defaults), state.groups, service.product);
  if ('problem' in choice) return failing(choice.problem);
  const unknown = unknownTunnels(choice.tunnels, state);
  if (unknown) return failing(unknown);
  const { maxForwards, resetDay } = flvxOf(product);
  const values = {
    quota: quotaOf(desired, 0) ?? UNLIMITED_QUOTA,
    maxForwards,
    resetDay,
    expiresAt: expiryOf(service, product, timeZone) ?? firstExpiry(product, now),
  };
  const name = service.refs['flvx_username'] ?? '';
  // With the operator's word, two accounts of the name are the reason, not one.
  const scope = { ...state.observed.scope, adopt };
  const make = planEnsureUser({ ...state.observed, scope }, { name, ...values });
  // What follows the account is only shown: it is planned anew when the account is there.
  const follow = planAccount(state.observed, {
    permissions: new Map(choice.tunnels.map((id) => [id, { values, whenNew: { status: 1 } }])),
    forwards: new Map(),
    repause: 'pushed',
  });
  const plan = asPlan([...make, ...follow], null);
  return { ...plan, again: true, counts: true };
}

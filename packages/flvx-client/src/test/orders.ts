import type { FlvxAccount } from '../account/account.js';
import { planAccount } from '../account/plan/plan-account.js';
import { planEnsureUser } from '../account/plan/plan-ensure-user.js';
import { planTerminate } from '../account/plan/plan-removals.js';
import type { FlvxStep } from '../account/plan/step.js';
import { NOWHERE, type FlvxAccountTarget } from '../account/plan/target.js';
import type { FlvxCounters } from '../account/plan/values.js';
import { execute } from '../account/run/execute.js';
import type { FlvxExecution, FlvxRunOptions } from '../account/run/operation.js';
import type { FlvxClient } from '../client/client.js';
import type { FlvxScope } from '../client/observation.js';
import type { GigabytesWhole } from '../client/units.js';

/** An account and what is ordered for it: what the tests of the executor run. */
type Plan = (observed: FlvxAccount) => FlvxStep[];

const ordered =
  <Wanted>(planOf: (wanted: Wanted) => Plan) =>
  (client: FlvxClient, scope: FlvxScope, wanted: Wanted, options?: FlvxRunOptions): Promise<FlvxExecution> =>
    execute(client, { scope, plan: planOf(wanted) }, options);

const blank: FlvxAccountTarget = { permissions: new Map(), forwards: new Map(), repause: 'pushed' };
const own = <Row extends { userId: number }>(rows: readonly Row[], { user }: FlvxAccount): Row[] =>
  rows.filter((row) => row.userId === user?.id);

export const ensureUser = ordered(
  (wanted: Parameters<typeof planEnsureUser>[1]) => (observed) => planEnsureUser(observed, wanted),
);
export const changePassword = ordered(
  (_wanted: object) => (observed) => planAccount(observed, { ...blank, setsPassword: true }),
);
export const terminate = ordered(
  (own: Parameters<typeof planTerminate>[1]) => (observed) => planTerminate(observed, own),
);

/** The user's quota, and that of his permissions on these tunnels (all where none are named). */
export const setQuota = ordered(({ quota, tunnels }: { quota: GigabytesWhole; tunnels?: number[] }) => (observed) => {
  const named = own(observed.permissions, observed).filter(({ tunnelId }) => tunnels?.includes(tunnelId) ?? true);
  const permissions = new Map(named.map(({ tunnelId }) => [tunnelId, { values: { quota } }]));
  return planAccount(observed, { ...blank, user: { quota }, permissions });
});

export const resetCounters = ordered(
  ({ reading }: { reading: FlvxCounters }) =>
    (observed) =>
      planAccount(observed, { ...blank, reset: reading }),
);

/** User and permissions closed, all forwards paused: also those shown as paused, unless `repause` says otherwise. */
export const close = ordered(
  ({ redirect = false, repause = 'all' }: { redirect?: boolean; repause?: 'all' | 'pushed' }) =>
    (observed) => {
      const forward = redirect ? { run: false, remoteAddr: NOWHERE } : { run: false };
      return planAccount(observed, {
        ...blank,
        user: redirect ? {} : { status: 0 },
        permissions: new Map(
          own(observed.permissions, observed).map(({ tunnelId }) => [tunnelId, { values: { status: 0 } }]),
        ),
        forwards: new Map(own(observed.forwards, observed).map(({ id }) => [id, forward])),
        repause,
      });
    },
);

/** User and permissions open, and these forwards started, where they pointed. */
export const open = ordered(
  ({ starts, remoteAddr }: { starts: number[]; remoteAddr?: string }) =>
    (observed) =>
      planAccount(observed, {
        ...blank,
        user: { status: 1 },
        permissions: new Map(
          own(observed.permissions, observed).map(({ tunnelId }) => [tunnelId, { values: { status: 1 } }]),
        ),
        forwards: new Map(
          own(observed.forwards, observed).map(({ id }) => [
            id,
            { ...(remoteAddr === undefined ? {} : { remoteAddr }), ...(starts.includes(id) ? { run: true } : {}) },
          ]),
        ),
        repause: 'all',
      }),
);

export const pauseForwards = ordered(
  ({ ids }: { ids: number[] }) =>
    (observed) =>
      planAccount(observed, {
        ...blank,
        forwards: new Map(ids.map((id) => [id, { run: false }])),
        repause: ids,
      }),
);

export const startForwards = ordered(
  ({ ids }: { ids: number[] }) =>
    (observed) =>
      planAccount(observed, { ...blank, forwards: new Map(ids.map((id) => [id, { run: true }])) }),
);

import type { FlvxAccount } from '../account/history/history.js';
import { planAccount, planTerminate } from '../account/plan/plan-account.js';
import { planEnsureUser } from '../account/plan/plan-ensure-user.js';
import type { FlvxStep, FlvxCounters } from '../account/plan/step.js';
import { NOWHERE, type FlvxAccountTarget } from '../account/plan/target.js';
import type { FlvxStepOutcome } from '../account/run/perform-step.js';
import type { FlvxClient } from '../client/client.js';
import type { FlvxScope } from '../client/observation.js';
import type { GigabytesWhole } from '../client/records.js';
import { carryOut, type Journal } from './carry-out.js';

type Plan = (observed: FlvxAccount) => FlvxStep[];

/** What was done for an account: its last observation, and each step with its outcome. */
export interface Done {
  done: boolean;
  account: FlvxAccount;
  steps: ({ step: FlvxStep } & FlvxStepOutcome)[];
  /** What a repeat would still do. */
  remaining: () => FlvxStep[];
}

export interface OrderOptions {
  password?: string;
  journal?: Partial<Journal>;
}

/** Orders a change of an account as the README shows it. */
const ordered =
  <Wanted>(toPlan: (wanted: Wanted) => Plan) =>
  async (client: FlvxClient, scope: FlvxScope, wanted: Wanted, options: OrderOptions = {}): Promise<Done> => {
    const steps: Done['steps'] = [];
    const plan = toPlan(wanted);
    const { journal, ...rest } = options;
    const { done, account } = await carryOut(client, scope, plan, {
      ...rest,
      journal: {
        planned: async (step) => journal?.planned?.(step),
        ended: async (step, outcome) => {
          steps.push({ step, ...outcome });
          await journal?.ended?.(step, outcome);
        },
      },
    });
    return { done, account, steps, remaining: () => plan(account) };
  };

const blank: FlvxAccountTarget = { permissions: new Map(), forwards: new Map() };
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

/** User and permissions closed, all forwards paused: also those shown as paused, unless `repause` is false. */
export const close = ordered(
  ({ redirect = false, repause = true }: { redirect?: boolean; repause?: boolean }) =>
    (observed) => {
      const forward = redirect ? { run: false, remoteAddr: NOWHERE } : { run: false };
      const ids = own(observed.forwards, observed).map(({ id }) => id);
      return planAccount(observed, {
        ...blank,
        user: redirect ? {} : { status: 0 },
        permissions: new Map(
          own(observed.permissions, observed).map(({ tunnelId }) => [tunnelId, { values: { status: 0 } }]),
        ),
        forwards: new Map(ids.map((id) => [id, forward])),
        ...(repause ? { repause: ids } : {}),
      });
    },
);

/** User and permissions open, and these forwards started, where they pointed. */
export const open = ordered(({ starts, remoteAddr }: { starts: number[]; remoteAddr?: string }) => (observed) => {
  const ids = own(observed.forwards, observed).map(({ id }) => id);
  return planAccount(observed, {
    ...blank,
    user: { status: 1 },
    permissions: new Map(
      own(observed.permissions, observed).map(({ tunnelId }) => [tunnelId, { values: { status: 1 } }]),
    ),
    forwards: new Map(
      ids.map((id) => [
        id,
        { ...(remoteAddr === undefined ? {} : { remoteAddr }), ...(starts.includes(id) ? { run: true } : {}) },
      ]),
    ),
    repause: ids,
  });
});

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

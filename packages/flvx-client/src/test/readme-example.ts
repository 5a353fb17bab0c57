// example
import {
  execute,
  ownLimitName,
  planAccount,
  planEnsureUser,
  planTerminate,
  type FlvxAccountTarget,
  type FlvxRunOptions,
  type FlvxStep,
} from '../account/index.js';
import { createFlvxClient, epochMs, gigabytes, megabits, type FlvxClient, type FlvxOptions } from '../index.js';

export async function provision(
  options: FlvxOptions,
  name: string,
  password: string,
  tunnelId: number,
): Promise<number> {
  const client = createFlvxClient(options);
  const product = { quota: gigabytes(100), maxForwards: 10, expiresAt: epochMs(Date.UTC(2027, 0, 31)), resetDay: 0 };
  const speed = megabits(50);
  const target: FlvxAccountTarget = {
    permissions: new Map([[tunnelId, { values: product, ownSpeed: true, whenNew: { status: 1 } }]]),
    forwards: new Map(),
    limit: { name: ownLimitName(name, speed), speed, tunnelId },
    repause: 'all',
  };
  try {
    // The name is unguessable and was stored before: after a lost answer, the panel shows whether the account was created.
    const scope = { name, nameIsOurs: true };
    const made = await execute(
      client,
      { scope, plan: (account) => planEnsureUser(account, { name, ...product }) },
      { password },
    );
    const userId = made.observed.user?.id;
    if (!made.done || userId === undefined) throw made.error ?? new Error('The account is not made yet. Repeat.');

    const given = await execute(client, { scope: { userId }, plan: (account) => planAccount(account, target) });
    if (!given.done) throw given.error ?? new Error('The permission is not complete yet. Repeat.');
    return userId;
  } finally {
    client.close();
  }
}
// end of example

// journal

export interface Journal {
  planned(id: string): Promise<void>;
  ended(id: string, state: string, problem: string | null): Promise<void>;
}

export async function remove(client: FlvxClient, userId: number, journal: Journal): Promise<boolean> {
  const hooks: FlvxRunOptions['hooks'] = {
    before: (step) => journal.planned(step.id), // the panel is called when this has returned
    after: (step, outcome) => journal.ended(step.id, outcome.state, outcome.error?.message ?? null),
  };
  const result = await execute(client, { scope: { userId }, plan: (account) => planTerminate(account) }, { hooks });
  return result.done; // false: a node was offline, for example; the same call later finishes it
}
// end of journal

// poll

export async function drift(client: FlvxClient, userIds: number[]): Promise<Map<number, FlvxStep[]>> {
  const snapshot = await client.snapshot({ tunnels: true, speedLimits: true }); // five calls, whatever their number
  const user = { quota: gigabytes(100) };
  const target: FlvxAccountTarget = {
    user,
    permissions: new Map(),
    forwards: new Map(),
    repause: 'pushed',
  };
  const wrong = new Map<number, FlvxStep[]>();
  for (const userId of userIds) {
    const steps = planAccount(snapshot.observe({ userId }), target);
    if (steps.length > 0) wrong.set(userId, steps);
  }
  return wrong;
}
// end of poll

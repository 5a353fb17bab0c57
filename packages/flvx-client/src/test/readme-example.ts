// example
import {
  createFlvxClient,
  epochMs,
  execute,
  type FlvxAccountTarget,
  type FlvxClient,
  type FlvxHooks,
  type FlvxOptions,
  type FlvxStep,
  gigabytes,
  megabits,
  ownLimitName,
  planAccount,
  planEnsureUser,
  planTerminate,
} from '../index.js';

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
    common: {},
    repauseDefault: 'all',
  };
  try {
    // The name is unguessable and was stored before: so a lost answer is settled by looking.
    const scope = { name, nameIsOurs: true };
    const account = (observed: Parameters<typeof planEnsureUser>[0]) => planEnsureUser(observed, { name, ...product });
    const made = await execute(client, { scope, plan: account }, { password });
    const userId = made.observed.user?.id;
    if (!made.done || userId === undefined) throw made.error ?? new Error('The account is not made yet. Repeat.');

    const given = await execute(client, { scope: { userId }, plan: (observed) => planAccount(observed, target) });
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
  settled(id: string, state: string, problem: string | null): Promise<void>;
}

export async function remove(client: FlvxClient, userId: number, journal: Journal): Promise<boolean> {
  const hooks: FlvxHooks = {
    before: (step) => journal.planned(step.id), // the panel is called when this has returned
    after: (step, outcome) => journal.settled(step.id, outcome.state, outcome.error?.message ?? null),
  };
  const result = await execute(client, { scope: { userId }, plan: (observed) => planTerminate(observed) }, { hooks });
  return result.done; // false: a node was away, say; the same call later finishes it
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
    common: {},
    repauseDefault: 'pushed',
  };
  const wrong = new Map<number, FlvxStep[]>();
  for (const userId of userIds) {
    const steps = planAccount(snapshot.observe({ userId }), target);
    if (steps.length > 0) wrong.set(userId, steps);
  }
  return wrong;
}
// end of poll

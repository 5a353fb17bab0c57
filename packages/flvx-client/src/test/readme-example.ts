// example
import {
  ownLimitName,
  planAccount,
  planEnsureUser,
  type FlvxAccount,
  type FlvxAccountTarget,
  type FlvxStep,
} from '../account/index.js';
import { createFlvxClient, epochMs, gigabytes, megabits, type FlvxClient, type FlvxOptions } from '../index.js';
import { carryOut, type Journal } from './carry-out.js';

export async function provision(
  options: FlvxOptions,
  journal: Journal,
  { name, password, tunnelId }: { name: string; password: string; tunnelId: number },
): Promise<number> {
  const client = createFlvxClient(options);
  const product = { quota: gigabytes(100), maxForwards: 10, expiresAt: epochMs(Date.UTC(2027, 0, 31)), resetDay: 0 };
  const speed = megabits(50);
  const target: FlvxAccountTarget = {
    permissions: new Map([[tunnelId, { values: product, ownSpeed: true, whenNew: { status: 1 } }]]),
    forwards: new Map(),
    limit: { name: ownLimitName(name, speed), speed, tunnelId },
  };
  const plan = (account: FlvxAccount): FlvxStep[] =>
    account.user === null ? planEnsureUser(account, { name, ...product }) : planAccount(account, target);
  try {
    // The name is unguessable and was stored before: after a lost answer, the panel shows whether the account was created.
    const { done, account } = await carryOut(client, { name, nameIsOurs: true }, plan, { journal, password });
    if (!done || account.user === null) throw new Error('The account is not complete yet. Repeat.');
    return account.user.id;
  } finally {
    client.close();
  }
}
// end of example

// poll

export async function drift(client: FlvxClient, userIds: number[]): Promise<Map<number, FlvxStep[]>> {
  const snapshot = await client.snapshot({ tunnels: true, speedLimits: true }); // five calls, whatever their number
  const target: FlvxAccountTarget = { user: { quota: gigabytes(100) }, permissions: new Map(), forwards: new Map() };
  const wrong = new Map<number, FlvxStep[]>();
  for (const userId of userIds) {
    const steps = planAccount(snapshot.observe({ userId }), target);
    if (steps.length > 0) wrong.set(userId, steps);
  }
  return wrong;
}
// end of poll

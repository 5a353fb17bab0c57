// example
import {
  createFlvxClient,
  ensurePermission,
  ensureUser,
  gigabytes,
  epochMs,
  megabits,
  type FlvxOptions,
} from '../index.js';

export async function provision(
  options: FlvxOptions,
  name: string,
  password: string,
  tunnels: number[],
): Promise<number> {
  const client = createFlvxClient(options);
  const product = {
    quota: gigabytes(100),
    maxForwards: 10,
    expiresAt: epochMs(Date.UTC(2027, 0, 31)),
    resetDay: 0,
  };
  try {
    // The name is unguessable and was stored before: so a lost answer is settled by looking.
    const made = await ensureUser(client, { name, nameIsOurs: true }, { name, ...product }, { password });
    const userId = made.observed.user?.id;
    if (!made.done || userId === undefined) throw made.error ?? new Error('The account is not made yet. Repeat.');

    const given = await ensurePermission(
      client,
      { userId, name, nameIsOurs: true },
      { ...product, tunnels, speed: { kind: 'own', key: name, speed: megabits(50) } },
    );
    if (!given.done) throw given.error ?? new Error('The permissions are not complete yet. Repeat.');
    return userId;
  } finally {
    client.close();
  }
}
// end of example

// holds
import { resume, suspend, type FlvxClient, type FlvxEvidence, type FlvxHooks } from '../index.js';

export interface Journal {
  planned(id: string): Promise<void>;
  settled(id: string, state: string, problem: string | null): Promise<void>;
  evidence: FlvxEvidence | null;
}

export async function switchOff(client: FlvxClient, userId: number, journal: Journal): Promise<boolean> {
  const hooks: FlvxHooks = {
    evidence(evidence) {
      journal.evidence = evidence; // stored before anything is done
    },
    before: (step) => journal.planned(step.id),
    after: (step, outcome) => journal.settled(step.id, outcome.state, outcome.error?.message ?? null),
  };
  const hold = { mode: 'redirect', closeUser: true } as const;
  const result = await suspend(client, { userId }, { hold, evidence: journal.evidence }, { hooks });
  return result.done; // false: a node was away, say; the same call later finishes it
}

export async function switchOn(client: FlvxClient, userId: number, journal: Journal): Promise<boolean> {
  if (journal.evidence === null) return true; // nothing of ours to undo
  const result = await resume(client, { userId }, { evidence: journal.evidence });
  return result.done;
}
// end of holds

// poll
import { planSetQuota, planSuspend, type FlvxStep } from '../index.js';

export async function drift(
  client: FlvxClient,
  accounts: { userId: number; held: FlvxEvidence | null }[],
): Promise<Map<number, FlvxStep[]>> {
  const snapshot = await client.snapshot({ tunnels: true, speedLimits: true }); // five calls, whatever their number
  const wrong = new Map<number, FlvxStep[]>();
  for (const { userId, held } of accounts) {
    const observed = snapshot.observe({ userId });
    const hold = { mode: 'pause', closeUser: false } as const;
    const steps =
      held === null
        ? planSetQuota(observed, { quota: gigabytes(100) })
        : planSuspend(observed, { hold, evidence: held, repause: 'pushed' });
    if (steps.length > 0) wrong.set(userId, steps);
  }
  return wrong;
}
// end of poll

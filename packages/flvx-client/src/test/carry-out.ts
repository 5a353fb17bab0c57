// loop
import {
  isStepReady,
  performStep,
  type FlvxAccount,
  type FlvxClient,
  type FlvxScope,
  type FlvxStep,
  type FlvxStepOutcome,
} from '../account/index.js';

export interface Journal {
  planned(step: FlvxStep): Promise<void>; // the panel is called when this has returned
  ended(step: FlvxStep, outcome: FlvxStepOutcome): Promise<void>;
}

/** Performs what `plan` returns until nothing is left; not done: a step failed, and the same call later continues. */
export function carryOut(
  client: FlvxClient,
  scope: FlvxScope,
  plan: (account: FlvxAccount) => FlvxStep[],
  { journal, password = null }: { journal: Journal; password?: string | null },
): Promise<{ done: boolean; account: FlvxAccount }> {
  return client.alone(scope.name ?? String(scope.userId), async () => {
    let account: FlvxAccount = await client.observe(scope);
    for (let round = 1; round <= 5; round += 1) {
      const steps = plan(account);
      if (steps.length === 0) return { done: true, account };
      const undone = new Set<string>();
      for (const step of steps) {
        if (!isStepReady(step)) break; // planned again when the steps before have created what it needs
        if (step.needs.some((id) => undone.has(id))) {
          undone.add(step.id);
          continue;
        }
        const calling = (): Promise<void> => journal.planned(step);
        const outcome = await performStep(client, account, step, { password, calling });
        await journal.ended(step, outcome);
        account = outcome.account;
        if (outcome.state === 'failed' || outcome.state === 'in-doubt') undone.add(step.id);
      }
      if (undone.size > 0) break;
      const userId = account.user?.id ?? scope.userId ?? null;
      account = { ...(await client.observe({ ...scope, userId })), history: account.history };
    }
    return { done: false, account };
  });
}
// end of loop

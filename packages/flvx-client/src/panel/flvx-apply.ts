import type { FlvxStepOutcome } from '../account/index.js';
import { observeAccount, historyOf } from '../account/account.js';
import type { FlvxAccount } from '../account/index.js';
import { execute, type FlvxStep } from '../account/index.js';
import type { FlvxClient, FlvxScope } from '../index.js';
import type { ServiceRecord } from '@sluice/quota-core';
import { type ApplyContext, type Clock, isoNow, itemErrorOf, type Step, type StepOutcome } from '@sluice/panel-kind';
import { refsAfter, zeroes } from './flvx-settle.js';
import { flvxStepOf, type FlvxPayload } from './flvx-step.js';

/** How a step ended, and the account as it was read afterwards. */
export interface Applied {
  outcome: StepOutcome;
  observed: FlvxAccount;
}

/** One step by the library's executor: the call, the read-back, the waits after a lost answer. */
export async function applyFlvx(
  client: FlvxClient,
  clock: Clock,
  service: ServiceRecord,
  scope: FlvxScope,
  before: FlvxAccount,
  step: Step,
  context: ApplyContext,
): Promise<Applied> {
  const flvxStep = flvxStepOf(step);
  let observed = before;
  if (flvxStep.type === 'reset-user') {
    // The panel does not tell what it zeroes: what has grown since the reading is read directly before.
    try {
      observed = await observeAccount(client, scope, historyOf(before), {
        tag: service.id,
        since: before,
        parts: ['user', 'quotas'],
      });
    } catch (error) {
      return { outcome: { state: 'failed', observed: null, error: itemErrorOf(error) }, observed };
    }
  }
  const counters = observed.user;
  let planned = false;
  const once = () => {
    const steps = planned ? [] : [flvxStep];
    planned = true;
    return steps;
  };
  const result = await execute(
    client,
    { scope, plan: once },
    {
      observed,
      tag: service.id,
      password: step.needsPassword === true ? context.password : null,
      hooks: { before: () => context.calling() },
    },
  );
  const [done] = result.steps;
  if (done === undefined) {
    const error = itemErrorOf(result.error ?? { code: 'not_done', message: `${flvxStep.id} was not done` });
    return { outcome: { state: 'failed', observed: null, error }, observed: result.observed };
  }
  const outcome = outcomeOf(done, step);
  if (outcome.state !== 'applied') return { outcome, observed: result.observed };
  const zeroed = {
    at: isoNow(clock),
    inBytes: flvxStep.type === 'reset-user' ? (counters?.inBytes ?? null) : null,
    outBytes: flvxStep.type === 'reset-user' ? (counters?.outBytes ?? null) : null,
  };
  return {
    outcome: {
      ...outcome,
      refs: ownRefs(service, {
        ...refsAfter(flvxStep, result.observed.user?.id ?? null),
        ...limitGone(service, flvxStep),
      }),
      ...(zeroes(flvxStep) ? { zeroed } : {}),
    },
    observed: result.observed,
  };
}

function outcomeOf({ state, error, observed }: FlvxStepOutcome, step: Step): StepOutcome {
  const { begins } = step.payload as FlvxPayload;
  if (state === 'in-doubt') {
    const message = error === null ? `whether ${step.type} ${step.target} was done is not known` : error.message;
    return { state, observed, error: { code: 'outcome_unknown', message } };
  }
  if (state === 'failed') return { state, observed, error };
  // It was planned while it was not so: that the panel says "already so" does not make it somebody else's.
  return { state: 'applied', observed, error: null, begins };
}

function limitGone({ refs }: ServiceRecord, step: FlvxStep): Record<string, null> {
  const isOurs = step.type === 'delete-speed-limit' && step.target === refs['speed_limit_id'];
  return isOurs ? { speed_limit_id: null } : {};
}

/** What the operator has mapped himself stays. */
function ownRefs(service: ServiceRecord, refs: Record<string, string | null>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(refs).filter(
      ([key, value]) => value !== null || key === 'flvx_user_id' || service.ownRefs.includes(key),
    ),
  );
}

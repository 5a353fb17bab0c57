import type { FlvxClient } from '../client.js';
import type { FlvxScope } from '../plan/observation.js';
import type {
  FlvxChangePackageWanted,
  FlvxChangePasswordWanted,
  FlvxEnsurePermissionWanted,
  FlvxEnsureUserWanted,
  FlvxRenewWanted,
  FlvxResetCountersWanted,
  FlvxResumeWanted,
  FlvxSetQuotaWanted,
  FlvxSuspendWanted,
  FlvxTerminateWanted,
} from '../plan/wanted.js';
import { execute } from '../run/execute.js';
import type { FlvxRunOptions } from '../run/operation.js';
import type { FlvxExecution } from '../run/outcome.js';
import { planChangePackage } from './change-package.js';
import { planEnsurePermission } from './ensure-permission.js';
import { planEnsureUser } from './ensure-user.js';
import { planRenew } from './renew.js';
import { planResume } from './resume.js';
import { planChangePassword, planResetCounters, planSetQuota, planTerminate } from './small-plans.js';
import { planSuspend, suspendEvidence } from './suspend.js';

type Run<Wanted> = (
  client: FlvxClient,
  scope: FlvxScope,
  wanted: Wanted,
  options?: FlvxRunOptions,
) => Promise<FlvxExecution>;

/** `planEnsureUser`, executed. `options.password` is the new account's. */
export const ensureUser: Run<FlvxEnsureUserWanted> = (client, scope, wanted, options) =>
  execute(client, { scope, plan: (observed) => planEnsureUser(observed, wanted) }, options);

/** `planEnsurePermission`, executed. */
export const ensurePermission: Run<FlvxEnsurePermissionWanted> = (client, scope, wanted, options) =>
  execute(client, { scope, plan: (observed) => planEnsurePermission(observed, wanted) }, options);

/** `planSuspend`, executed. The evidence comes through the hook before anything is done, and stands in the result. */
export const suspend: Run<FlvxSuspendWanted> = (client, scope, wanted, options) =>
  execute(
    client,
    {
      scope,
      plan: (observed, evidence) => planSuspend(observed, { ...wanted, evidence: evidence ?? wanted.evidence }),
      evidence: (observed, known) => suspendEvidence(observed, { ...wanted, evidence: known ?? wanted.evidence }),
    },
    options,
  );

/** `planResume`, executed. */
export const resume: Run<FlvxResumeWanted> = (client, scope, wanted, options) =>
  execute(client, { scope, plan: (observed) => planResume(observed, wanted) }, options);

/** `planRenew`, executed. */
export const renew: Run<FlvxRenewWanted> = (client, scope, wanted, options) =>
  execute(client, { scope, plan: (observed) => planRenew(observed, wanted) }, options);

/** `planChangePackage`, executed. */
export const changePackage: Run<FlvxChangePackageWanted> = (client, scope, wanted, options) =>
  execute(client, { scope, plan: (observed) => planChangePackage(observed, wanted) }, options);

/** `planChangePassword`, executed. `options.password` is the new one; a login with it tells whether it is set already. */
export const changePassword: Run<FlvxChangePasswordWanted> = (client, scope, wanted, options) =>
  execute(client, { scope, plan: (observed) => planChangePassword(observed, wanted) }, options);

/** `planTerminate`, executed. */
export const terminate: Run<FlvxTerminateWanted> = (client, scope, wanted, options) =>
  execute(client, { scope, plan: (observed) => planTerminate(observed, wanted) }, options);

/** `planSetQuota`, executed. */
export const setQuota: Run<FlvxSetQuotaWanted> = (client, scope, wanted, options) =>
  execute(client, { scope, plan: (observed) => planSetQuota(observed, wanted) }, options);

/** `planResetCounters`, executed. */
export const resetCounters: Run<FlvxResetCountersWanted> = (client, scope, wanted, options) =>
  execute(client, { scope, plan: (observed) => planResetCounters(observed, wanted) }, options);

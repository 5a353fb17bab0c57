import { isPanelError } from '@sluice/panel-http';
import type { FlvxCallOptions, FlvxClient } from '../../client/client.js';
import { serviceMissingCode } from '../../client/http/parse-failure.js';
import type { FlvxStep, FlvxStepOf } from '../plan/step.js';
import { FlvxRefusedError } from '../refused-error.js';
import { FlvxNotInForceError } from './call-end.js';

type Client = Pick<FlvxClient, 'users' | 'permissions' | 'forwards' | 'speedLimits'>;

/** Makes the step's call. It resolves when the panel said yes, which proves nothing: read back. */
export async function performStep(
  client: Client,
  step: FlvxStep,
  options: FlvxCallOptions & { password?: string | null },
): Promise<void> {
  const { password = null, ...call } = options;
  switch (step.type) {
    case 'create-user':
      await client.users.create(step.payload, needed(step, password), call);
      return;
    case 'update-user': {
      const { userId, changes, setsPassword } = step.payload;
      const secret = setsPassword ? needed(step, password) : null;
      await client.users.update(userId, changes, secret, { ...call, knownAs: step.prior.user.name });
      return;
    }
    case 'reset-user':
      await client.users.reset(step.payload.userId, call);
      return;
    case 'delete-user':
      await client.users.delete(step.payload.userId, call);
      return;
    case 'assign-tunnel': {
      const { userId, tunnelId, values, speedName } = step.payload;
      if (userId === null || speedName !== null) throw notReady(step);
      await client.permissions.assign(userId, tunnelId, values, call);
      return;
    }
    case 'redeploy-forwards':
      await redeploy(client, step, call);
      return;
    case 'remove-tunnel':
      await client.permissions.delete(step.payload.permissionId, call);
      return;
    case 'create-speed-limit':
      await client.speedLimits.create(step.payload, call);
      return;
    case 'delete-speed-limit':
      await client.speedLimits.delete(step.payload.limitId, call);
      return;
    case 'pause-forward':
      await pause(client, step, call);
      return;
    case 'resume-forward':
      await orAfterRedeploy(client, step.payload.forwardId, call, () =>
        client.forwards.resume(step.payload.forwardId, call),
      );
      return;
    case 'delete-forward':
      await client.forwards.delete(step.payload.forwardId, call);
      return;
    default:
      await client.forwards.update(step.payload.forwardId, { remoteAddr: step.payload.remoteAddr }, call);
  }
}

/** The panel pushes one forward after the other within one answer, and cuts that after 30 s: few at a time. */
const redeployedAtOnce = 10;

async function redeploy(
  client: Client,
  { payload }: FlvxStepOf<'redeploy-forwards'>,
  call: FlvxCallOptions,
): Promise<void> {
  const { tunnelId, forwardIds } = payload;
  let failures = 0;
  for (let from = 0; from < forwardIds.length; from += redeployedAtOnce) {
    const { failed } = await client.forwards.redeployMany(forwardIds.slice(from, from + redeployedAtOnce), call);
    failures += failed;
  }
  if (failures > 0) throw new FlvxNotInForceError(tunnelId, failures, forwardIds);
}

async function pause(client: Client, step: FlvxStepOf<'pause-forward'>, call: FlvxCallOptions): Promise<void> {
  const { forwardId, entryNodes, purpose } = step.payload;
  const once = (): Promise<void> => client.forwards.pause(forwardId, call);
  if (step.prior.status === 0 && entryNodes <= 1) {
    try {
      await once();
    } catch (error) {
      // Shown as paused, and its only node does not know it: nothing runs, as intended.
      if (!isServiceMissing(error)) throw error;
    }
    return;
  }
  try {
    await orAfterRedeploy(client, forwardId, call, once);
  } catch (error) {
    // The deletion that follows removes what is left of it.
    if (purpose !== 'delete' || !isServiceMissing(error)) throw error;
  }
}

/**
 * A node that lost the service, or one of several that never got it, makes the whole call fail: the service is pushed again and
 * the call repeated (docs/panels/flvx.md, H7).
 */
async function orAfterRedeploy(
  client: Client,
  forwardId: number,
  call: FlvxCallOptions,
  control: () => Promise<void>,
): Promise<void> {
  try {
    await control();
  } catch (error) {
    if (!isServiceMissing(error)) throw error;
    const { failed } = await client.forwards.redeployMany([forwardId], call);
    if (failed > 0) throw error;
    await control();
  }
}

function isServiceMissing(error: unknown): boolean {
  return isPanelError(error) && error.panelCode === serviceMissingCode;
}

function needed(step: FlvxStep, password: string | null): string {
  if (password !== null) return password;
  throw new FlvxRefusedError('step_not_ready', `The step ${step.id} sets a password and was given none. Give one.`);
}

function notReady(step: FlvxStep): FlvxRefusedError {
  return new FlvxRefusedError(
    'step_not_ready',
    `The step ${step.id} waits for what an earlier step makes. Plan again from a new observation.`,
  );
}

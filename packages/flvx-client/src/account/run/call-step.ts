import { isPanelError } from '@sluice/panel-http';
import type { FlvxCallOptions, FlvxClient } from '../../client/client.js';
import { serviceMissingCode } from '../../client/http/api.js';
import { isStepReady, type FlvxStep, type FlvxStepOf } from '../plan/step.js';
import { FlvxRefusedError } from '../refused-error.js';

type Client = Pick<FlvxClient, 'users' | 'permissions' | 'forwards' | 'speedLimits'>;

/** Makes the step's call. It resolves when the panel accepted the call, which proves nothing: read back. */
export async function callStep(
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
      return client.users.update(userId, changes, secret, { ...call, knownAs: step.prior.user.name });
    }
    case 'reset-user':
      return client.users.reset(step.payload.userId, call);
    case 'delete-user':
      return client.users.remove(step.payload.userId, call);
    case 'assign-tunnel': {
      const { userId, tunnelId, values } = step.payload;
      if (userId === null || !isStepReady(step)) throw notReady(step);
      return client.permissions.assign(userId, tunnelId, values, call);
    }
    case 'redeploy-forwards':
      return redeploy(client, step, call);
    case 'remove-tunnel':
      return client.permissions.remove(step.payload.permissionId, call);
    case 'create-speed-limit':
      await client.speedLimits.create(step.payload, call);
      return;
    case 'delete-speed-limit':
      return client.speedLimits.remove(step.payload.limitId, call);
    case 'pause-forward':
      return pause(client, step, call);
    case 'resume-forward':
      return orAfterRedeploy(client, step.payload.forwardId, call, () =>
        client.forwards.resume(step.payload.forwardId, call),
      );
    case 'delete-forward':
      return client.forwards.remove(step.payload.forwardId, call);
    default:
      return client.forwards.update(step.payload.forwardId, { remoteAddr: step.payload.remoteAddr }, call);
  }
}

/** The panel pushes one forward after the other, and cuts its answer off after 30 s. */
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
  const { forwardId, entryNodes, withoutPermission, purpose } = step.payload;
  const once = (): Promise<void> => client.forwards.pause(forwardId, call);
  if (step.prior.status === 0 && entryNodes <= 1 && withoutPermission !== true) {
    try {
      await once();
    } catch (error) {
      // Its only node does not know the forward: nothing runs, as intended.
      if (!isServiceMissing(error)) throw error;
    }
    return;
  }
  try {
    await orAfterRedeploy(client, forwardId, call, once);
  } catch (error) {
    // The deletion that follows removes the rest.
    if (purpose !== 'delete' || !isServiceMissing(error)) throw error;
  }
}

/**
 * Pushes the service again and repeats the call when one of the nodes does not have the service, which makes the whole call fail
 * (docs/panels/flvx.md, H7).
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
  throw new FlvxRefusedError('step_not_ready', `The step ${step.id} sets a password, and none was passed. Pass one.`);
}

function notReady(step: FlvxStep): FlvxRefusedError {
  const message = `The step ${step.id} needs an object that an earlier step creates. Plan again from a new observation.`;
  return new FlvxRefusedError('step_not_ready', message);
}

/**
 * How a call ended.
 * - `ok`: the panel accepted it.
 * - `no`: the panel refused it.
 * - `broken`: the panel's database failed: a repeat may help.
 * - `lost`: the outcome is unknown.
 * - `unsent`: it was not done, and the next call would fail too.
 * - `turned-away`: the same by an answer, which a proxy may also send when the panel has done it.
 */
type CallEnd = 'ok' | 'no' | 'broken' | 'lost' | 'unsent' | 'turned-away';

const turnedAway = new Set(['PANEL_FORBIDDEN', 'PANEL_RATE_LIMITED']);
const unsent = new Set(['PANEL_AUTH', 'PANEL_CIRCUIT_OPEN', 'PANEL_UNREACHABLE', 'PANEL_TIMEOUT', 'PANEL_UNREADABLE']);

/** Classifies how a call ended, by its error. Pure. */
export function toCallEnd(error: unknown): CallEnd {
  if (error === null) return 'ok';
  // Nodes were pushed before the refusal: some of them may run paused forwards.
  if (error instanceof FlvxNotInForceError) return 'no';
  if (!isPanelError(error)) return 'unsent';
  if (error.outcomeUnknown) return 'lost';
  if (turnedAway.has(error.code)) return 'turned-away';
  if (unsent.has(error.code)) return 'unsent';
  return error.code === 'PANEL_SERVER_ERROR' ? 'broken' : 'no';
}

/** Whether the step's call may be repeated. A second create would create a second object. */
export function isRepeatable(step: FlvxStep): boolean {
  return step.type !== 'create-user' && step.type !== 'create-speed-limit';
}

/** Returns the error for the journal. */
export function toStepError(step: FlvxStep, error: unknown): { code: string; message: string } {
  if (isPanelError(error)) {
    if (error.panelCode !== serviceMissingCode) return { code: error.code, message: error.message };
    return {
      code: 'out_of_reach',
      message:
        `${error.message} The panel can't reach a service of this forward on the node, even after a redeploy: a service of a ` +
        `removed permission may hold the port. Delete the forward; the service stops with the node's next report.`,
    };
  }
  const { code, message } = error as { code?: unknown; message?: unknown };
  return {
    code: typeof code === 'string' ? code : 'unexpected',
    message: typeof message === 'string' ? message : `The step ${step.id} failed for an unknown reason.`,
  };
}

/** Returns the error of a step that the panel accepted without effect. */
export function notEffective(step: FlvxStep): { code: string; message: string } {
  return {
    code: 'not_effective',
    message: `The panel accepted ${step.id} but does not show its effect. Check the panel's log and repeat.`,
  };
}

/** The panel stored a speed that nodes did not accept. */
export class FlvxNotInForceError extends Error {
  readonly code = 'speed_not_in_force';

  constructor(
    tunnelId: number,
    failed: number,
    readonly forwardIds: readonly number[],
  ) {
    super(
      `The nodes of tunnel ${tunnelId} did not accept the speed of ${failed} of the forwards ${forwardIds.join(', ')}. ` +
        'Redeploy them when the nodes are online.',
    );
    this.name = 'FlvxNotInForceError';
  }
}

import { isPanelError } from '@sluice/panel-http';
import { serviceMissingCode } from '../../client/http/parse-failure.js';
import type { FlvxStep } from '../plan/step.js';

/** How a call ended. */
export interface CallEnd {
  /**
   * - `ok`: the panel accepted it.
   * - `no`: the panel refused it, or its database failed.
   * - `lost`: the outcome is unknown.
   * - `unsent`: it was not done, and the next call would fail too.
   * - `turned-away`: the same by an answer, which a proxy may also send when the panel has done it.
   */
  kind: 'ok' | 'no' | 'lost' | 'unsent' | 'turned-away';
  error: unknown;
  /** The panel's database failed: a repeat may help. */
  transient: boolean;
}

const turnedAway = new Set(['PANEL_FORBIDDEN', 'PANEL_RATE_LIMITED']);
const unsent = new Set(['PANEL_AUTH', 'PANEL_CIRCUIT_OPEN', 'PANEL_UNREACHABLE', 'PANEL_TIMEOUT', 'PANEL_UNREADABLE']);

/** Classifies how a call ended, by its error. Pure. */
export function toCallEnd(error: unknown): CallEnd {
  if (error === null) return { kind: 'ok', error, transient: false };
  // Nodes were pushed before the refusal: some of them may run paused forwards.
  if (error instanceof FlvxNotInForceError) return { kind: 'no', error, transient: false };
  if (!isPanelError(error)) return { kind: 'unsent', error, transient: false };
  if (error.outcomeUnknown) return { kind: 'lost', error, transient: false };
  if (turnedAway.has(error.code)) return { kind: 'turned-away', error, transient: false };
  if (unsent.has(error.code)) return { kind: 'unsent', error, transient: false };
  return { kind: 'no', error, transient: error.code === 'PANEL_SERVER_ERROR' };
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

  constructor(tunnelId: number, failed: number, forwardIds: readonly number[]) {
    super(
      `The nodes of tunnel ${tunnelId} did not accept the speed of ${failed} of the forwards ${forwardIds.join(', ')}. ` +
        'Redeploy them when the nodes are online.',
    );
    this.name = 'FlvxNotInForceError';
  }
}

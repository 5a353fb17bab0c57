/** The panel has written a speed, and nodes did not take it. */
import { isPanelError } from '@sluice/panel-http';
import { serviceMissingCode } from '../../client/http/parse-failure.js';
import type { FlvxStep } from '../plan/step.js';

/** How a call ended, for what follows from it. */
export interface CallEnd {
  /**
   * - `ok`: the panel said yes,
   * - `no`: it said no, or its database failed,
   * - `lost`: nobody knows,
   * - `unsent`: it was certainly not done, and the next call would fare no better.
   */
  kind: 'ok' | 'no' | 'lost' | 'unsent';
  error: unknown;
  /** Its database failed: a repeat may help. */
  transient: boolean;
}

/** The panel is well, one of its nodes is not: the transport's advice for a refusal would be wrong. */
const nodeTrouble = new Set<unknown>(['node_offline', 'node_timeout', 'node_gone', 'node_failed']);
const noRepeat = /Mend what the panel objects to; repeating does not help\.$/;

const hopeless = new Set(['PANEL_AUTH', 'PANEL_FORBIDDEN', 'PANEL_CIRCUIT_OPEN', 'PANEL_RATE_LIMITED']);

/** Pure. */
export function toCallEnd(error: unknown): CallEnd {
  if (error === null) return { kind: 'ok', error, transient: false };
  // It was said after the nodes were pushed: some of them may run what was paused.
  if (error instanceof FlvxNotInForceError) return { kind: 'no', error, transient: false };
  if (!isPanelError(error)) return { kind: 'unsent', error, transient: false };
  if (error.outcomeUnknown) return { kind: 'lost', error, transient: false };
  const broken =
    error.code === 'PANEL_UNREACHABLE' || error.code === 'PANEL_TIMEOUT' || error.code === 'PANEL_UNREADABLE';
  if (broken || hopeless.has(error.code)) return { kind: 'unsent', error, transient: false };
  return { kind: 'no', error, transient: error.code === 'PANEL_SERVER_ERROR' };
}

/** May the step's call be made twice? Creates may not: the second makes a second object. */
export function isRepeatable(step: FlvxStep): boolean {
  return step.type !== 'create-user' && step.type !== 'create-speed-limit';
}

/** An error for the journal. */
export function toStepError(step: FlvxStep, error: unknown): { code: string; message: string } {
  if (isPanelError(error)) {
    if (nodeTrouble.has(error.panelCode)) {
      return { code: error.code, message: error.message.replace(noRepeat, 'Repeat it when the node is back.') };
    }
    if (error.panelCode !== serviceMissingCode) return { code: error.code, message: error.message };
    return {
      code: 'out_of_reach',
      message:
        `${error.message} The node has no service of this forward that the panel can reach, also after it was pushed again: ` +
        `the port may be held by a service of a permission that was removed. Delete the forward; the node's next report ends it.`,
    };
  }
  const { code, message } = error as { code?: unknown; message?: unknown };
  return {
    code: typeof code === 'string' ? code : 'unexpected',
    message: typeof message === 'string' ? message : `The step ${step.id} failed for a reason that it did not tell.`,
  };
}

/** The panel said yes and shows nothing of it. */
export function notEffective(step: FlvxStep): { code: string; message: string } {
  return {
    code: 'not_effective',
    message: `The panel answered yes to ${step.id} and does not show it. Look into the panel's log and repeat.`,
  };
}

/** The panel stored a speed that nodes did not accept. */
export class FlvxNotInForceError extends Error {
  readonly code = 'speed_not_in_force';

  constructor(tunnelId: number, failed: number, forwardIds: readonly number[]) {
    super(
      `The nodes of tunnel ${tunnelId} did not take the speed of ${failed} of the forwards ${forwardIds.join(', ')}. ` +
        'Redeploy them when the nodes are back.',
    );
    this.name = 'FlvxNotInForceError';
  }
}

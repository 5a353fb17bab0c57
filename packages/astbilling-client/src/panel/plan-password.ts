import { type ItemError, mayBeDone, type Step, type TargetState } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/quota-core';
import type { Subscriber } from '@sluice/quota-core/telephony';
import type { LineSystem } from '../account/system.js';
import { type CreatePayload, isOwn } from './apply.js';
import { changesPasswords } from './lacks.js';
import { toStep } from './steps.js';

/** Returns the step that sets the password of the command. */
export function passwordStep(id: string): Step {
  const payload = { id, changes: {}, prior: {}, password: true };
  return { ...toStep({ type: 'update-subscriber', target: id, payload }), needsPassword: true };
}

/**
 * Plans another password for a line that an interrupted creation made, since nobody knows the one that it set. Where the system can't
 * change it, only an adoption leaves the line as it is.
 */
export function planLostPassword(
  system: LineSystem,
  target: TargetState,
  line: Subscriber,
): { steps: Step[]; problem: ItemError | null } {
  const { command, service } = target;
  if (command?.verb !== 'create' || !command.setPassword || !wasMadeBefore(target, line)) {
    return { steps: [], problem: null };
  }
  if (changesPasswords(system)) return { steps: [passwordStep(line.id)], problem: null };
  if (command.adopt) return { steps: [], problem: null };
  const file = command.passwordFile ?? null;
  const password = file === null ? 'a password that nobody knows' : `the password in ${file}`;
  const removal = 'remove the line on the panel, so that the next creation makes another one';
  const remedy = file === null ? removal : `adopt the line with that password, or ${removal}`;
  const message = `an interrupted creation made line ${line.id} of "${service.id}" with ${password}, and the profile can't change it: ${remedy}`;
  return { steps: [], problem: { code: 'password_unknown', message } };
}

function wasMadeBefore({ command, recent }: TargetState, line: Subscriber): boolean {
  const earlier = command?.verb === 'create' ? (command.earlier ?? []) : [];
  if (!earlier.some((row) => mayHaveMade(row, line))) return false;
  const known = new Set(earlier.map(({ id }) => id));
  return !recent.some((row) => !known.has(row.id) && row.state === 'applied' && mayHaveMade(row, line));
}

/** Returns the id of the line that a creation has made; where its answer was lost, by a line that may be it. */
export function findMadeLine(action: ActionRecord, line?: Subscriber): string | null {
  const { type, state, observed } = action;
  if (type !== 'create-subscriber') return null;
  const { id } = (observed ?? {}) as { id?: string };
  if (id !== undefined) return state === 'applied' ? id : null;
  // The line may have ended since.
  return line !== undefined && mayHaveMade(action, { ...line, status: 'active' }) ? line.id : null;
}

function mayHaveMade(action: ActionRecord, line: Subscriber): boolean {
  const { type, observed, payload } = action;
  if (type !== 'create-subscriber' || !mayBeDone(action)) return false;
  const { id } = (observed ?? {}) as { id?: string };
  if (id !== undefined) return id === line.id;
  const { values } = (payload as { payload: CreatePayload }).payload;
  return isOwn(line, values);
}

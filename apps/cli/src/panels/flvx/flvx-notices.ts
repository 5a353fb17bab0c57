import type { Plan, Step } from '../panel.js';
import { hasGrown, type FlvxContext } from './flvx-context.js';
import { flvxOf } from './flvx-product.js';
import type { FlvxPayload } from './flvx-step.js';

/** Forwards that run again while they should be paused, and those that are one too many. */
export function noticesOf(context: FlvxContext, steps: readonly Step[]): NonNullable<Plan['notices']> {
  const { desired, forwards, wants, evidence, surplus } = context;
  const { id } = desired.service;
  const notices: NonNullable<Plan['notices']> = [];
  for (const step of steps.filter((one) => one.type === 'pause-forward')) {
    const row = forwards.find((forward) => String(forward.id) === step.target);
    if (!row) continue;
    const total = row.inBytes + row.outBytes;
    const key = `${id}:${row.id}:${total}`;
    const what = `forward ${row.id} (${row.name}) of ${id}`;
    if (hasGrown(context, row)) {
      const message = `${what} is shown as paused and carried traffic all the same: it is paused again`;
      notices.push({ code: 'forward_ran_again', key: `forward_ran_again:${key}`, message });
    } else if (row.status === 1 && wants.closed && evidence.forward.has(step.target)) {
      const message = `${what} was started again while the service is held: it is paused again`;
      notices.push({ code: 'forward_ran_again', key: `forward_ran_again:${key}`, message });
    } else if ((step.payload as FlvxPayload).parks === 'surplus' && surplus.has(row.id)) {
      const { maxForwards } = flvxOf(desired.product);
      const message = `${what} is beyond the ${maxForwards} forwards of its product: it is paused until there are fewer`;
      notices.push({ code: 'max_forwards', key: `max_forwards:${key}`, message });
    }
  }
  return notices;
}

import { staffText } from '@sluice/messages/staff';
import { newStep, type Plan, type Step } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import type { LinePlan, LineStep } from '../account/step.js';

/** Kinds of evidence: a line, or a number, that Sluice suspended. */
export const LINE_EVIDENCE = 'line';
export const DID_EVIDENCE = 'did';

/** Whether a step of this type names its number by the panel's id; the others do by the number itself. */
export function isDidById(type: string): boolean {
  return type.endsWith('-did') && type !== 'create-did' && type !== 'link-did';
}

/** Returns the step of the engine for a planned one. */
export function toStep({ type, target, payload }: Pick<LineStep, 'type' | 'target'> & { payload: unknown }): Step {
  const prior = (payload as { prior?: unknown }).prior ?? null;
  return newStep(type, target, { prior, payload, ...(type === 'create-subscriber' && { needsPassword: true }) });
}

/** Adds the warnings of a planned line or number to the notices of a plan. */
export function noteAll(plan: Plan, { id }: ServiceRecord, { warnings, line }: LinePlan): void {
  for (const warning of warnings) {
    (plan.notices ??= []).push({
      code: 'line_warning',
      key: `line_warning:${id}:${line?.id ?? ''}:${warning}`,
      message: staffText('staff.ofService', { service: id, what: warning }),
    });
  }
}

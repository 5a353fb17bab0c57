import type { Plan } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import type { LinePlan } from '../account/step.js';

/** Adds the warnings of a planned line or number to the notices of a plan. */
export function noteAll(plan: Plan, { id }: ServiceRecord, { warnings, line }: LinePlan): void {
  for (const warning of warnings) {
    (plan.notices ??= []).push({
      code: 'line_warning',
      key: `line_warning:${id}:${line?.id ?? ''}:${warning}`,
      message: `${id}: ${warning}`,
    });
  }
}

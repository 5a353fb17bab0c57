import { brakeStops } from '@sluice/quota-core';
import type { Config } from '../config/schema.js';
import type { Notice } from './notices.js';
import type { PassReport } from './report.js';
import type { PassRequest } from './request.js';
import type { Planned } from './stages.js';

/** The part of a run over one panel that the brake looks at. */
interface BrakedRun {
  panel: { name: string };
  request: PassRequest;
  report: PassReport;
  /** Active services of the panel. */
  active: number;
}

/** Returns how many services the run would change, where that is so many that the brake stops it. One service at a time has no brake. */
export function askBrake(
  brake: Config['poll']['brake'],
  { request, active }: BrakedRun,
  planned: readonly Planned[],
): { changing: number } | null {
  const changing = planned.filter(
    ({ enforcement, opens, closes, plan }) =>
      enforcement.value === 'on' && (opens.length > 0 || closes.length > 0 || plan?.counts === true),
  ).length;
  const stops = brakeStops({ changing, active, ...brake });
  return stops && request.service === undefined ? { changing } : null;
}

/** Returns the notice of a run that the brake stops, and makes it the error of the run; a dry run only says it. */
export function brakeNotice({ panel, report, request, active }: BrakedRun, { changing }: { changing: number }): Notice {
  const message = `${panel.name}: ${changing} of ${active} services would be held, released or changed at once; nothing was changed`;
  if (!request.dryRun) {
    report.error = { code: 'mass_change', message, details: { panel: panel.name, changing, active } };
  }
  return {
    code: 'mass_change',
    key: `mass_change:${report.run.id}:${panel.name}`,
    panel: panel.name,
    service: null,
    message,
  };
}

import { itemErrorOf } from '@sluice/panel-kind';
import { afterReconcile } from '../retention.js';
import type { Session } from '../session.js';
import { runPass } from './pass.js';
import type { PassReport } from './report.js';
import type { PassRequest } from './request.js';

/**
 * Runs over the panels, and does what is left to do once the services are done: the file of open holds, the API log, after
 * `reconcile` the backup and the clean-up of the store. What fails then fails the run; its services are reported all the same.
 */
export async function runAndFinish(session: Session, request: PassRequest): Promise<PassReport> {
  const report = await runPass(session, request);
  try {
    if (!request.dryRun) session.refreshHoldsFile();
    // By a wrong clock everything that is kept for a time would be old.
    const isClockWrong = report.panels.some(({ error }) => error.code === 'clock_wrong');
    if (request.command === 'reconcile' && !request.dryRun && !isClockWrong) await afterReconcile(session);
    await session.settle();
  } catch (error) {
    report.error ??= itemErrorOf(error);
    report.run.outcome = 'failed';
  }
  return report;
}

import type { OverviewReport, Standing } from '@sluice/contract/documents';
import type { Context } from '../../context/context.js';
import { readReach } from '../../context/reach.js';
import { listBrakes } from '../../kernel/run/brake-state.js';
import { listExceededLately } from '../../kernel/run/exceeded.js';
import { findRemovedPanels } from '../../kernel/run/left-elsewhere.js';
import { listOverdue } from '../../kernel/subject/next-readings.js';
import { findLateChecks } from '../agents/late-checks.js';
import { findLatePoll } from '../schedule/last-run.js';
import { findFileBeside } from '../store/file-beside.js';

/** Returns what keeps the runs from deciding, or from changing, whatever the services are; without the outages. Calls no panel. */
export async function readStops(
  context: Context,
): Promise<Pick<OverviewReport, 'brakes' | 'removed' | 'late' | 'lateChecks' | 'overdue'>> {
  const late = await findLatePoll(context);
  const lateChecks = await findLateChecks(context);
  const overdue = await findOverdue(context, late);
  return {
    brakes: await listBrakes(context),
    removed: await findRemovedPanels(context),
    ...(late !== undefined && { late }),
    ...(lateChecks !== undefined && { lateChecks }),
    ...(overdue.length > 0 && { overdue }),
  };
}

/** Returns what is overdue besides what follows from `late`. */
async function findOverdue(
  context: Context,
  late: OverviewReport['late'],
): Promise<NonNullable<OverviewReport['overdue']>> {
  if (late !== undefined && late.atWork !== true) return [];
  return (await listOverdue(context)).filter(({ panel }) => late?.panels?.includes(panel) !== true);
}

/** Returns what keeps the runs from deciding, or from changing; calls no panel. */
export async function readStanding(context: Context): Promise<Standing> {
  const down: Standing['down'] = [];
  for (const panel of Object.keys(context.config.panels)) {
    const { downSince } = await readReach(context, panel);
    if (downSince !== null) down.push({ panel, since: downSince });
  }
  const { maxOvershoot } = context.config.poll;
  const exceeded = maxOvershoot === undefined ? {} : { exceeded: await listExceededLately(context) };
  const fileBeside = await findFileBeside(context);
  return { ...(await readStops(context)), down, ...exceeded, ...(fileBeside !== null && { fileBeside }) };
}

import type { Check } from '@sluice/contract/documents';
import { toChecks } from '../../base/check.js';
import type { Context } from '../../context/context.js';
import { readFirstReading } from '../../kernel/subject/next-readings.js';

/** Checks that what is due on each panel is read, where polls read only that: a reading that waits for long is over the bound. */
export async function nextReadingChecks(context: Context): Promise<Check[]> {
  const checks: Check[] = [];
  for (const panel of Object.keys(context.config.panels)) {
    const next = await readFirstReading(context, panel);
    if (next === null) continue;
    const check = toChecks('next reading', panel);
    if (next.at === null) checks.push(check('ok', next.message));
    else if (next.overdue === true)
      checks.push(check('warning', `due since ${next.at}: ${next.message}`, 'reading_overdue'));
    else checks.push(check('ok', `${next.at}: ${next.message}`));
  }
  return checks;
}

import type { CommandReport } from '@sluice/contract/documents';
import { SluiceError, usageError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { endHolds } from '../../context/change-holds.js';
import { runDecidedCommand } from '../command/run-command.js';
import { parseUntil } from '../provision/stored-command.js';
import type { Context } from '../../context/context.js';
import { checkLifecycle } from './check-lifecycle.js';
import { isOfLimit, isQuotaReleased } from '../../kernel/subject/holds.js';

/** Options of `hold release SERVICE --until DATE`. */
export interface QuotaRelease {
  /** Local date in the panel's time zone; null ends an earlier release. */
  until: string | null;
  waitMs: number;
  dryRun: boolean;
}

/** Lifts the holds of a service's quota and other limits until a date; the first poll after it decides again. Repeatable with another date. */
export async function releaseQuota(context: Context, id: string, request: QuotaRelease): Promise<CommandReport> {
  const { waitMs, dryRun } = request;
  const { report } = await runDecidedCommand(
    context,
    id,
    { command: 'hold release', dryRun, waitMs },
    async (service) => {
      checkLifecycle(service, { what: 'release' });
      const until = request.until === null ? null : futureDate(context, service, request.until);
      const open = (await context.store.holds.open({ services: [id] })).filter(isOfLimit);
      if (until === null && service.quotaReleasedUntil === null) throw notReleased(id);
      const ended = until === null ? [] : open;
      return {
        storeTarget: async (_service, tables) => {
          await tables.services.update([{ id, quotaReleasedUntil: until, updatedAt: context.now() }]);
          await endHolds(tables, ended, context.now());
        },
        preview: (loaded) => ({
          ...loaded,
          service: { ...loaded.service, quotaReleasedUntil: until },
          holds: loaded.holds.filter((hold) => !ended.some((one) => one.id === hold.id)),
        }),
      };
    },
  );
  return report;
}

function futureDate(context: Context, { id, panel }: ServiceRecord, text: string): string {
  const date = parseUntil(text);
  if (isQuotaReleased(context.config, { quotaReleasedUntil: date, panel }, context.now())) return date;
  throw usageError('bad_option', `until: ${date} is not in the future; the hold of "${id}" was not changed`);
}

function notReleased(id: string): SluiceError {
  return new SluiceError('hold_not_released', `The limits of "${id}" are not released until a date`, {
    details: { released: id },
  });
}

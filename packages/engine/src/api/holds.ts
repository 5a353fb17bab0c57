import type {
  CommandReport,
  HoldEntry,
  ImportReport,
  ReleasedQuota,
  RunReport,
  ServiceDetail,
} from '@sluice/contract/documents';
import type { HoldReason } from '@sluice/quota-core';
import { adoptHold } from '../features/holds/adopt-hold.js';
import { adoptHolds } from '../features/holds/adopt-holds.js';
import type { ImportRow } from '../features/services/plan-rows.js';
import { toRow } from './services.js';
import type { HoldsFile } from '../context/holds-file.js';
import { type HoldCommand, listHolds, releasedQuotas, runHoldCommand } from '../features/holds/holds.js';
import { releaseQuota } from '../features/holds/release-quota.js';
import { releaseAll } from '../features/holds/release-all.js';
import { requirePanelName } from '../base/config/find-panel.js';
import { serviceDetail } from '../features/services/show.js';
import { requireService } from '../context/find-service.js';
import { type CommandOptions, type LockOptions, type ReaderOptions, type RunCall, toHow, toWaitMs } from './call.js';

/** The restrictions of another tool to adopt. */
export interface Adopted extends LockOptions {
  reason: HoldReason;
  ports?: string[] | undefined;
  order?: boolean | undefined;
  forwards?: string[] | undefined;
  note?: string | null | undefined;
}

/** Which restrictions to lift. */
export interface ReleaseAll extends CommandOptions {
  panel?: string | undefined;
  reason?: string | undefined;
  /** Open holds from the file beside the store, if the store is lost. */
  file?: HoldsFile | null | undefined;
}

/** Holds: reasons to keep services restricted. */
export interface Holds {
  list(
    filter?: ReaderOptions & { service?: string | undefined; open?: boolean | undefined },
  ): Promise<{ holds: HoldEntry[]; released: ReleasedQuota[] }>;
  /** Adds a manual hold and restricts the service at once. */
  add(id: string, options?: CommandOptions & { note?: string | null | undefined }): Promise<CommandReport>;
  /**
   * Releases the manual hold. With `until` (YYYY-MM-DD) lifts all limits of the service until that date instead; null ends such a
   * release.
   */
  release(id: string, options?: CommandOptions & { until?: string | null | undefined }): Promise<CommandReport>;
  /** Adopts restrictions of another tool, so that a release undoes them. */
  adopt(id: string, what: Adopted): Promise<ServiceDetail>;
  /**
   * Adopts restrictions of many services, all rows or none (columns `service`, `reason`, `ports`, `order`, `forwards`, `note`,
   * `seen_on`). A repeat adopts what is missing; a row whose hold was adopted and has ended since `seen_on` is left as it is.
   */
  adoptAll(
    rows: readonly (ImportRow | Record<string, string>)[],
    options?: LockOptions & { dryRun?: boolean | undefined },
  ): Promise<ImportReport>;
  /** Lifts all restrictions, and switches their panels to `observe`; with `panel` that one, also where nothing of it is held. */
  releaseAll(options?: ReleaseAll): Promise<RunReport>;
}

/** Returns the calls about holds. */
export function holdsApi(call: RunCall): Holds {
  const change = (id: string, options: CommandOptions | undefined, request: Omit<HoldCommand, 'waitMs' | 'dryRun'>) =>
    call(options, (context) => runHoldCommand(context, id, { ...request, ...toHow(options) }));
  return {
    list: (filter) =>
      call(filter, async (context) => {
        if (filter?.service !== undefined) await requireService(context, filter.service);
        const reader = filter?.reader;
        const holds = await listHolds(context, filter?.service, reader);
        const all = await releasedQuotas(context, filter?.service);
        const released = reader === undefined ? all : all.map((each) => ({ ...each, note: null }));
        return {
          holds:
            filter?.open === true
              ? holds.filter(({ until, releasing }) => until === null || releasing === true)
              : holds,
          released,
        };
      }),
    add: (id, options) =>
      change(id, options, { command: 'hold add', reason: 'manual', what: 'add', note: options?.note ?? null }),
    release: (id, options) => {
      const { until } = options ?? {};
      if (until === undefined)
        return change(id, options, { command: 'hold release', reason: 'manual', what: 'release', note: null });
      return call(options, (context) => releaseQuota(context, id, { until, ...toHow(options) }));
    },
    adoptAll: (rows, options) =>
      call(options, (context) =>
        adoptHolds(context, { rows: rows.map(toRow), dryRun: options?.dryRun === true, waitMs: toWaitMs(options) }),
      ),
    adopt: (id, { reason, ports = [], order = false, forwards = [], note = null, ...options }) =>
      call(options, async (context) => {
        await requireService(context, id);
        await adoptHold(context, id, { reason, ports, order, forwards, note, waitMs: toWaitMs(options) });
        return serviceDetail(context, await requireService(context, id));
      }),
    releaseAll: (options) =>
      call(options, (context) => {
        if (options?.panel !== undefined) requirePanelName(context, options.panel);
        return releaseAll(context, {
          panel: options?.panel,
          reason: options?.reason,
          ...toHow(options),
          file: options?.file ?? null,
        });
      }),
  };
}

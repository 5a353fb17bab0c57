import type { HoldReason } from '@sluice/quota-core';
import { adoptHold } from '../holds/adopt-hold.js';
import type { HoldsFile } from '../holds/holds-file.js';
import { type HoldCommand, type HoldView, holdViews, runHoldCommand } from '../holds/holds.js';
import type { CommandReport } from '../commands/types.js';
import { releaseAll } from '../holds/release-all.js';
import type { RunReport } from '../run/report.js';
import { requirePanelName } from '../services/panels.js';
import { serviceDetail, type ServiceDetail } from '../services/show.js';
import { requireService } from '../session.js';
import { type CallOptions, type LockOptions, type RunCall, waitOf } from './call.js';

/** What a command about one service takes. */
export interface CommandOptions extends LockOptions {
  /** Compute and report, and change nothing. */
  dryRun?: boolean | undefined;
}

/** What another tool has restricted. */
export interface Adopted extends LockOptions {
  reason: HoldReason;
  ports?: string[] | undefined;
  order?: boolean | undefined;
  forwards?: string[] | undefined;
  note?: string | null | undefined;
}

/** What is to be given back. */
export interface ReleaseAll extends CommandOptions {
  panel?: string | undefined;
  reason?: string | undefined;
  /** Open holds from the file beside the store, where the store itself is lost. */
  file?: HoldsFile | null | undefined;
}

/** Holds: reasons to keep services restricted. */
export interface Holds {
  list(
    filter?: CallOptions & { service?: string | undefined; open?: boolean | undefined },
  ): Promise<{ holds: HoldView[] }>;
  /** Holds a service by an operator's word, and restricts it at once. */
  add(id: string, options?: CommandOptions & { note?: string | null | undefined }): Promise<CommandReport>;
  /** Releases the hold that an operator's word began. */
  release(id: string, options?: CommandOptions): Promise<CommandReport>;
  /** Takes over what another tool restricted, so that a release undoes it. */
  adopt(id: string, what: Adopted): Promise<ServiceDetail>;
  /** Gives back all that is restricted, and puts those panels under `observe`. */
  releaseAll(options?: ReleaseAll): Promise<RunReport>;
}

/** Returns the calls about holds. */
export function holdsApi(call: RunCall): Holds {
  const change = (id: string, options: CommandOptions | undefined, order: Omit<HoldCommand, 'waitMs' | 'dryRun'>) =>
    call(options, (session) =>
      runHoldCommand(session, id, { ...order, waitMs: waitOf(options), dryRun: options?.dryRun === true }),
    );
  return {
    list: (filter) =>
      call(filter, async (session) => {
        if (filter?.service !== undefined) await requireService(session, filter.service);
        const holds = await holdViews(session, filter?.service);
        return { holds: filter?.open === true ? holds.filter(({ until }) => until === null) : holds };
      }),
    add: (id, options) =>
      change(id, options, { command: 'hold add', reason: 'manual', what: 'add', note: options?.note ?? null }),
    release: (id, options) =>
      change(id, options, { command: 'hold release', reason: 'manual', what: 'release', note: null }),
    adopt: (id, { reason, ports = [], order = false, forwards = [], note = null, ...options }) =>
      call(options, async (session) => {
        await requireService(session, id);
        await adoptHold(session, id, { reason, ports, order, forwards, note, waitMs: waitOf(options) });
        return serviceDetail(session, await requireService(session, id));
      }),
    releaseAll: (options) =>
      call(options, (session) => {
        if (options?.panel !== undefined) requirePanelName(session, options.panel);
        return releaseAll(session, {
          panel: options?.panel,
          reason: options?.reason,
          dryRun: options?.dryRun === true,
          waitMs: waitOf(options),
          file: options?.file ?? null,
        });
      }),
  };
}

import type { AdoptedFile, Adoption, AdoptionQuery, AdoptionReport } from '@sluice/contract/documents';
import { adopt } from '../features/adopt/adopt.js';
import { applyAdoption } from '../features/adopt/apply-adoption.js';
import { findTool, listTables } from '../features/adopt/read-source.js';
import type { OldRow } from '@sluice/quota-core';
import type { ImportRow } from '../features/services/plan-rows.js';
import { type CallOptions, type LockOptions, type RunCall, toWaitMs } from './call.js';
import { toRow } from './services.js';

/** Rows of an adoption: `services` first, and what is about them. */
export type AdoptedRows = { [File in AdoptedFile]?: readonly (ImportRow | Record<string, string>)[] | undefined };

/** Rows of exported tables, by their names, with or without their lines; null is NULL. */
export type ExportedTables = Readonly<Record<string, readonly (OldRow | Readonly<Record<string, string | null>>)[]>>;

/** Moving in: what a panel, a billing system and an old tool know, and its import. */
export interface AdoptionCalls {
  /**
   * Returns the services of a panel with all that is known of them, as rows for review; changes nothing and stores nothing. `from`:
   * `panel`, `whmcs`, or a tool that managed such panels before; `tables`: rows of its exported tables by their names, null for NULL.
   *
   * @throws SluiceError `unknown_panel`, `unknown_source`, `no_source`, `bad_import`, `unsupported`; the error of the panel or of the
   *   billing system where a list can't be read whole
   */
  read(panel: string, from: string, options?: CallOptions & { tables?: ExportedTables | undefined }): Promise<Adoption>;
  /** Lists the tables that `read` can be given for a source, each with the SELECT that exports it. */
  queries(panel: string, from: string, options?: CallOptions): Promise<{ queries: AdoptionQuery[] }>;
  /**
   * Imports the rows of an adoption, all or none, after reading the panels: services, overrides, preferences, purchases (never
   * charged), limits of agents, holds. Repeated, it stores nothing twice. `confirm` is asked where agents would be over their limit at
   * once; without it that is refused (`not_confirmed`). `beforeStore` is called when all rows are accepted, right before they are stored:
   * if it throws, nothing is.
   */
  apply(
    rows: AdoptedRows,
    options?: LockOptions & {
      dryRun?: boolean | undefined;
      confirm?: ((question: string) => Promise<void>) | undefined;
      beforeStore?: (() => void) | undefined;
    },
  ): Promise<AdoptionReport>;
}

/** Returns the calls about adoption. */
export function adoptionApi(call: RunCall): AdoptionCalls {
  return {
    read: (panel, from, options) =>
      call(options, (context) => adopt(context, { panel, from, tables: toTables(options?.tables ?? {}) })),
    queries: (panel, from, options) =>
      call(options, async (context) => {
        const tables = await listTables(context, await findTool(context, panel, from));
        return {
          queries: tables.map(({ name, title, columns, query }) => ({
            ...{ table: name, title, query },
            columns: [...columns],
          })),
        };
      }),
    apply: (rows, options) =>
      call(options, (context) =>
        applyAdoption(context, {
          rows: Object.fromEntries(Object.entries(rows).map(([file, own]) => [file, own?.map(toRow)])),
          dryRun: options?.dryRun === true,
          waitMs: toWaitMs(options),
          confirm: options?.confirm,
          beforeStore: options?.beforeStore,
        }),
      ),
  };
}

/** Rows without lines have those after a header. */
function toTables(tables: ExportedTables): Map<string, readonly OldRow[]> {
  const toOldRow = (row: ExportedTables[string][number], index: number): OldRow =>
    typeof row['values'] === 'object' && row['values'] !== null
      ? (row as OldRow)
      : { line: index + 2, values: row as OldRow['values'] };
  return new Map(Object.entries(tables).map(([name, rows]) => [name, rows.map(toOldRow)]));
}

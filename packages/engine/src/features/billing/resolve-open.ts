import type { HeldLease } from '@sluice/state-store';

/** How rows of money that are not finished are gone on with. */
interface Resolving<Row, Open> {
  /** Works under the lease of a row; leaves out one that another run works on. */
  withLease: (row: Row, work: (fences: HeldLease[]) => Promise<void>) => Promise<unknown>;
  /** Reads a row again; null where it is not to be gone on with any more: another run may have found it out meanwhile. */
  read: (row: Row) => Promise<Open | null>;
  /** Goes on with it as far as the billing system shows. */
  resolve: (open: Open, fences: HeldLease[]) => Promise<void>;
  /** Reports an error of this row alone: the others go on; throws any other. */
  failed: (open: Open, error: unknown) => void;
}

/** Goes on with purchases, refunds or bills of calls that are not finished, one after the other, until the run is interrupted. */
export async function resolveOpen<Row, Open>(
  signal: AbortSignal,
  rows: readonly Row[],
  { withLease, read, resolve, failed }: Resolving<Row, Open>,
): Promise<void> {
  for (const row of rows) {
    if (signal.aborted) return;
    await withLease(row, async (fences) => {
      const open = await read(row);
      if (open === null) return;
      try {
        await resolve(open, fences);
      } catch (error) {
        failed(open, error);
      }
    });
  }
}

import type {
  AgreedPrice,
  ImportReport,
  PackageView,
  PurchaseDetail,
  PurchaseReport,
  PurchaseView,
} from '@sluice/contract/documents';
import type { Credit } from '@sluice/contract/ports';
import { type PaymentTerms, paymentTerms } from '../features/billing/billing-pages.js';
import { cancelPurchase } from '../features/purchases/cancel.js';
import { type PurchaseBudget, readBudgetLeft } from '../features/purchases/budget-left.js';
import { importPurchases } from '../features/purchases/import-purchases.js';
import { createPurchase } from '../features/purchases/create.js';
import { listOffered } from '../features/purchases/list-offered.js';
import { listPurchases } from '../features/purchases/views.js';
import { requireService } from '../context/find-service.js';
import type { ImportRow } from '../features/services/plan-rows.js';
import { toRow } from './services.js';
import { type CallOptions, type LockOptions, type ReaderOptions, type RunCall, toWaitMs } from './call.js';

/** Packages of extra traffic, and their purchases. */
export interface Purchases {
  /**
   * Lists packages; for a reader, those that the products of its services offer, with these products. `client` is whose invoices
   * `lastCharged` is of; default the reader. `service`: those that its product offers, each with its effect
   * for it; `credit` is that of its client as it was read last, with which is known what can't be charged to it.
   */
  packages(
    options?: ReaderOptions & {
      client?: string | null | undefined;
      service?: string | undefined;
      credit?: Credit | undefined;
    },
  ): Promise<{ packages: PackageView[] }>;
  /**
   * Buys a package for the current cycle of a service. Each call is a new purchase; calls with one `ref` buy once.
   *
   * @throws SluiceError for a purchase that is refused; nothing was charged then
   */
  create(
    service: string,
    packageId: string,
    options?: LockOptions & {
      ref?: string | undefined;
      /** The client that asks: refuses a service of another (`unknown_service`), and a package of which a purchase is open. */
      client?: string | undefined;
      budget?: PurchaseBudget | undefined;
      /** What the buyer has read of the package: once it costs or brings something else, it is refused (`price_changed`). */
      agreed?: AgreedPrice | undefined;
    },
  ): Promise<PurchaseReport>;
  /**
   * Stores purchases that another tool has made and charged, all rows or none (columns `service`, `package`, `bytes`, `price`,
   * `currency`, `at`, `actor`): they count in the current cycles of their services and are never charged. Repeatable.
   */
  import(
    rows: readonly (ImportRow | Record<string, string>)[],
    options?: LockOptions & { dryRun?: boolean | undefined },
  ): Promise<ImportReport>;
  /** Lists purchases, oldest first; `ref` is the reference of one. */
  list(
    options?: ReaderOptions & { service?: string | undefined; ref?: string | undefined },
  ): Promise<{ purchases: PurchaseView[] }>;
  /** Returns what may still be spent of a budget: decimal text, without tax, in the client's currency. */
  budgetLeft(budget: PurchaseBudget, options?: CallOptions): Promise<string>;
  /** Returns how clients pay for packages, by the config alone. */
  terms(options?: CallOptions): Promise<PaymentTerms>;
  /** Cancels a pending purchase, or with `refund` a paid one, whose price becomes credit. */
  cancel(id: string, options?: LockOptions & { refund?: boolean | undefined }): Promise<{ purchase: PurchaseDetail }>;
}

/** Returns the calls about purchases. */
export function purchasesApi(call: RunCall): Purchases {
  return {
    packages: (options) => call(options, async (context) => ({ packages: await listOffered(context, options ?? {}) })),
    create: (service, packageId, options) =>
      call(options, (context) =>
        createPurchase(context, {
          service,
          package: packageId,
          ref: options?.ref,
          client: options?.client,
          budget: options?.budget,
          agreed: options?.agreed,
          waitMs: toWaitMs(options),
        }),
      ),
    import: (rows, options) =>
      call(options, (context) =>
        importPurchases(context, {
          rows: rows.map(toRow),
          dryRun: options?.dryRun === true,
          waitMs: toWaitMs(options),
        }),
      ),
    list: (options) =>
      call(options, async (context) => {
        const { service, ref, reader } = options ?? {};
        if (service !== undefined) await requireService(context, service);
        return { purchases: await listPurchases(context, { service, ref, reader }) };
      }),
    budgetLeft: (budget, options) => call(options, ({ store }) => readBudgetLeft(store, budget)),
    terms: (options) => call(options, (context) => Promise.resolve(paymentTerms(context))),
    cancel: (id, options) =>
      call(options, async (context) => ({
        purchase: await cancelPurchase(context, { id, refund: options?.refund === true, waitMs: toWaitMs(options) }),
      })),
  };
}

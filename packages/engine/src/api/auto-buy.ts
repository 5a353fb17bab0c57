import type { AutoBuyView } from '@sluice/contract/documents';
import {
  type AutoBuyRequest,
  type AutoBuySubject,
  clearAutoBuy,
  setAutoBuy,
  showAutoBuy,
} from '../features/purchases/auto-buy-preferences.js';
import { type CallOptions, type LockOptions, type RunCall, toWaitMs } from './call.js';

/** Preferences for automatic purchases, of a service or a client, over those of the config. */
export interface AutoBuy {
  /** Returns what applies, field by field: the service's, its client's, the product's, the general one. */
  show(subject: AutoBuySubject, options?: CallOptions): Promise<{ autoBuy: AutoBuyView }>;
  /** Sets the passed fields and keeps the others; applies from the next run. */
  set(subject: AutoBuySubject, request: AutoBuyRequest, options?: LockOptions): Promise<{ autoBuy: AutoBuyView }>;
  /** Drops the preference; `ended` is false where there was none. */
  clear(subject: AutoBuySubject, options?: LockOptions): Promise<{ autoBuy: AutoBuyView; ended: boolean }>;
}

/** Returns the calls about auto-buy. */
export function autoBuyApi(call: RunCall): AutoBuy {
  return {
    show: (subject, options) => call(options, async (context) => ({ autoBuy: await showAutoBuy(context, subject) })),
    set: (subject, request, options) =>
      call(options, async (context) => ({
        autoBuy: await setAutoBuy(context, subject, request, toWaitMs(options)),
      })),
    clear: (subject, options) =>
      call(options, async (context) => {
        const ended = await clearAutoBuy(context, subject, toWaitMs(options));
        return { autoBuy: await showAutoBuy(context, subject), ended };
      }),
  };
}

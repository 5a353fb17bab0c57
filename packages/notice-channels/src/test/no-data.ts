import type { ChannelMessage } from '@sluice/contract/ports';

/** Data of a notice of which nothing is known. */
export const NO_DATA: ChannelMessage['data'] = {
  ...{ name: null, client: null, clientName: null, product: null, limit: null, unit: null, mode: null },
  ...{ used: null, allowed: null, remaining: null, percent: null, from: null, until: null, runsOut: null },
  ...{ package: null, price: null, currency: null, link: null },
};

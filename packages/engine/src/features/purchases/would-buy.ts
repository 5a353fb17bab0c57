import { formatMoney } from '@sluice/quota-core';
import type { PurchaseRecord, ServiceRecord } from '@sluice/state-store';
import type { Config } from '../../base/config/schema.js';
import { packageName } from '../../base/config/package-name.js';
import { type Notice, serviceNotice } from '../../kernel/run/notice.js';

/** Returns the notice of a purchase that auto-buy does not make: in a dry run, under `observe`, or stopped by the brake. */
export function wouldBuy(
  config: Pick<Config, 'packages'>,
  service: ServiceRecord,
  { package: id, price, currency, key }: PurchaseRecord,
): Notice {
  return serviceNotice(
    service,
    'would_buy',
    `${service.id} would buy ${packageName(config, id)} for ${formatMoney(price, currency)}`,
    key,
  );
}

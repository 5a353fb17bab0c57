import { staffText } from '@sluice/messages/staff';
import type { PurchaseRecord, ServiceRecord } from '@sluice/state-store';
import { packageName } from '../../base/config/package-name.js';
import type { Context } from '../../context/context.js';
import { type Notice, serviceNotice } from '../../kernel/run/notice.js';
import { findTaxed } from './packages.js';
import { boughtFacts } from './purchase-notice.js';
import { describePrice } from '../../base/config/package-price.js';

/** Returns the notice of a purchase that auto-buy does not make: in a dry run, under `observe`, or stopped by the brake. */
export function wouldBuy(
  context: Pick<Context, 'config' | 'deps'>,
  service: ServiceRecord,
  row: PurchaseRecord,
): Notice {
  const price = describePrice({ ...row, taxed: findTaxed(context)(row) });
  const notice = serviceNotice(
    service,
    'would_buy',
    staffText('staff.wouldBuy', {
      ...{ service: service.id, package: packageName(context.config, row.package), price },
    }),
    row.key,
  );
  return { ...notice, facts: boughtFacts(context, row) };
}

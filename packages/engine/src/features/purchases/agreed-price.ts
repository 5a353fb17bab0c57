import type { AgreedPrice } from '@sluice/contract/documents';
import { SluiceError } from '@sluice/panel-kind';
import { formatBytes, padMoney } from '@sluice/quota-core';
import { describePrice } from '../../base/config/package-price.js';
import type { Context } from '../../context/context.js';
import { findTaxed, type Package } from './packages.js';

/**
 * Refuses a package that costs or brings something else by now than its buyer agreed to; without an agreed price it is bought as it is.
 *
 * @throws SluiceError `price_changed`
 */
export function refuseChanged(
  context: Pick<Context, 'config' | 'deps'>,
  bought: Package,
  { service, agreed }: { service: string; agreed?: AgreedPrice | undefined },
): void {
  const { id, name, price, currency, bytes } = bought;
  const now: AgreedPrice = { price, currency, bytes, taxed: findTaxed(context)(bought) };
  if (agreed === undefined || isSame(now, agreed)) return;
  const text = `Package "${name}" has changed: it is ${formatBytes(bytes)} for ${describePrice(now)} now`;
  throw new SluiceError('price_changed', `${text}; nothing was charged`, {
    details: { service, package: id, ...now },
  });
}

/** Whether both bring the same traffic for the same price, with or without tax: zeros after the point make no difference. */
function isSame(now: AgreedPrice, agreed: AgreedPrice): boolean {
  const { price, currency, bytes, taxed } = agreed;
  const isSamePrice = padMoney(price, now.currency) === now.price && currency === now.currency;
  return isSamePrice && bytes === now.bytes && taxed === now.taxed;
}

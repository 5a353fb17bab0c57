import type { AgreedPrice, PackageView } from '@sluice/engine';

/** Returns what a buyer reads of a package, which goes with the purchase. */
export function toAgreed({ price, currency, bytes, taxed }: PackageView): AgreedPrice {
  return { price, currency, bytes, taxed };
}

/** Returns the hidden fields of a form that buys a package: what its page says of it. */
export function agreedFields(offered: PackageView): Record<string, string> {
  const { price, currency, bytes, taxed } = toAgreed(offered);
  return { price, currency, bytes: String(bytes), taxed: taxed ? 'yes' : 'no' };
}

/** Returns what the page of a form said of the package; undefined for a form without it. */
export function readAgreed(form: Readonly<Partial<Record<string, string>>>): AgreedPrice | undefined {
  const { price, currency = '', bytes, taxed } = form;
  return price === undefined ? undefined : { price, currency, bytes: Number(bytes), taxed: taxed === 'yes' };
}

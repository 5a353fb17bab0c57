import type { PackageView } from '@sluice/engine';
import { compareMoney } from '@sluice/quota-core';
import type { Viewer } from '../../access/viewer.js';
import type { Html } from '../../layout/html.js';
import { toWording } from '../../layout/wording.js';
import type { PageRequest } from '../../requests/page-request.js';

/** Returns what the references of purchases with a share link or token begin with. */
export function toRefPrefix({ id }: Viewer): string {
  return `${id}:`;
}

/** Returns what is left of what may be spent with a link; null for links without a maximum. */
export async function readLeft({ sluice, viewer }: PageRequest): Promise<string | null> {
  const { maxAmount } = viewer;
  if (maxAmount === null) return null;
  return sluice.purchases.budgetLeft({ refs: toRefPrefix(viewer), amount: maxAmount });
}

/** Returns what a client reads of a package that costs more than is left of its link; null for another one. */
export async function overLinkText(
  request: PageRequest,
  { price, currency }: Pick<PackageView, 'price' | 'currency'>,
): Promise<string | null> {
  const left = await readLeft(request);
  if (left === null || !isMoreThan(left, price)) return null;
  const wording = toWording(request.language);
  return wording.text('packages.overLink', { left: wording.texts.money(left, currency) });
}

/** Whether a price is more than what is left of a link; null: it has no maximum. */
export const isMoreThan = (left: string | null, price: string): boolean =>
  left !== null && compareMoney(price, left) > 0;

/** What may be spent with a link, and what is left of it. */
export function budgetText({ viewer, language }: PageRequest, packages: readonly PackageView[], left: string): Html {
  const currency = packages[0]?.currency;
  const wording = toWording(language);
  const isNet = packages.some(({ taxed }) => taxed);
  const most = wording.money(viewer.maxAmount, currency);
  return wording.say(isNet ? 'packages.budgetNet' : 'packages.budget', { most, left: wording.money(left, currency) });
}

import type { WhmcsClientRecord } from '../index.js';
import type { WhmcsSettings } from './settings.js';

/**
 * Returns the tax in percent that the config states for a client, as decimal text: that of its state, else of its country, else of all others; `0`
 * for one that is exempt. Null where the config states none, or the client has no country. Programs learn no rate from WHMCS before there is an invoice.
 */
export function findTaxRate(
  tax: WhmcsSettings['tax'],
  { country, states, taxExempt }: Pick<WhmcsClientRecord, 'country' | 'states' | 'taxExempt'>,
): string | null {
  if (tax === undefined) return null;
  if (taxExempt) return '0';
  if (country === '') return null;
  const rates = new Map(Object.entries(tax).map(([place, share]) => [place.toLowerCase(), share]));
  const places = [...states.map((state) => `${country}-${state.trim()}`), country, '*'];
  const share = places.map((place) => rates.get(place.toLowerCase())).find((rate) => rate !== undefined);
  // A share of a text such as `7.25%` is not exact as a binary number.
  return share === undefined ? null : String(Number((share * 100).toFixed(6)));
}

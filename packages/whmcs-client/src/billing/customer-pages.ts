import type { BillingPages } from '@sluice/contract/ports';
import { customerAddress } from '@sluice/panel-kind';
import { pastedTails } from '../client/pasted-tails.js';
import type { WhmcsSettings } from './settings.js';

/** Returns the pages of WHMCS that clients open; null where they are shown no address. */
export function customerPages({ url, publicUrl }: Pick<WhmcsSettings, 'url' | 'publicUrl'>): BillingPages | null {
  const address = customerAddress({}, { url, publicUrl });
  if (address === null) return null;
  const { origin, pathname } = new URL(address);
  const folder = origin + [/\/+$/, ...pastedTails].reduce((path, tail) => path.replace(tail, ''), pathname);
  return {
    invoice: (id) => `${folder}/viewinvoice.php?id=${encodeURIComponent(id)}`,
    addFunds: `${folder}/clientarea.php?action=addfunds`,
    service: (id) => `${folder}/clientarea.php?action=productdetails&id=${encodeURIComponent(id)}`,
    invoices: `${folder}/clientarea.php?action=invoices`,
  };
}

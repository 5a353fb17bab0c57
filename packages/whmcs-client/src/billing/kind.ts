import type { BillingKind } from '@sluice/panel-kind';
import { type WhmcsSettings, whmcsSchema } from './settings.js';

/** Billing with WHMCS: clients, credit and invoices are WHMCS's own (docs/whmcs-api.md). */
export const whmcs: BillingKind<WhmcsSettings> = {
  kind: 'whmcs',
  title: 'WHMCS',
  schema: whmcsSchema,
  descriptions: {
    'whmcs.url': 'Folder of WHMCS that holds includes/api.php',
    'whmcs.allowHttp': 'Accept a plain http address',
    'whmcs.identifier': 'Identifier of the API credentials',
    'whmcs.secret': 'Secret of the API credentials',
    'whmcs.accessKey': 'The $api_access_key of WHMCS, which permits calls from any address',
    'whmcs.timeout': 'Longest wait for one answer; default 30s',
  },
  async open(settings, dependencies) {
    const { openWhmcsBilling } = await import('./whmcs-billing.js');
    return openWhmcsBilling(settings, dependencies);
  },
};

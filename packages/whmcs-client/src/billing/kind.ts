import type { BillingKind } from '@sluice/contract/ports';
import { AMOUNTS } from './amounts.js';
import { listMissing } from './call-settings.js';
import { findDoubleClaims } from './claims.js';
import { customerPages } from './customer-pages.js';
import { SERVICE_REF, whmcsProductSchema, type WhmcsSettings, whmcsSchema, type WhmcsProductIds } from './settings.js';

/** Billing with WHMCS: clients, credit and invoices are WHMCS's own (docs/whmcs-api.md). */
export const whmcs: BillingKind<WhmcsSettings> = {
  kind: 'whmcs',
  title: 'WHMCS',
  amounts: AMOUNTS,
  schema: whmcsSchema,
  productSchema: whmcsProductSchema,
  secrets: ['secret', 'accessKey'],
  serviceRef: SERVICE_REF,
  storesCredentials: true,
  address: ({ url }) => url,
  clientsPay: true,
  addsTax: true,
  pages: customerPages,
  checkProducts: findDoubleClaims,
  missingForCalls: listMissing,
  fieldColumns: ({ fields }) => Object.keys(fields),
  writesFields: ({ writeBack }) => writeBack,
  descriptions: {
    whmcs: 'The WHMCS that services are synced from, and that books money with billing: whmcs',
    'whmcs.url': 'Folder of WHMCS that holds includes/api.php',
    'whmcs.publicUrl':
      'Address at which clients reach WHMCS, to pay invoices and add credit; without it they see url if its host is public, otherwise no link',
    'whmcs.allowHttp': 'Accept a plain http address',
    'whmcs.identifier': 'Identifier of the API credentials',
    'whmcs.secret': 'Secret of the API credentials',
    'whmcs.accessKey': 'The $api_access_key of WHMCS, which permits calls from any address',
    'whmcs.timeout': 'Longest wait for one answer; default 30s',
    'whmcs.productIds':
      'Ids of the products of WHMCS whose services are synced; without these and groups: all that a product claims',
    'whmcs.productGroupIds': 'Ids of product groups of WHMCS, as productIds; a service is synced if either list has it',
    'whmcs.fields':
      'Names of custom fields by column of a service, such as `channels: Canais`; other fields have the name of their column',
    'whmcs.writeBack':
      'Write the refs of a service into the custom fields of the same names after provisioning commands, and empty them after a termination',
    'whmcs.pushUsage':
      "off, or the unit in which usage and allowance are written into the service's bandwidth fields after a run that changed them: bytes or megabytes",
    'whmcs.tax':
      'Tax on packages with taxed: true by place, such as `DE: 19%`, `US-Texas: 6.25%` and `"*": 0%` for all others, so that clients see prices with tax before the first invoice; without it they read "plus tax"',
    'whmcs.calls': 'Lines of calls on invoices; they are added only with taxed stated and onlyWriter: true',
    'whmcs.calls.taxed': 'Whether lines of calls are taxed',
    'whmcs.calls.onlyWriter': 'States that no module of WHMCS adds lines of calls itself: both together bill twice',
    'whmcs.calls.lookFor':
      'Words of lines that another writer may have added for calls: an invoice with one is left alone',
    product: 'The products of WHMCS whose services have this product',
    'product.productIds': 'Ids of products of WHMCS',
    'product.productGroupIds': 'Ids of product groups of WHMCS; an id in productIds takes precedence',
  },
  async open(settings, dependencies) {
    const { openWhmcsBilling } = await import('./whmcs-billing.js');
    return openWhmcsBilling(settings, dependencies);
  },
  async check(settings, dependencies, use) {
    const { checkWhmcs } = await import('./check.js');
    return checkWhmcs(settings, dependencies, use);
  },
  async openSource(settings, dependencies) {
    const { openWhmcsSource } = await import('./source.js');
    return openWhmcsSource(settings, dependencies);
  },
  claimedProducts: (section) => (section as WhmcsProductIds).productIds,
  async exported() {
    const { exportedServices } = await import('./exported.js');
    return exportedServices;
  },
};

export { createWhmcsClient } from './client/create-whmcs-client.js';
export type {
  WhmcsCreditEntry,
  WhmcsInvoice,
  WhmcsInvoiceChange,
  WhmcsInvoiceFilter,
  WhmcsInvoiceItem,
  WhmcsInvoiceRow,
  WhmcsNewInvoice,
  WhmcsNewItem,
  WhmcsTransaction,
} from './client/invoice-types.js';
export type {
  WhmcsCallOptions,
  WhmcsClient,
  WhmcsClientRecord,
  WhmcsClientRow,
  WhmcsConfigOption,
  WhmcsCustomField,
  WhmcsListOptions,
  WhmcsOptions,
  WhmcsOrder,
  WhmcsProduct,
  WhmcsRefusal,
  WhmcsService,
  WhmcsServiceChange,
  WhmcsServiceFilter,
  WhmcsUnreadRow,
} from './client/types.js';

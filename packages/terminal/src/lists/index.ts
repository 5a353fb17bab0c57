export { CREDIT_ENTRIES, INVOICES, PACKAGES, PURCHASES } from './billing.js';

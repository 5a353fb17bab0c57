export { CREDIT_ENTRIES, INVOICES, PACKAGES, PURCHASES } from './billing.js';
export { DELIVERIES, logColumns } from './log.js';
export { COMPARED, CYCLES, HOLDS, type ObservedService, OVERRIDES, SERVICES, USAGE } from './services.js';

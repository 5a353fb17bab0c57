export { CREDIT_ENTRIES, INVOICES, PACKAGES, PURCHASES } from './billing.js';
export { ALARMS, DELIVERIES, logColumns } from './log.js';
export { COMPARED, CYCLES, HOLDS, HOLDS_IN_FULL, OVERRIDES, SERVICES, USAGE } from './services.js';

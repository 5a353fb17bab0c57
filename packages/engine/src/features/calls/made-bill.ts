import type { CallBillView } from '@sluice/contract/documents';

/** A bill, before the name of its service is read. */
export type MadeBill = Omit<CallBillView, 'name'>;

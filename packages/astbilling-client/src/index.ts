export type { CallRecord } from '@sluice/telephony';

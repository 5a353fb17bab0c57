import type { StatusFilter } from '@sluice/quota-core';

/** Written out: reading the list itself would load decimal numbers at each start. */
const SERVICES = [
  'failed',
  'unreadable',
  'doubted',
  'over',
  'held',
  'ok',
  'unmanaged',
  'skipped',
  'would-be-held',
  'not-read',
] as const satisfies readonly StatusFilter[];

/** What `--status` may name in each list. */
export const STATUSES = {
  services: SERVICES,
  records: ['open', 'past'],
  users: ['active', 'disabled', 'expired', 'used-up'],
  agents: ['ok', 'held', 'doubted', 'missing'],
  panels: ['active', 'disabled'],
  purchases: ['pending', 'paid', 'cancelled', 'refunding', 'refunded', 'failed'],
  invoices: ['open', 'paid', 'cancelled', 'refunded'],
  lines: ['active', 'suspended', 'terminated'],
  numbers: ['available', 'active', 'suspended', 'terminated'],
  tokens: ['active', 'expired', 'revoked'],
  customers: ['active', 'suspended'],
  alarms: ['open', 'acknowledged'],
  deliveries: ['pending', 'sent', 'given-up'],
} as const;

import { REPORTED_STATUSES } from '@sluice/quota-core';

/** What `--status` may name in each list. */
export const STATUSES = {
  services: REPORTED_STATUSES,
  records: ['open', 'past'],
  agents: ['ok', 'held', 'missing'],
  panels: ['active', 'disabled'],
  purchases: ['pending', 'paid', 'cancelled', 'refunded', 'failed'],
  invoices: ['open', 'paid', 'cancelled', 'refunded'],
  lines: ['active', 'suspended', 'terminated'],
  numbers: ['available', 'active', 'suspended', 'terminated'],
  tokens: ['active', 'expired', 'revoked'],
  customers: ['active', 'suspended'],
  alarms: ['open', 'acknowledged'],
  deliveries: ['pending', 'sent', 'given-up'],
} as const;

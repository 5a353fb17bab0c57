/** What `--status` may name in each list. */
export const STATUSES = {
  services: ['ok', 'held', 'unreadable', 'failed', 'unmanaged', 'skipped'],
  records: ['open', 'past'],
  agents: ['ok', 'held', 'missing'],
  panels: ['active', 'disabled'],
  purchases: ['pending', 'paid', 'cancelled', 'refunded', 'failed'],
  invoices: ['open', 'paid', 'cancelled', 'refunded'],
  lines: ['active', 'suspended', 'terminated'],
  numbers: ['available', 'active', 'suspended', 'terminated'],
  tokens: ['active', 'expired', 'revoked'],
  customers: ['active', 'suspended'],
  deliveries: ['pending', 'sent', 'given-up'],
} as const;

import type { Generated } from 'kysely';
import type { agentReservations, agents, agentSnapshots, agentUsers } from './agent-record-tables.js';
import type {
  autoBuyPreferences,
  bookings,
  callBills,
  entries,
  invoiceLines,
  invoices,
} from './ledger-record-tables.js';
import type { RecordTable } from './record-table.js';
import type {
  actions,
  apiCalls,
  conditions,
  confirmations,
  cycles,
  decisionHistory,
  decisions,
  deliveries,
  evidence,
  fingerprints,
  graphCache,
  holds,
  notices,
  overrides,
  purchases,
  pushedUsage,
  refreshes,
  resources,
  runs,
  samples,
  services,
  switches,
  writeBacks,
} from './record-tables.js';
import type { apiTokens, requests, sessions } from './token-record-tables.js';

type Row<Table> = Table extends RecordTable<string, infer _Record, infer R> ? R : never;

/** `seq` numbers the rows in order of insertion, also within one millisecond. */
type Counted<R> = R & { seq: Generated<number> };

/** A free lease (`host` is null) keeps its row, so that fence numbers are never repeated. */
export interface LeaseRow {
  name: string;
  fence: number;
  host: string | null;
  pid: number | null;
  process_start: string | null;
  run: string | null;
  acquired_at: string | null;
  expires_at: string | null;
}

/** The tables of the newest schema version. */
export interface Database {
  services: Row<typeof services>;
  service_overrides: Counted<Row<typeof overrides>>;
  cycles: Row<typeof cycles>;
  /** `panel` and `confirmed_from` are set where confirmations between the two numbers repeat the sample. */
  usage_samples: Row<typeof samples> & {
    panel: string | null;
    confirmed_from: number | null;
    confirmed_until: number | null;
  };
  confirmations: Counted<Row<typeof confirmations>>;
  purchases: Counted<Row<typeof purchases>>;
  holds: Counted<Row<typeof holds>>;
  evidence: Counted<Row<typeof evidence>>;
  actions: Counted<Row<typeof actions>>;
  /** `basis` is the digest that distinguishes a decision from the next. */
  decisions: Row<typeof decisions> & { basis: string };
  decision_history: Counted<Row<typeof decisionHistory>>;
  notices: Counted<Row<typeof notices>>;
  deliveries: Counted<Row<typeof deliveries>>;
  conditions: Row<typeof conditions>;
  runs: Counted<Row<typeof runs>>;
  refreshes: Counted<Row<typeof refreshes>>;
  api_calls: Counted<Row<typeof apiCalls>>;
  leases: LeaseRow;
  switches: Row<typeof switches>;
  fingerprints: Row<typeof fingerprints>;
  service_resources: Row<typeof resources>;
  pushed_usage: Row<typeof pushedUsage>;
  write_backs: Row<typeof writeBacks>;
  graph_cache: Row<typeof graphCache>;
  clock: { name: string; at: string };
  agents: Row<typeof agents>;
  agent_users: Row<typeof agentUsers>;
  agent_reservations: Row<typeof agentReservations>;
  agent_snapshots: Row<typeof agentSnapshots>;
  ledger_bookings: Counted<Row<typeof bookings>>;
  ledger_entries: Counted<Row<typeof entries>>;
  invoices: Counted<Row<typeof invoices>>;
  invoice_lines: Counted<Row<typeof invoiceLines>>;
  call_bills: Counted<Row<typeof callBills>>;
  auto_buy_preferences: Row<typeof autoBuyPreferences>;
  api_tokens: Counted<Row<typeof apiTokens>>;
  sessions: Row<typeof sessions>;
  requests: Row<typeof requests>;
  schema_migrations: { version: number; name: string; applied_at: string };
}

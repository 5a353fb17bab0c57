import type { Generated } from 'kysely';
import type * as agentTables from './agent-record-tables.js';
import type * as ledgerTables from './ledger-record-tables.js';
import type { RecordTable } from './record-table.js';
import type * as tables from './record-tables.js';
import type * as tokenTables from './token-record-tables.js';

type Row<Table> = Table extends RecordTable<string, infer _Record, infer R> ? R : never;

/** `seq` numbers the rows in order of insertion, also within one millisecond. */
type Counted<Table> = Row<Table> & { seq: Generated<number> };

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
  services: Row<typeof tables.services>;
  ownership: Counted<typeof tables.ownership>;
  service_overrides: Counted<typeof tables.overrides>;
  cycles: Row<typeof tables.cycles>;
  /** `panel` and `confirmed_from` are set where confirmations between the two numbers repeat the sample. */
  usage_samples: Row<typeof tables.samples> & {
    panel: string | null;
    confirmed_from: number | null;
    confirmed_until: number | null;
  };
  confirmations: Counted<typeof tables.confirmations>;
  purchases: Counted<typeof tables.purchases>;
  holds: Counted<typeof tables.holds>;
  evidence: Counted<typeof tables.evidence>;
  actions: Counted<typeof tables.actions>;
  /** `basis` is the digest that distinguishes a decision from the next. */
  decisions: Row<typeof tables.decisions> & { basis: string };
  decision_history: Counted<typeof tables.decisionHistory>;
  notices: Counted<typeof tables.notices>;
  deliveries: Counted<typeof tables.deliveries>;
  alarms: Row<typeof tables.alarms>;
  conditions: Row<typeof tables.conditions>;
  runs: Counted<typeof tables.runs>;
  refreshes: Counted<typeof tables.refreshes>;
  api_calls: Counted<typeof tables.apiCalls>;
  /** Calls to panels; `seq` is the number of the last one of the block. `run` and `panel` where all have the same. */
  api_call_blocks: {
    seq: number;
    first_seq: number;
    first_at: string;
    last_at: string;
    run: string | null;
    panel: string | null;
    data: Uint8Array;
    newest: Uint8Array | null;
  };
  leases: LeaseRow;
  switches: Row<typeof tables.switches>;
  fingerprints: Row<typeof tables.fingerprints>;
  service_resources: Row<typeof tables.resources>;
  pushed_usage: Row<typeof tables.pushedUsage>;
  write_backs: Row<typeof tables.writeBacks>;
  graph_cache: Row<typeof tables.graphCache>;
  clock: { name: string; at: string };
  agents: Row<typeof agentTables.agents>;
  agent_users: Row<typeof agentTables.agentUsers>;
  agent_reservations: Row<typeof agentTables.agentReservations>;
  agent_snapshots: Row<typeof agentTables.agentSnapshots>;
  ledger_bookings: Counted<typeof ledgerTables.bookings>;
  ledger_entries: Counted<typeof ledgerTables.entries>;
  invoices: Counted<typeof ledgerTables.invoices>;
  invoice_lines: Counted<typeof ledgerTables.invoiceLines>;
  call_bills: Counted<typeof ledgerTables.callBills>;
  auto_buy_preferences: Row<typeof ledgerTables.autoBuyPreferences>;
  api_tokens: Counted<typeof tokenTables.apiTokens>;
  sessions: Row<typeof tokenTables.sessions>;
  requests: Row<typeof tokenTables.requests>;
  schema_migrations: { version: number; name: string; applied_at: string };
}

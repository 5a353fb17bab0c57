import type { Generated } from 'kysely';
import type * as agentTables from './agent-record-tables.js';
import type * as holdTables from './hold-record-tables.js';
import type * as ledgerTables from './ledger-record-tables.js';
import type { RecordTable } from './record-table.js';
import type * as runTables from './run-record-tables.js';
import type * as serviceTables from './service-record-tables.js';
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
  /** `search_text` is what `toSearchText` makes of the others. */
  services: Row<typeof serviceTables.services> & { search_text: string };
  undecided: { service: string };
  ownership: Counted<typeof serviceTables.ownership>;
  service_overrides: Counted<typeof serviceTables.overrides>;
  cycles: Row<typeof serviceTables.cycles>;
  /** `panel` and `confirmed_from` are set where confirmations between the two numbers repeat the sample. */
  usage_samples: Row<typeof serviceTables.samples> & {
    panel: string | null;
    confirmed_from: number | null;
    confirmed_until: number | null;
  };
  confirmations: Counted<typeof serviceTables.confirmations>;
  compliant_services: Row<typeof serviceTables.compliantServices>;
  purchases: Counted<typeof serviceTables.purchases>;
  holds: Counted<typeof holdTables.holds>;
  evidence: Counted<typeof holdTables.evidence>;
  actions: Counted<typeof holdTables.actions>;
  /** `basis` is the digest that distinguishes a decision from the next; the others are those of `decisionFigures`. */
  decisions: Row<typeof holdTables.decisions> & {
    basis: string;
    allowed_bytes: number | null;
    drifts: number;
    calm: number;
  };
  decision_history: Counted<typeof holdTables.decisionHistory>;
  notices: Counted<typeof runTables.notices>;
  deliveries: Counted<typeof runTables.deliveries>;
  client_notices: Row<typeof runTables.clientNotices>;
  client_addresses: Row<typeof runTables.clientAddresses>;
  alarms: Row<typeof runTables.alarms>;
  conditions: Row<typeof runTables.conditions>;
  runs: Counted<typeof runTables.runs>;
  refreshes: Counted<typeof runTables.refreshes>;
  api_calls: Counted<typeof runTables.apiCalls>;
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
  switches: Row<typeof runTables.switches>;
  fingerprints: Row<typeof runTables.fingerprints>;
  service_resources: Row<typeof runTables.resources>;
  pushed_usage: Row<typeof runTables.pushedUsage>;
  write_backs: Row<typeof runTables.writeBacks>;
  next_readings: Row<typeof runTables.nextReadings>;
  graph_cache: Row<typeof runTables.graphCache>;
  clock: { name: string; at: string };
  agents: Row<typeof agentTables.agents>;
  agent_users: Row<typeof agentTables.agentUsers>;
  agent_periods: Row<typeof agentTables.agentPeriods>;
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

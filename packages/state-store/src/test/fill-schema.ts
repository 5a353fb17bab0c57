import { readTables, type TableDefinition } from '../migrations/read-tables.js';
import { SCHEMA } from '../migrations/schema.js';

/** Rows of each table: reading all of them costs several times what a few by an index do. */
const ROWS = 4000;

/** What each poll adds to has more. */
const POLLED = new Set(['usage_samples', 'confirmations']);
const toCount = (table: string): number => (POLLED.has(table) ? 10 * ROWS : ROWS);

/** Each service, client, run and panel has a few rows of each table; the last ones of a history are open. */
const OPEN_FROM = ROWS * 0.99;
const OF_SERVICES = ROWS / 4;
const FEW = ROWS / 10;

/** Tables that stay small. */
const SMALL = new Set(['leases', 'switches', 'fingerprints', 'agent_snapshots', 'clock']);

const INSTANT = `to_char(timestamp '2026-03-01' + (i - ${OPEN_FROM}) * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const asOpen = (open: string, ended: string): string => `case when i > ${OPEN_FROM} then ${open} else ${ended} end`;
const cycling = (prefix: string, count: number): string => `'${prefix}' || i % ${count}`;

/** What a column of all tables has in row `i`. */
const COLUMNS: Readonly<Record<string, string>> = {
  panel: `coalesce((array['dcim', 'relay', 'vpn', 'tel', 'b'])[i % ${FEW} + 1], ${cycling('panel-', FEW)})`,
  service: cycling('svc-', OF_SERVICES),
  product: `case i % ${FEW} when 0 then 'vps' else ${cycling('product-', FEW)} end`,
  client: cycling('', FEW),
  cycle: cycling('c-', OF_SERVICES),
  run: cycling('run-', FEW),
  invoice: cycling('inv-', FEW),
  subscriber: `(9000 + i % ${FEW})::text`,
  subject: `'astbilling_subscriber_id:' || 9000 + i % ${FEW}`,
  account: cycling('client:', FEW),
  hold: cycling('h-', FEW),
  booking: cycling('id-', ROWS / 2),
  until: asOpen('null', INSTANT),
  closed_at: asOpen('null', INSTANT),
  confirmed_until: `case when i <= ${OF_SERVICES} then null else i end`,
  resolution: `'raw'`,
  id: `'id-' || i`,
  key: `'k-' || i`,
  hash: `'h-' || i`,
  uuid: `'u-' || i`,
  target: `'target-' || i`,
  ref: `'k-' || i`,
  at: INSTANT,
  since: INSTANT,
};

/** The same of one table. */
const OF_TABLE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  services: { id: `'svc-' || i` },
  cycles: { id: `'c-' || i` },
  runs: { id: `'run-' || i`, command: `(array['poll', 'run', 'refresh', 'drift'])[i % 4 + 1]` },
  invoices: { id: `'inv-' || i`, status: asOpen(`'open'`, `'paid'`) },
  purchases: { status: asOpen(`'pending'`, `'paid'`) },
  holds: { id: `'h-' || i` },
  actions: { state: asOpen(`'planned'`, `'done'`) },
  call_bills: { state: asOpen(`'sending'`, `'sent'`) },
  deliveries: {
    state: asOpen(`'pending'`, `'sent'`),
    channel: `(array['ops', 'b', 'c'])[i % 3 + 1]`,
    notice: `'id-' || i`,
  },
  agent_reservations: { state: asOpen(`'live'`, `'closed'`) },
  agent_users: { key: `'u-' || i` },
  client_notices: { reader: `'client:' || i` },
  client_addresses: { reader: `'client:' || i`, asked_hash: 'i::text' },
  compliant_services: { scope: `'s'`, until: INSTANT },
  ledger_bookings: { kind: `'credit'` },
  auto_buy_preferences: { scope: `(array['client', 'service'])[i % 2 + 1]`, subject: 'i::text' },
  requests: { who: cycling('token tok-', FEW) },
  api_tokens: { id: `'tok-' || i` },
  sessions: { expires_at: `'2027-01-01T00:00:00.000Z'` },
};

/** Columns of which each row of a table has another. */
function isEach({ name, primaryKey }: TableDefinition, column: string): boolean {
  return column === 'service' && (primaryKey[0] === 'service' || name === 'next_readings') && name !== 'usage_samples';
}

function toValue(table: TableDefinition, column: string, type: string): string {
  if (isEach(table, column)) return `'svc-' || i`;
  const known = OF_TABLE[table.name]?.[column] ?? COLUMNS[column];
  if (known !== undefined) return known;
  if (column.endsWith('_at')) return INSTANT;
  if (type === 'blob') return `decode(repeat('ab', 1500), 'hex')`;
  return type === 'text' ? `repeat('x', 100)` : column === 'seq' || type === 'bigint' ? 'i' : '0';
}

/** Tables that have many rows after `fillSchema`. */
export const LARGE: ReadonlySet<string> = new Set([...readTables(SCHEMA).keys()].filter((name) => !SMALL.has(name)));

/** Statements that fill a schema with rows as a store in use has them, in the place of all others, and count them for the planner. */
export function fillSchema(): string[] {
  const tables = [...readTables(SCHEMA).values()].filter(({ name }) => LARGE.has(name));
  return [
    'set session_replication_role = replica; begin',
    // A schema has the rows of the test before.
    `truncate ${tables.map(({ name }) => `"${name}"`).join(', ')}`,
    ...tables.map((table) => {
      const columns = table.columns.map(({ name }) => `"${name}"`).join(', ');
      const values = table.columns.map(({ name, type }) => toValue(table, name, type)).join(', ');
      return `insert into "${table.name}" (${columns}) select ${values} from generate_series(1, ${toCount(table.name)}) as "each"(i)`;
    }),
    'commit',
    ...tables.map(({ name }) => `vacuum analyze "${name}"`),
  ];
}

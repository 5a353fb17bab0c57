import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { actionsTable } from './actions-table.js';
import { agentsTables } from './agents-tables.js';
import { tokenTables } from './token-tables.js';
import { apiCallsTable } from './api-calls-table.js';
import { clockTable } from './clock-table.js';
import { confirmationsTable } from './confirmations-table.js';
import { cyclesTable } from './cycles-table.js';
import { decisionsTable } from './decisions-table.js';
import { evidenceTable } from './evidence-table.js';
import { holdsTable } from './holds-table.js';
import { ledgerTables } from './ledger-tables.js';
import { noticeTables } from './notice-tables.js';
import { overviewTable } from './overview-table.js';
import { overridesTable } from './overrides-table.js';
import { ownershipTable } from './ownership-table.js';
import { panelTables } from './panel-tables.js';
import { purchasesTable } from './purchases-table.js';
import { refreshesTable } from './refreshes-table.js';
import { runsTable } from './runs-table.js';
import { samplesTable } from './samples-table.js';
import { serviceTables } from './service-tables.js';
import { servicesTable } from './services-table.js';

/** Creates all tables for one kind of access to the database. */
export function createTables(access: Access): StoreTables {
  return {
    services: servicesTable(access),
    ownership: ownershipTable(access),
    overrides: overridesTable(access),
    cycles: cyclesTable(access),
    samples: samplesTable(access),
    confirmations: confirmationsTable(access),
    purchases: purchasesTable(access),
    holds: holdsTable(access),
    evidence: evidenceTable(access),
    actions: actionsTable(access),
    decisions: decisionsTable(access),
    runs: runsTable(access),
    refreshes: refreshesTable(access),
    apiCalls: apiCallsTable(access),
    clock: clockTable(access),
    overview: overviewTable(access),
    ...agentsTables(access),
    ...ledgerTables(access),
    ...noticeTables(access),
    ...panelTables(access),
    ...serviceTables(access),
    ...tokenTables(access),
  };
}

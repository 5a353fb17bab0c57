import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { actionsTable } from './actions-table.js';
import { agentsTables } from './agents-tables.js';
import { tokenTables } from './token-tables.js';
import { apiCallsTable } from './api-calls-table.js';
import { autoBuyTable } from './auto-buy-table.js';
import { callBillsTable } from './call-bills-table.js';
import { clockTable } from './clock-table.js';
import { confirmationsTable } from './confirmations-table.js';
import { conditionsTable } from './conditions-table.js';
import { cyclesTable } from './cycles-table.js';
import { decisionsTable } from './decisions-table.js';
import { deliveriesTable } from './deliveries-table.js';
import { evidenceTable } from './evidence-table.js';
import { fingerprintsTable } from './fingerprints-table.js';
import { graphCacheTable } from './graph-cache-table.js';
import { holdsTable } from './holds-table.js';
import { invoicesTable } from './invoices-table.js';
import { ledgerTable } from './ledger-table.js';
import { noticesTable } from './notices-table.js';
import { overviewTable } from './overview-table.js';
import { overridesTable } from './overrides-table.js';
import { panelListsTable } from './panel-lists-table.js';
import { purchasesTable } from './purchases-table.js';
import { pushedUsageTable } from './pushed-usage-table.js';
import { refreshesTable } from './refreshes-table.js';
import { resourcesTable } from './resources-table.js';
import { runsTable } from './runs-table.js';
import { samplesTable } from './samples-table.js';
import { servicesTable } from './services-table.js';
import { switchesTable } from './switches-table.js';
import { writeBacksTable } from './write-backs-table.js';

/** Creates all tables for one kind of access to the database. */
export function createTables(access: Access): StoreTables {
  return {
    services: servicesTable(access),
    overrides: overridesTable(access),
    cycles: cyclesTable(access),
    samples: samplesTable(access),
    confirmations: confirmationsTable(access),
    purchases: purchasesTable(access),
    holds: holdsTable(access),
    evidence: evidenceTable(access),
    actions: actionsTable(access),
    decisions: decisionsTable(access),
    notices: noticesTable(access),
    deliveries: deliveriesTable(access),
    conditions: conditionsTable(access),
    runs: runsTable(access),
    refreshes: refreshesTable(access),
    apiCalls: apiCallsTable(access),
    switches: switchesTable(access),
    fingerprints: fingerprintsTable(access),
    resources: resourcesTable(access),
    pushedUsage: pushedUsageTable(access),
    writeBacks: writeBacksTable(access),
    graphCache: graphCacheTable(access),
    panelLists: panelListsTable(access),
    clock: clockTable(access),
    ledger: ledgerTable(access),
    invoices: invoicesTable(access),
    callBills: callBillsTable(access),
    overview: overviewTable(access),
    autoBuy: autoBuyTable(access),
    ...agentsTables(access),
    ...tokenTables(access),
  };
}

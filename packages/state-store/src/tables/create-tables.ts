import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { actionsTable } from './runs-table.js';
import { agentsTables } from './agents-tables.js';
import { tokenTables } from './token-tables.js';
import { apiCallsTable } from './api-calls-table.js';
import { clientsTable } from './clients-table.js';
import { clockTable } from './runs-table.js';
import { compliantTable } from './compliant-table.js';
import { confirmationsTable } from './confirmations-table.js';
import { cyclesTable } from './cycles-table.js';
import { decisionsTable } from './decisions-table.js';
import { evidenceTable } from './holds-table.js';
import { holdsTable } from './holds-table.js';
import { ledgerTables, purchasesTable } from './ledger-tables.js';
import { noticeTables } from './notice-tables.js';
import { overviewTable } from './overview-table.js';
import { overridesTable } from './services-table.js';
import { ownershipTable } from './ownership-table.js';
import { nextReadingsTable } from './next-readings-table.js';
import { panelTables } from './panel-tables.js';
import { refreshesTable } from './runs-table.js';
import { runsTable } from './runs-table.js';
import { samplesTable } from './cycles-table.js';
import { serviceTables } from './service-tables.js';
import { servicesTable } from './services-table.js';
import { trafficTable } from './traffic-table.js';

const MAKERS: { readonly [Name in keyof StoreTables]: (access: Access) => StoreTables[Name] } = {
  services: servicesTable,
  ownership: ownershipTable,
  clients: clientsTable,
  overrides: overridesTable,
  cycles: cyclesTable,
  samples: samplesTable,
  confirmations: confirmationsTable,
  compliant: compliantTable,
  purchases: purchasesTable,
  holds: holdsTable,
  evidence: evidenceTable,
  actions: actionsTable,
  decisions: decisionsTable,
  runs: runsTable,
  refreshes: refreshesTable,
  apiCalls: apiCallsTable,
  clock: clockTable,
  overview: overviewTable,
  traffic: trafficTable,
  agents: (access) => agentsTables(access).agents,
  agentUsers: (access) => agentsTables(access).agentUsers,
  agentPeriods: (access) => agentsTables(access).agentPeriods,
  agentReservations: (access) => agentsTables(access).agentReservations,
  agentSnapshots: (access) => agentsTables(access).agentSnapshots,
  ledger: (access) => ledgerTables(access).ledger,
  invoices: (access) => ledgerTables(access).invoices,
  callBills: (access) => ledgerTables(access).callBills,
  autoBuy: (access) => ledgerTables(access).autoBuy,
  notices: (access) => noticeTables(access).notices,
  deliveries: (access) => noticeTables(access).deliveries,
  clientNotices: (access) => noticeTables(access).clientNotices,
  clientAddresses: (access) => noticeTables(access).clientAddresses,
  alarms: (access) => noticeTables(access).alarms,
  conditions: (access) => noticeTables(access).conditions,
  switches: (access) => panelTables(access).switches,
  fingerprints: (access) => panelTables(access).fingerprints,
  graphCache: (access) => panelTables(access).graphCache,
  panels: (access) => panelTables(access).panels,
  panelLists: (access) => panelTables(access).panelLists,
  resources: (access) => serviceTables(access).resources,
  pushedUsage: (access) => serviceTables(access).pushedUsage,
  writeBacks: (access) => serviceTables(access).writeBacks,
  nextReadings: nextReadingsTable,
  apiTokens: (access) => tokenTables(access).apiTokens,
  sessions: (access) => tokenTables(access).sessions,
  requests: (access) => tokenTables(access).requests,
};

const ACCESS = Symbol('access');

/** Getters that make a table when it is first used, and are the table from then on. */
const MADE_ON_DEMAND: PropertyDescriptorMap = Object.fromEntries(
  Object.entries(MAKERS).map(([name, make]) => [
    name,
    {
      enumerable: true,
      configurable: true,
      get(this: { readonly [ACCESS]: Access }): unknown {
        const value = make(this[ACCESS]);
        Object.defineProperty(this, name, { value, enumerable: true, configurable: true });
        return value;
      },
    },
  ]),
);

/** Creates the tables for one kind of access to the database, each when it is first used: most calls use few of them. */
export function createTables(access: Access): StoreTables {
  return Object.defineProperties({ [ACCESS]: access }, MADE_ON_DEMAND) as unknown as StoreTables;
}

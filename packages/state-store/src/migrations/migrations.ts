import { initial } from './001-initial.js';
import { agents } from './002-agents.js';
import { graphCache } from './003-graph-cache.js';
import { resources } from './004-resources.js';
import { clock } from './005-clock.js';
import { refreshes } from './006-refreshes.js';
import { restrictions } from './007-restrictions.js';
import { agentHolds } from './008-agent-holds.js';
import { confirmations } from './009-confirmations.js';
import { actors } from './010-actors.js';
import { ledger } from './011-ledger.js';
import { pushedUsage } from './012-pushed-usage.js';
import { callBills } from './013-call-bills.js';
import { deliveries } from './014-deliveries.js';
import { access } from './015-access.js';
import { runScope } from './016-run-scope.js';
import { writeBacks } from './017-write-backs.js';
import { givenUpCalls } from './018-given-up-calls.js';
import { billsOfLines } from './019-bills-of-lines.js';
import { sentRefunds } from './020-sent-refunds.js';
import { clientSince } from './021-client-since.js';
import { answersWithoutLinks } from './022-answers-without-links.js';
import { ownership } from './023-ownership.js';
import { switchActors } from './024-switch-actors.js';
import { scopesOfClients } from './025-scopes-of-clients.js';
import { apiCallBlocks } from './026-api-call-blocks.js';
import { notesOfCredit } from './027-notes-of-credit.js';
import { compactSamples } from './028-compact-samples.js';
import { autoBuyOfLinks } from './029-auto-buy-of-links.js';
import { conditionDetails } from './030-condition-details.js';
import { alarms } from './031-alarms.js';
import { clientsOfOwnership } from './032-clients-of-ownership.js';
import { processesOfRuns } from './033-processes-of-runs.js';
import { newestCalls } from './034-newest-calls.js';
import { resetsOfAgentUsers } from './035-resets-of-agent-users.js';
import { panelsOfCallBills } from './036-panels-of-call-bills.js';
import { timesOfOwnership } from './037-times-of-ownership.js';
import { nextReadings } from './038-next-readings.js';
import { compliantServices } from './039-compliant-services.js';
import { readingsOfCompliant } from './040-readings-of-compliant.js';
import { calmDecisions } from './041-calm-decisions.js';
import { names } from './042-names.js';
import { clientNotices } from './043-client-notices.js';
import { agentPeriods } from './044-agent-periods.js';
import { dataOfNotices } from './045-data-of-notices.js';
import { searchText } from './046-search-text.js';
import type { Migration } from './migration.js';

/** Every step, oldest first. */
export const MIGRATIONS: readonly Migration[] = [
  initial,
  agents,
  graphCache,
  resources,
  clock,
  refreshes,
  restrictions,
  agentHolds,
  confirmations,
  actors,
  ledger,
  pushedUsage,
  callBills,
  deliveries,
  access,
  runScope,
  writeBacks,
  givenUpCalls,
  billsOfLines,
  sentRefunds,
  clientSince,
  answersWithoutLinks,
  ownership,
  switchActors,
  scopesOfClients,
  apiCallBlocks,
  notesOfCredit,
  compactSamples,
  autoBuyOfLinks,
  conditionDetails,
  alarms,
  clientsOfOwnership,
  processesOfRuns,
  newestCalls,
  resetsOfAgentUsers,
  panelsOfCallBills,
  timesOfOwnership,
  nextReadings,
  compliantServices,
  readingsOfCompliant,
  calmDecisions,
  names,
  clientNotices,
  agentPeriods,
  dataOfNotices,
  searchText,
];

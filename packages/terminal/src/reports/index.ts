export {
  describeAgentLimit,
  describeNewUser,
  printAgentExplained,
  printRoom,
  printUsersChanged,
} from './agent-lines.js';
export {
  AGENTS,
  printAgent,
  printAgents,
  printChangedAgents,
  printCheck,
  printSemantics,
  printSuspended,
} from './agent-report.js';
export { autoBuySubject, creditText, describeAutoBuy, printAutoBuy, printInvoice } from './billing.js';
export { printChecks, printSections } from './checks.js';
export { printOutcome } from './command.js';
export { type CustomerAccount, printAccess, printMessage } from './customer.js';
export { printAlarms, printBasis } from './explanation.js';
export { describeChange, describeOutcome, describeOverride, formatPurchase, printActions } from './outcome.js';
export { describeTest, type PanelOutcome } from './panel-test.js';
export { type Failure, groupFailures, printObserving, printRun } from './run-report.js';
export { printPlan } from './plan-report.js';
export { type Alike, foldAlike, MOST_ALIKE, printFirst } from './fold.js';
export { printService } from './service.js';
export { explainState } from './state.js';
export type { StateCommands, StateNames } from './state-names.js';
export { describeMarked, describeStatus } from './status.js';
export { allowedBytes, usedBytes } from './usage.js';

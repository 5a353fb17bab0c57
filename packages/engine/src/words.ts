export { isPanelRemoved } from './base/config/find-entry.js';
export { findNameProblem } from './base/user-name.js';
export { describePackage, describeService, type NamedService } from './base/describe-service.js';
export { contactUrl } from './base/contact-url.js';
export { isOfClient } from './base/is-of-client.js';
export { tokenStatus } from './base/token-status.js';
export { describeCall, describeCallOutcome } from './features/log/describe-call.js';
export { describeRunError } from './features/log/error-words.js';
export { listDisabledAbove, toAgentStatus } from './features/agents/agent-views.js';
export { sortAgentUsers, type SortedUser } from './features/agents/sort-users.js';
export { describeCredit } from './features/billing/describe-credit.js';
export { describeUnbilled } from './base/config/call-panels.js';
export { isAllDue } from './features/calls/bill-scope.js';
export { OUTCOME_KEYS } from './features/calls/outcome-keys.js';
export {
  describeEffect,
  describeRefused,
  describeRefusedOne,
  findRefusedAll,
} from './features/purchases/describe-effect.js';
export { needsPayment } from './features/advice/advise.js';
export { sayDue } from './features/advice/say-due.js';
export { sayAdvice } from './features/advice/say-advice.js';
export { sayReason } from './base/say-reason.js';
export { type ClientReason, sayForClient } from './features/explain/for-client.js';
export { sayFigures } from './features/explain/say-figures.js';
export { hasEnded } from './base/lifecycle.js';
export { describePurchaseState } from './features/billing/refund-state.js';
export { packageName, productName } from './base/config/package-name.js';
export { describePrice } from './base/config/package-price.js';
export { describeTermination, type Termination } from './kernel/subject/termination.js';
export { compareIds, nameFew } from './base/natural-order.js';
export { suggestion } from './base/suggestion.js';
export { describeEnforcement, describeSetting, listWaysBack } from './context/enforcement.js';
export { describeBrake, isStopError } from './kernel/run/brake-state.js';
export { listLate } from './features/schedule/last-run.js';
export { describeOutage } from './context/reach.js';
export { describeUndecided, isListIgnored } from './kernel/run/left-elsewhere.js';
export { listObserving } from './features/panels/observed-panels.js';
export {
  describeAllowance,
  describeExceeded,
  hasCycleEnded,
  describeFigures,
  describeHold,
  describeMark,
  describeProtection,
  describeUnused,
  describeUsed,
  isLeastUsed,
  usedBytes,
} from './kernel/subject/used.js';
export { type AgentEnd, findLimitEnd, keepsDisabled, type LimitEnd } from '@sluice/panel-kind';
export {
  findLimitingAgents,
  type LimitingAgent,
  type LimitingAgents,
  listLimiting,
} from './features/agents/limiting-agents.js';
export type { Doubted } from './kernel/subject/stages.js';
export { describeOverdue, type DueService, isWithAccount } from './kernel/subject/skip.js';
export { isLeftAsIs } from './kernel/subject/to-stage.js';
export { type DecisionFacts, findNextDecision, type NextDecision } from './kernel/subject/next-decision.js';
export { describeBesides } from './kernel/run/alarms.js';
export { type BrandLogo, brandLogo, toBrandPath } from './base/config/brand-logo.js';
export { type Accent, readableAccent, toContrast } from './base/contrast.js';

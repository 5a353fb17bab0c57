export { QuotaCoreError, quote, type QuotaCoreErrorCode } from './errors.js';
export {
  addBytes,
  BYTES_PER_GB,
  formatBytes,
  formatShare,
  gigabytesToBytes,
  parseSize,
  parseTraffic,
  roundBytes,
  type SizeFigure,
  splitBytes,
  toPercent,
} from './bytes.js';
export {
  addMoney,
  addTax,
  checkMoney,
  compareMoney,
  currencyDecimals,
  formatMoney,
  padMoney,
  multiplyMoney,
  negateMoney,
  roundMoney,
  subtractMoney,
} from './money.js';
export { type BillingCycleName, parseBillingCycleName, type QuotaPeriod } from './cycle.js';
export { toAsciiDigits } from './digits.js';
export { toLocalDate, zonedMidnight, zonedTime } from './zone.js';
export {
  billingCycle,
  billingCycleAt,
  checkLocalDate,
  type Cycle,
  type CycleAnchor,
  nextDueDateAfter,
} from './cycle.js';
export { type CycleStep, liesAhead, type RecordedCycle, stepCycle, type StepInput } from './step-cycle.js';

export {
  type Allowance,
  type AllowancePart,
  type ProductQuota,
  type PurchaseForAllowance,
  type Quota,
  type QuotaOverride,
  resolveAllowance,
} from './allowance.js';
export { eachFigure, type Mode, type Reading, resolveMode, type UsageBytes, usageInMode } from './allowance.js';
export {
  type CounterState,
  type CounterStep,
  type RefusedReading,
  type ResetBetween,
  isOfOtherAccount,
  stepCounter,
} from './step-cycle.js';
export { confirmsJump, isJump, mayConfirm } from './jump.js';
export { type Language, LANGUAGES, toLanguage } from './language.js';
export { CALL_WORDS } from './call-words.js';
export { COMPARING, toComparable } from './comparable.js';
export { toFinder, toSearched, toSearchText } from './search-text.js';
export { findMarkers, lineMarker, markLine, withoutMarkers } from './line-marker.js';
export { type LimitDecision, type LimitRule, releaseMargin } from './limit.js';
export type { Limit, LimitRelease, MeteredLimit, MoneyLimit, MoneyReading } from './limit-types.js';
export { type CalendarWindow, calendarWindow } from './window.js';
export { type RatePercentile, ratePercentile, type RatePercentileInput } from './rate-percentile.js';
export {
  barBounds,
  type BarInput,
  type BarReading,
  barStep,
  type BarStep,
  type Share,
  sharesBetween,
  type UsageBar,
  usageBars,
} from './usage-bars.js';
export {
  beginWindowCount,
  type CycleReading,
  stepWindowCount,
  swapDirections,
  mostInWindow,
  rebaseWindowCount,
  usageInWindow,
  type WindowCount,
} from './window-usage.js';
export {
  decide,
  type Decision,
  type DecisionInput,
  describeReason,
  describeRule,
  type DueHold,
  type HoldReason,
  type OtherRule,
  REPORTED_STATUSES,
  type ReportedStatus,
  type StandingHold,
  STATUS_FILTERS,
  type StatusFilter,
  type StatusInput,
  toReportedStatus,
} from './decide.js';
export { crossedThresholds } from './allowance.js';
export { type AllowanceStep, type AllowanceStepInput, allowanceSteps } from './allowance-steps.js';
export { type DecidedQuota, formerQuotas } from './former-quotas.js';
export { type OverrideSpan, overrideSteps } from './override-steps.js';
export { autoBuy, type AutoBuyDecision, fewestToLift } from './auto-buy.js';
export {
  type DueMoment,
  type LineRate,
  type OpenLimit,
  planReading,
  type PlannedReading,
  RATE_SAFETY,
  type ReadingFacts,
  type ReadingReason,
  type ReadingRules,
  stepRate,
} from './plan-reading.js';
export {
  type GrowthRange,
  type ProjectedGrowth,
  type Projection,
  type ProjectionInput,
  type ProjectionPoint,
  projectUsage,
} from './projection.js';
export { pollSchedule } from './poll-schedule.js';
export { type ChangeOfObject, countReversals, MOST_REVERSALS, REVERSALS_MS } from './reversals.js';
export { brakeActs, type BrakeInput, brakeStops, DEFAULT_BRAKE, SMALL_PANEL } from './brake.js';
export type {
  ActionRecord,
  ActionState,
  EvidenceRecord,
  HoldRecord,
  LeaseOwner,
  ServiceRecord,
  ServiceStatus,
  SourceFact,
  SourceFacts,
} from './records.js';
export { type BilledService, isPaidUp, type OldRow, type OldTable } from './old-tables.js';
export {
  type AccountingMode,
  AGENT_STEPS,
  type AgentAccount,
  type AgentFigures,
  findSubjectAgent,
  findSubjectPanel,
  findSubjectUser,
  type AgentRecord,
  type AgentReservationRecord,
  type AgentPeriodRecord,
  type AgentSnapshotRecord,
  toAgentSubject,
  toUserSubject,
  type AgentUserRecord,
  type AgentDoubt,
  type AgentFall,
  type AgentVerdict,
  type RaisedLimit,
  raiseKey,
} from './agent-records.js';

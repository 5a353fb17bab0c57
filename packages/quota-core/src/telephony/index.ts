export type {
  CallRecord,
  Carrier,
  Country,
  Did,
  DidDestination,
  Disposition,
  LineStatus,
  Rate,
  Route,
  Subscriber,
  TelephoneCustomer,
  TelephonePlan,
  Trunk,
} from './records.js';
export { creditLeft, findLineStop, type LineStop } from './line-credit.js';
export { TelephonyError, type TelephonyErrorCode } from './errors.js';
export { AREA_CODES, checkAreaCode } from './area-codes.js';
export {
  checkAreaCodeOf,
  formatNumber,
  isCanonicalNumber,
  type NumberContext,
  type NumberKind,
  parseNumber,
  type PhoneNumber,
  toRateDigits,
} from './numbers.js';
export { toPhoneDigits, toPrefixFinder, toSearchedDigits, withoutSeparators } from './searched-digits.js';
export {
  checkUsername,
  type ClientName,
  customerName,
  type UsernameCandidates,
  usernameCandidates,
  type UsernameSource,
} from './names.js';
export { canonicalDocument, documentSpellings, isSameDocument } from './documents.js';
export { type LocalDay, localDay, toLocalTime } from './local-time.js';
export {
  type BillPeriod,
  type DueInput,
  duePeriods,
  explicitPeriod,
  invoicePeriod,
  isClosed,
  parsePeriod,
  type PeriodRule,
  periodsOverlap,
} from './periods.js';
export { type DateOrder, findDateOrder, readStatedPeriods, type StatedPeriod } from './stated-periods.js';
export { type InvalidRate, RateTable } from './rates.js';
export {
  billedSeconds,
  type CallToRate,
  toCharge,
  type IncrementBase,
  type Increments,
  rateCall,
  type RatedCall,
  type RatingRules,
} from './rating.js';
export { isAmount } from './amounts.js';
export { type ChargeDifference, compareCharge } from './compare-charge.js';
export { callWarnings, type CallWarning } from './warnings.js';
export {
  type DestinationSpend,
  type SpendFigure,
  type SpendOptions,
  type SpendProblem,
  SpendSum,
} from './spend-sum.js';
export {
  type CallProblem,
  CallSum,
  type CallTotals,
  type Finding,
  type CallSumOptions,
  type CallVerdict,
} from './call-sum.js';
export { type BillDecision, type BillInput, type BillRefusal, decideBill } from './decide-bill.js';
export { type BillIdentity, billKey, IdsDigest, reportFileName, toNamePart } from './bill-key.js';
export { type CellOptions, type CellType, formatCell, type ReportFormat } from './report-cells.js';
export { type CallReport, compareCalls, createCallReport } from './report.js';
export { type ReportStyle, rewriteReport } from './rewrite-report.js';

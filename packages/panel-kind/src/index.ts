export { callAgeMs } from './call-age.js';
export { type Clock, isoNow, newId } from './clock.js';
export { type ErrorKind, type ItemError, itemErrorOf, SluiceError, usageError } from './errors.js';
export type { CustomerLogin, InitQuestions, PanelDependencies, PanelKind, PanelToOpen, RefColumn } from './kind.js';
export {
  type AccountOrder,
  type AccountView,
  type ApplyContext,
  type Capability,
  type ContractReport,
  type Desired,
  type HeldService,
  type HoldInForce,
  type Look,
  type Lookups,
  type Observation,
  type Panel,
  type PanelGraph,
  type Plan,
  type Refresh,
  type RefreshCall,
  type RefreshPlan,
  type Sharer,
  sharerIds,
  type Step,
  type StepOutcome,
  type TunnelView,
  type UsageAnswer,
  type UsageRequest,
  type UserView,
} from './panel.js';
export { throwWithCredentialKey, withCredentialKey } from './refused-credentials.js';
export type { PanelSettings, ProductSettings } from './settings.js';
export { transportOptions, type TransportOptions } from './transport.js';
export {
  amount,
  currency,
  duration,
  hostPort,
  isTimeZone,
  parseDuration,
  parseShare,
  quotaValue,
  regex,
  secret,
  share,
  size,
  timeZone,
} from './values.js';

export { createPanelHttp } from './create-panel-http.js';
export { normaliseBaseUrl, type BaseUrlOptions } from './base-url.js';
export { redact, SHORTEST_MASKED } from './redact.js';
export { systemClock } from './clock.js';
export { PanelConfigError, type PanelConfigErrorCode } from './config-error.js';
export {
  createPanelError,
  isPanelError,
  PanelAuthError,
  PanelCircuitOpenError,
  PanelError,
  PanelForbiddenError,
  PanelNotFoundError,
  PanelRateLimitedError,
  PanelRejectedError,
  PanelServerError,
  PanelTimeoutError,
  PanelUnreachableError,
  PanelUnreadableError,
  type PanelErrorCode,
  type PanelErrorDetails,
  type PanelErrorField,
} from './errors.js';
export type {
  CallEvent,
  Clock,
  PanelAnswer,
  PanelAttempt,
  PanelAuth,
  PanelBreakerOptions,
  PanelFailure,
  PanelFile,
  PanelHttp,
  PanelHttpOptions,
  PanelHttpStats,
  PanelReply,
  PanelRequest,
  PanelRetryOptions,
  PanelTimeouts,
  PanelTlsOptions,
} from './types.js';

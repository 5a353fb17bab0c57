/**
 * Words that documents, endpoints and inputs have in common, without schemas: inputs load less of these than documents.
 *
 * @module
 */

/** How services are listed. */
export const ORDERS = ['worst', 'remaining', 'share', 'used', 'id', 'client'] as const;
/** How users of agents are listed: by name, by use, by when they were last active, by their last day; `-` is the other way round. */
export const AGENT_USER_SORTS = ['user', '-user', 'used', '-used', 'online', '-online', 'end', '-end'] as const;
/** One of them. */
export type AgentUserSort = (typeof AGENT_USER_SORTS)[number];
/** How far a notice is sent. */
export const DELIVERY_STATES = ['pending', 'sent', 'given-up'] as const;
/** What the log has. */
export const LOG_KINDS = ['run', 'action', 'refresh', 'api'] as const;
/** Which way a call went. */
export const DIRECTIONS = ['inbound', 'outbound'] as const;
/** Whether somebody answered a call. */
export const OUTCOMES = ['answered', 'unanswered'] as const;
/** From which second on the increments of a call count. */
export const INCREMENT_BASES = ['after-initial', 'whole-duration'] as const;
/** Where customers run apps. */
export const PLATFORMS = ['android', 'ios', 'windows', 'macos', 'linux'] as const;
/** What traffic is summed by. */
export const TRAFFIC_GROUPS = ['service', 'panel', 'product', 'client'] as const;
/** Who suspends a service. */
export const HOLDERS = ['billing', 'manual'] as const;

/** What notices are about, as `notify` names it (docs/notifications.md). */
export const NOTICE_EVENTS = [
  'threshold',
  'hold',
  'release',
  'purchase',
  'auto-buy-refused',
  'panel-unreachable',
  'drift',
  'brake',
  'account',
  'billing',
  'attention',
  'would-change',
  'digest',
] as const;

/** One of `NOTICE_EVENTS`. */
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

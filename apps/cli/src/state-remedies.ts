import type { BecauseCode } from '@sluice/engine';

const POLL = 'sluice poll --service {service}';
const BELIEVE = `${POLL} --allow-mass`;
const RELEASE = 'sluice hold release {service}';
const RELEASE_UNTIL = `${RELEASE} --until DATE`;
const UNSUSPEND = 'sluice provision unsuspend {service}';
const TERMINATE = 'sluice provision terminate {service}';
const RAISE = 'sluice override set {service} --quota {largerGb}GB';
const ENFORCE = 'sluice enforce {panel} --only {product}';
const OR_ENFORCE = `or let runs change it again: ${ENFORCE}`;
const FROM_NEXT_RUN = `To restrict it from the next run on: ${ENFORCE}`;
const ACTIVATE = 'Once it is in use: sluice service set {service} status=active';
const SYNC = '{?source}Once it is paid in {source}, the poll after a sync reads it: sluice service sync';
const RENEW = ['sluice provision renew {renewable}', 'sluice provision renew {overdue} --until DATE'];
const UNTIL_SYNC = 'sluice service sync. Only until the next sync: ';
const PROTECT = 'To protect it until a date: sluice service set {service} protected_until=DATE';
const CHECK = 'sluice agent check --all --panel {panel}';
const END_SUSPENSIONS = 'sluice agent unsuspend {suspended} --panel {panel}';
const RAISE_LIMITS = 'sluice agent limit {limited} --gb N --panel {panel}';
const TAKE_OVER =
  '{?copied}If this installation is the one to go on, stop the other one, then: sluice doctor --take-over --panel {panel}';
const OBSERVE = 'to change nothing on the panel: sluice observe {panel}';

/**
 * What an operator can type about a reason of a service's state, by its code; an error of a run has its own remedy. `{name}` stands for
 * a detail of the reason, or for its `service`, `panel` or `product`; `{?name}` for nothing, where the detail is known. Of several
 * texts the first whose details are all known is used. A text that begins with a command follows the sentence after a colon.
 */
export const STATE_REMEDIES: Readonly<Partial<Record<BecauseCode, string | readonly string[]>>> = {
  until_cycle: RAISE,
  until_quota_above_peak: `${RAISE}; or until a date: ${RELEASE_UNTIL}`,
  until_quota_release: `To release it: ${RELEASE_UNTIL}`,
  until_window: `To release it until a date: ${RELEASE_UNTIL}`,
  until_operator: `To release it: ${RELEASE}`,
  until_renewed: RENEW,
  until_paid: [...RENEW, UNSUSPEND].map((command) => `${UNTIL_SYNC}${command}`),
  until_unsuspended: `To release it: ${UNSUSPEND}`,
  until_agent: [`${END_SUSPENSIONS}; ${RAISE_LIMITS}`, END_SUSPENSIONS, RAISE_LIMITS, `{?checks}${CHECK}`],
  until_agent_unsuspended: 'To release it: sluice agent unsuspend {agent} --panel {panel}',
  until_product: `Put that back, set another: sluice service set {service} product=NAME; or release it until a date: ${RELEASE_UNTIL}`,
  end_next_run: POLL,
  decide_next_run: POLL,
  undo_next_run: POLL,
  undo_in_doubt: `${POLL}; to say it: sluice doctor`,
  end_stopped: [TAKE_OVER, `It is due to end; a run over {service} alone is not stopped: ${POLL}`],
  end_observed: [
    `{?ended}To release it now: ${RELEASE}; ${OR_ENFORCE}`,
    '{?ofAgent}To have it released, let runs change the panel again: sluice enforce {panel}',
    `{?limited}To release it now: ${RELEASE_UNTIL}; ${OR_ENFORCE}`,
    `{?paid}To release it now: ${UNSUSPEND}; ${OR_ENFORCE}`,
    `{?unpaid}To release it now: ${UNSUSPEND}`,
  ],
  begin_observed: [
    `To restrict it now: sluice hold add {manual}; ${OR_ENFORCE}`,
    `To restrict it now: sluice provision suspend {billing}; ${OR_ENFORCE}`,
    FROM_NEXT_RUN,
  ],
  agent_check_stopped: `To allow it once: ${CHECK} --allow-mass`,
  skipped_pending: ACTIVATE,
  skipped_overdue: [SYNC, ...RENEW.map((command) => `To renew it: ${command}`)],
  panel_removed:
    'Put it back into the config; before you take it out for good, give its services back: sluice hold release --all --panel {panel}',
  ended_restricted: 'To undo that: sluice hold release {releasable}',
  pending_account: 'To create it: sluice provision create {service}',
  pending_use: ACTIVATE,
  pending_in_use: ACTIVATE,
  termination_next_run: `To do so now: ${TERMINATE}`,
  termination_observed: `To do so: ${TERMINATE}`,
  account_observe: `To change it from the next run on: ${ENFORCE}`,
  account_brake: 'If that many changes are right: sluice reconcile --allow-mass',
  account_operator: `${TERMINATE}, or sluice reconcile --allow-mass`,
  would_hold_observed: FROM_NEXT_RUN,
  would_hold_stopped: [
    TAKE_OVER,
    `{?ofAgents}To review what would be changed: ${CHECK} --dry-run; to allow it once: ${CHECK} --allow-mass; ${OBSERVE}`,
    `To review what would be changed: sluice plan --panel {panel}; to allow it once: sluice poll --panel {panel} --allow-mass; ${OBSERVE}`,
  ],
  not_read: POLL,
  exceeded_observed: FROM_NEXT_RUN,
  exceeded_next_run: POLL,
  cycle_unread: POLL,
  changed_by_others: `Another tool or staff still acts on it; ${OBSERVE}`,
  reading_doubted: `To believe it now: ${BELIEVE}`,
  hold_doubted: RELEASE_UNTIL,
  overdue: [SYNC, ...RENEW.map((command) => `To renew it: ${command}`)].map((text) => `${text}. ${PROTECT}`),
  released_until: `To end that now: ${RELEASE} --until none`,
};

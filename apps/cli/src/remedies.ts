import { printable } from '@sluice/panel-http/printable';

/**
 * What an operator can do about an error, notice or check, in words of this command, by its code. `{name}` stands for a detail
 * of the error; of several texts the first counts whose details are all known. docs/errors.md has the same remedies.
 */
export const REMEDIES: Readonly<Record<string, string | readonly string[]>> = {
  PANEL_NOT_FOUND: 'Check the ids of the service: "sluice doctor --contract" reads them all',
  PANEL_UNREADABLE: '"sluice doctor --contract" shows what is understood of the panel',
  shape_changed: 'Look at the panel; if the figures are right, accept them with "sluice doctor --contract"',
  readings_fell: 'Check units and the data of the panel: "sluice doctor --contract" shows both',
  not_read: '"sluice doctor --contract" shows what is understood of the panel',
  not_mapped: [
    '"sluice service set {service} {ref}=ID" names it',
    '"sluice service set {service} REF=ID" names it; where the panel has accounts, "sluice provision create {service}" makes one',
  ],
  no_cycle:
    '"sluice service set {service} billing_cycle=monthly next_due_date=YYYY-MM-DD"; a renewal may name its date with --until YYYY-MM-DD',
  not_metered_yet: '"sluice poll" reads it; a graph also takes --range 24h',
  graph_unreadable: 'Leave --from-panel out, or look at the graph in the panel',
  list_too_short: 'Look at the panel; if the list is right, run again with --allow-mass',
  mass_change: 'Look at "sluice plan"; if it is right, run again with --allow-mass',
  clock_wrong: 'Set the wrong clock right, then run again: "sluice doctor" shows both',
  clock_unconfirmed: 'Check the clock; if it is right: "sluice doctor --accept-clock"',
  outcome_unknown:
    'The next run reads the panel again; if the panel never shows it, look at the object and report it with "sluice action resolve {action} --done" or --not-done',
  not_finished: '"sluice plan" shows what is left',
  no_order: '"sluice service set {service} easydcim_order_id=ID"',
  order_state_unknown: '"sluice doctor --contract" shows what is understood of the order',
  already_adopted: '"sluice hold list" shows which',
  evidence_elsewhere:
    'Move it back with "sluice service set {service} panel=PANEL product=NAME", let "sluice poll" or "sluice hold release {service}" release it there, then move it again',
  still_restricted:
    'A manual hold ends with "sluice hold release SERVICE", a billing hold with "sluice provision unsuspend SERVICE"; "sluice explain SERVICE" shows what another waits for',
  unknown_action: '"sluice log list --actions" lists them',
  action_not_called: ['"sluice provision {verb} {service}" finishes it', 'None: the next run resolves it'],
  unknown_service: '"sluice service list" lists them, "sluice service add" adds one',
  unknown_product: 'Add it to the config, or name another with "sluice service set {service} product=NAME"',
  unknown_panel: '"sluice panel list" lists them',
  service_exists: 'Change it with "sluice service set {service} KEY=VALUE"',
  service_in_doubt:
    'Let "sluice poll" resolve it, or report it with "sluice action resolve {action} --done" or --not-done',
  service_has_account: 'Remove the account first: "sluice provision terminate {service} --yes"',
  termination_unfinished:
    '"sluice reconcile" goes on with it, "sluice provision terminate {service} --yes" does so at once',
  unsupported: '"sluice panel list" shows what each panel can do',
  account_exists: 'Name the right account, or add --adopt to take this one over',
  account_missing: '"sluice provision create {service}" makes it again, or correct flvx_user_id',
  no_account: '"sluice provision create {service}" makes it',
  user_gone: '"sluice provision create {service}" makes it again, or correct hiddify_user_uuid',
  user_not_there: '"sluice provision create {service}" makes it, or correct hiddify_user_uuid',
  not_ours: 'Delete it in the panel, or adopt it first with "sluice provision create {service} --adopt"',
  unknown_tunnel: '"sluice tunnel list" lists them',
  bad_ref: '"sluice service set {service} {key}=ID" corrects it',
  password_nowhere:
    'Run it on a terminal, or with --json or --password-file FILE, or state credentials: { writeTo: FOLDER } in the product',
  unknown_agent: '"sluice agent list" lists them',
  list_empty: 'Look at the panel; if the list is right, run again with --allow-mass',
  list_halved: 'Look at the panel; if the list is right, run again with --allow-mass',
  list_unreadable: '"sluice doctor --contract" shows what is understood of the panel',
  several_panels: 'Name one with --panel NAME',
  ambiguous_panel: 'Name one with --panel NAME',
  config_missing: '"sluice init" writes one, --config FILE names another',
  config_exists: 'Name another file, or replace it with --force',
  unexpected: 'This is not expected: run again with --verbose and report what it prints',
  store_too_old: '"sluice db migrate" updates it',
  store_damaged: '"sluice db check" shows what is damaged, "sluice db restore FILE" puts a backup back',
  store_missing:
    'Put a backup back with "sluice db restore FILE", or release everything with "sluice hold release --all --from {holdsFile} --yes"; to begin with an empty store all the same, move that file away',
  no_poll: '"sluice poll" runs the first one',
  poll_late: 'It should run every 15 minutes: "sluice schedule show" shows how',
  command_unfinished: '"sluice provision {verb} {service}" finishes it',
  period_ahead: 'The next "sluice agent check --all" goes on with the right one',
};

/** A text with its code, and the names that its remedy may need. */
export interface Remediable {
  code: string;
  message: string;
  details?: Readonly<Record<string, unknown>> | undefined;
}

/** Returns the remedy for a code; a detail that is not known stands there in capitals. Null where there is none. */
export function remedyFor(code: string, details: Remediable['details'] = {}): string | null {
  const found = Object.hasOwn(REMEDIES, code) ? REMEDIES[code] : undefined;
  if (found === undefined) return null;
  const texts = typeof found === 'string' ? [found] : found;
  const isKnown = (text: string): boolean => namesIn(text).every((name) => typeof details[name] === 'string');
  const text = texts.find(isKnown) ?? texts.at(-1) ?? '';
  return text.replace(NAME, (_, name: string) => {
    const value = details[name];
    return typeof value === 'string' ? printable(value) : name.toUpperCase();
  });
}

/** Returns a message with its remedy; one that names a command or an option itself stays as it is. */
export function withRemedy({ code, message, details }: Remediable): string {
  const remedy = NAMES_COMMAND.test(message) ? null : remedyFor(code, { ...actionIn(message), ...details });
  if (remedy === null) return message;
  return message.includes('\n') ? `${message}\n${remedy}` : `${message.replace(/[.;:]$/, '')}. ${remedy}`;
}

const NAME = /\{(\w+)\}/g;
const NAMES_COMMAND = /"sluice |(^|\s)--[a-z]/;

function namesIn(text: string): string[] {
  return [...text.matchAll(NAME)].map((match) => match[1] ?? '');
}

/** Items of documents have no details: an action that one is about is named in its message. */
function actionIn(message: string): { action?: string } {
  const [action] = /\bact-\w+-\w+/.exec(message) ?? [];
  return action === undefined ? {} : { action };
}

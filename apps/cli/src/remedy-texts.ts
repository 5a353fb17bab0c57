const SET_USERNAME = 'Set it with "sluice service set {service} astbilling_username=NAME"';

/**
 * What an operator can do about an error, notice or check, by its code. `{name}` stands for a detail of the error; of
 * several texts the first whose details are all known is used. docs/errors.md has the same remedies.
 */
export const REMEDIES: Readonly<Record<string, string | readonly string[]>> = {
  PANEL_NOT_FOUND: [
    'On the panel itself, add what {lookup} stands for, or correct the value of {by} here',
    'Check the ids of the service with "sluice doctor --contract"',
  ],
  PANEL_UNREADABLE: '"sluice doctor --contract" shows what Sluice reads from the panel',
  shape_changed: 'Check the panel; if the values are correct, accept them with "sluice doctor --contract"',
  counter_fell:
    'The next reading that confirms the fall counts on from there; where most counters of a panel fell, "sluice poll --allow-mass" accepts them',
  impossible_jump: [
    'To believe it now: "sluice poll --service {service} --allow-mass"',
    'To believe it now, run again with --allow-mass',
  ],
  store_not_copied:
    'If that is the store that is meant: stop all that uses the database; put what was stored there aside without deleting it ("alter schema sluice rename to sluice_before"; the schema may have another name in the address); name the file as "state" in the config; run "sluice db copy --to URL"',
  store_copied_elsewhere: 'Name the store that it was moved to as "state" in the config',
  store_busy: 'A running "sluice serve" or a job of cron may have it open',
  doctor_failed: 'Correct what is listed, see it with "sluice doctor --panel {panel}", then enforce again',
  hold_doubted: [
    'Compare the usage with the panel. If it is wrong: "sluice hold release {service} --until DATE"; if it is right: "sluice poll --service {service} --allow-mass"',
    'Compare the usage with the panel. If it is wrong, release the hold with "sluice hold release SERVICE --until DATE"; if it is right, believe it with "sluice poll --service SERVICE --allow-mass"',
  ],
  kept_unheld: 'See who sends them with "sluice log list --service {service}"',
  limit_not_raised: 'Let runs change the panel again with "sluice enforce {panel}"',
  under_observe:
    'Release it now with "sluice hold release {service} --until DATE", or let runs change the panel again with "sluice enforce {panel}"',
  usage_fell:
    'Compare both with the panel; if the lower one is right, release it with "sluice hold release {service} --until DATE"',
  usage_dropped:
    'The lower one is counted, and no quota hold lasts for the higher one: compare both with the panel, and correct it there if it is too low',
  hold_pending:
    'Make the panel answer and accept changes; the next "sluice poll" does it, unless "sluice doctor" names a call for it, which has to be resolved. Under observe, "sluice hold release SERVICE" undoes what has ended, and the command that held a service restricts it again',
  changed_by_others:
    'Another tool or staff still acts on it: "sluice compare FILE" shows what the other tool counts, "sluice observe {panel}" changes nothing meanwhile',
  readings_doubted: 'Compare the figures with the panel; to believe them now: "sluice poll --allow-mass"',
  directions_changed: [
    'If the directions are right now, accept them with "sluice poll --service {service} --allow-mass"',
    'If the directions are right now, accept them with --allow-mass',
  ],
  readings_fell:
    'Compare the figures with the panel, and check its units with "sluice doctor --contract"; if the figures are right, accept them once with "sluice poll --panel {panel} --allow-mass"',
  not_read: '"sluice doctor --contract" shows what Sluice reads from the panel',
  spend_unreadable:
    'Show them with "sluice call records --service {service}", and correct them on the panel; of another currency, set "currency" of the panel in the config',
  spend_incomplete: 'Add the missing rates on the panel; the limit holds as soon as the charged calls reach it',
  not_mapped: [
    'Set it with "sluice service set {service} {ref}=ID"; where the panel has accounts, "sluice provision create {service}" creates one',
    'Set it with "sluice service set {service} REF=ID"; where the panel has accounts, "sluice provision create {service}" creates one',
  ],
  no_cycle:
    'Set one with "sluice service set {service} billing_cycle=monthly next_due_date=YYYY-MM-DD"; for a renewal, name the date with --until YYYY-MM-DD',
  renewal_due:
    'Renew it to a date that is to come, with "sluice provision renew {service} --until YYYY-MM-DD", or in the billing system and run "sluice service sync"; then run "sluice poll"',
  not_metered_yet: 'Read the usage with "sluice poll"; only a graph needs no cycle, with --range 24h',
  no_rate: 'Add a rate with "sluice rate create"; "sluice rate list --plan-id ID" shows those of a plan',
  ambiguous_rate: 'Correct one of them with "sluice rate set ID KEY=VALUE"',
  without_charge: 'Rate them on the panel, then compare the bill with sluice call reconcile',
  unrated: 'Rate them on the panel, or bill the calls that have a charge with --allow-unrated',
  unknown_plan: '"sluice plan-catalog list" lists the plans',
  invoice_cancelled: 'List the invoices of its client with "sluice invoice list"',
  calls_changed: 'Compare them with "sluice call reconcile --service {service}"',
  rating_differs:
    'Before the first bill, check the profile of the panel with "sluice profile check FILE --against PANEL", and its rates with "sluice rate list"',
  report_failed: 'Make it again, or without --remote',
  line_of_other: 'Name the service that had the line then, or another period',
  billing_type_changed: 'Check its product, and bill with "sluice call bill --service {service} --period FROM..TO"',
  line_shared: 'Bill the one that is to pay with "sluice call bill --service {service} --period FROM..TO"',
  other_billing:
    'Set billing in the config to the former system until "sluice call bill" finds the line, or sends it again with --resend',
  bill_from_missing: [
    'Bill a period with "sluice call bill --service {service} --period FROM..TO", or give them up with "sluice provision terminate {service} --forfeit-unbilled"',
    'Set billFrom of the panel to the first day to bill, or name a period with --period',
  ],
  panel_undecided:
    'Correct what the message names; if it is a list that is complete, accept it once with "sluice poll --panel {panel} --allow-mass"',
  graph_unreadable: 'Leave out --from-panel, or open the graph on the panel',
  list_too_short: 'Check the panel; if the list is complete, run again with --allow-mass',
  crontab_unclear:
    'Remove those lines with "crontab -e", or those that Sluice wrote with "sluice schedule install --uninstall" (timers: with --format systemd), then try again',
  program_failed: [
    'Install {missing}, or let another scheduler run the jobs that "sluice schedule show" prints',
    'Correct what {program} reports, then try again; "sluice schedule show" prints the jobs for other schedulers',
  ],
  no_token_yet: 'Set serve.token, or create one with "sluice api-token create NAME --scope operate"',
  weak_token: 'Set a random one, such as "openssl rand -base64 32" prints',
  unit_exists:
    'Remove it, or take the jobs of the other config out with "sluice schedule install --format systemd --uninstall --config FILE"',
  more_to_show: 'List all with --verbose',
  mass_change: [
    'If these changes are correct, make them once with "sluice {makes} --panel {panel} --allow-mass"',
    'Check the changes with "sluice plan --panel {panel}"; if they are correct, run "sluice {run} --panel {panel} --allow-mass" once',
    'Check the changes with "sluice plan --panel {panel}"; if they are correct, run again with --panel {panel} --allow-mass',
  ],
  store_moved: [
    `Put {movedToServer} into STATE_URL, with its password, which is left out here; then set state in the config to \${env:STATE_URL}, or take the move back with "sluice db copy --undo --to '\${env:STATE_URL}'"`,
    'Set state in the config to {movedTo}, or take the move back with "sluice db copy --undo --to {movedTo}"',
    'Wait until it has ended, or repeat the copy to {copiedTo} with the same command; "sluice db copy --undo" ends it',
    'Stop the installation that is not to go on; on the other one run "sluice doctor --take-over --panel {panel}"',
  ],
  store_in_doubt: 'See with "sluice log list" what is stored, then run it again',
  store_incomplete: 'Repeat "sluice db copy --to" with the config of the store that is copied, or use that store',
  copy_refused: [
    'Correct {nul} there, or add --replace-nul',
    'To go back without what only {copy} has, add --discard-newer',
    `Put {moved} into STATE_URL, with its password, which is left out here, and name it: "sluice db copy --undo --to '\${env:STATE_URL}'"; or add --discard-newer if it is gone`,
    '',
  ],
  copy_differs: 'Repeat the copy; if a row differs again, report it',
  change_reversed: [
    'Find and stop what reverses it, then run "sluice doctor --take-over --panel {panel}"',
    'Find and stop what reverses it, then run "sluice doctor --take-over"',
  ],
  clock_wrong: 'Compare the clocks with "sluice doctor", correct the wrong one, then run again',
  clock_unconfirmed: 'Check the clock; if it is correct, run "sluice doctor --accept-clock"',
  outcome_unknown: [
    'The next "sluice call bill" reads the invoices for the line of {bill} again; if no invoice has it after 10 minutes, send it again with --resend',
    'The next run reads the panel again; if the panel never shows the change, check the object and report the outcome with "sluice action resolve {action} --done" or --not-done',
    '"sluice reconcile" finds out what became of it, and finishes it',
  ],
  not_finished: 'Run "sluice plan" to see the remaining changes',
  no_order: 'Set it with "sluice service set {service} easydcim_order_id=ID"',
  order_state_unknown: '"sluice doctor --contract" shows what Sluice reads from the order',
  unknown_source: 'Name one of these with --from',
  services_changed: 'Repeat the command',
  config_changed: 'Repeat the command',
  already_adopted: 'Find that service with "sluice hold list"',
  evidence_elsewhere:
    'Move it back with "sluice service set {service} panel=PANEL product=NAME", release it there with "sluice poll" or "sluice hold release {service}", then move it again',
  still_restricted:
    'Release a manual hold with "sluice hold release SERVICE", a billing hold with "sluice provision unsuspend SERVICE", or by its payment in the billing system and "sluice service sync"; for any other hold, see its reason with "sluice explain SERVICE"',
  raise_waits: 'Raise the limit with "sluice agent limit AGENT --gb N", or wait for its next period',
  agent_above_over: '"sluice agent check --all" restricts the users of every agent that is over its limit',
  calls_unbilled:
    'Charge them by hand, and acknowledge it with "sluice notice ack ID"; "sluice call reconcile" lists the calls',
  calls_not_searched: 'Correct what the message names; each "sluice call bill" searches again',
  client_missing:
    'If it was merged into another one there: "sluice client merge CLIENT INTO"; if it was deleted: "sluice client merge CLIENT none"',
  receiver_unreachable: 'Try the channel with "sluice notify test"',
  receiver_refused: 'Correct the entry of notify, and try it with "sluice notify test"',
  notices_given_up:
    'List them with "sluice notify list --status given-up", and try the channel with "sluice notify test {channel}"',
  unknown_link: 'Use the link of a newer mail, or ask for a new confirmation',
  too_many_mails: 'Wait until the time that the answer names, or set client_email of the services',
  unknown_alarm: 'List the alarms with "sluice notice list"',
  not_acknowledged: 'List the acknowledged alarms with "sluice notice list --status acknowledged"',
  open_alarms: 'List them with "sluice notice list", and acknowledge those that stay with "sluice notice ack ID"',
  notices_waiting: 'Try the channel with "sluice notify test {channel}"',
  unknown_action: '"sluice log list --actions" lists the actions',
  action_not_called: [
    'Finish it with "sluice provision {verb} {service}"',
    'No action is needed: the next run resolves it',
  ],
  unknown_key: ['For another {figure}, use "sluice override set SERVICE --quota SIZE"', ''],
  unknown_service: 'List the services with "sluice service list", or add one with "sluice service add"',
  not_listed: 'Check the id in the billing system',
  product_conflict:
    'Name product {claimed} for {service}, or take its id out of the section whmcs of product {claimed} in the config',
  panel_removed: [
    'Put panel "{panel}" back into the config; before you take it out for good, give its services back with "sluice hold release --all --panel {panel}"; if it is gone for good, end what is stored of {agents} with "sluice agent limit AGENT --none --panel {panel}"; where it only has another name, set the limits of {limited} there with "sluice agent limit AGENT --gb N --panel PANEL"',
    'Put panel "{panel}" back into the config; before you take it out for good, give its services back with "sluice hold release --all --panel {panel}"; if it is gone for good, end what is stored of {agents} with "sluice agent limit AGENT --none --panel {panel}"; where it only has another name, move its services there with "sluice service set SERVICE panel=PANEL"',
    'Put panel "{panel}" back into the config; before you take it out for good, give its services back with "sluice hold release --all --panel {panel}"; where it only has another name, move its services there with "sluice service set SERVICE panel=PANEL"',
  ],
  enforcement_renamed: 'Enforce it again with "sluice enforce {panel}"',
  pending_in_use:
    'Set it to active with "sluice service set {service} status=active", or end its account with "sluice provision terminate {service}"',
  switch_of_removed_panel:
    'Put panel "{panel}" back into the config, or move its services to its new name with "sluice service set SERVICE panel=PANEL"; "sluice observe {panel} --as-configured" ends it',
  unknown_product: 'Add it to the config, or set another with "sluice service set {service} product=NAME"',
  unknown_client: [
    'Correct the client of the service: it has to exist in {billing}. If it was merged into another one there: "sluice client merge {client} INTO"; if it was deleted: "sluice client merge {client} none"',
    'Correct "{unserved}": "sluice service list --columns service,client" shows the client of each service',
    'Correct the id, or add credit with "sluice credit add {client} AMOUNT --currency C"',
  ],
  client_exists: 'Merge the clients in {billing} first, or delete {client} there',
  other_client: 'Name that client: "sluice client merge {client} {owner}"',
  unknown_invoice: ['{billing} itself lists the invoices', '"sluice invoice list" lists the invoices'],
  invoice_closed: ['{billing} itself shows the invoice', '"sluice invoice show {invoice}" shows what became of it', ''],
  currency_mismatch: [
    'Charge them by hand, and acknowledge it with "sluice notice ack ID": "sluice notice list" shows them after the next "sluice call bill" of all that is due. For the calls from now on, "sluice service set {callsOf} client=ID" names a client who is billed in their currency',
    'Offer a price in the currency that the client has in {billing}',
    'Use the currency that "sluice credit show {client}" shows. What costs another one needs a client of its own',
  ],
  client_closed: 'Open the client in the billing system, or end the service',
  no_credit: 'Add credit with "sluice credit add {client} AMOUNT --currency {currency}"',
  ref_used: 'Use another --ref, or none',
  config_refused: 'Correct the file as "sluice config check" says',
  restart_needed: 'Set the variable that the message names, if it names one, and restart the server',
  config_outdated: 'Restart the process, such as "sluice serve", so that it reads the config of now',
  panel_name_taken:
    'Give the panel a name in the config that no panel had. Where addresses changed, too: change one at a time, with a "sluice poll" between',
  unknown_panel: '"sluice panel list" lists the panels',
  duplicate_ref: [
    'Correct the wrong one with "sluice service set {stored} {ref}=ID"',
    'Correct the id, or take it from the other one with "sluice service set {holder} {ref}="',
    'Correct the id, or add --allow-duplicate-refs if both services are to have it',
  ],
  no_match: 'List the services with "sluice service list"',
  service_exists: 'Change it with "sluice service set {service} KEY=VALUE"',
  service_in_doubt:
    'Resolve it with "sluice poll", or report its outcome with "sluice action resolve {action} --done" or --not-done',
  service_has_account:
    'Remove the account first: "sluice provision terminate {service} --yes"; if its panel is gone for good: "sluice service set {service} status=terminated"',
  account_left_behind:
    'Set the product back, or remove the account first: "sluice provision terminate {service} --yes"',
  termination_unfinished: 'Finish it with "sluice reconcile" or "sluice provision terminate {service} --yes"',
  termination_waiting:
    'Remove it with "sluice provision terminate {service} --yes", or all that wait with "sluice reconcile --allow-mass"',
  unsupported: [
    'Use {billing} itself; without "billing: {billing}" in the config Sluice bills with its own ledger',
    '"sluice panel list" shows what each panel supports',
  ],
  account_exists: 'Correct the account id or username of the service, or adopt this account with --adopt',
  restricted_for_ended:
    'Run "sluice poll" first, which ends what restricts the account for the service that ended, and then try again',
  account_renamed:
    'If it is the account of this service, restore its name on the panel; otherwise forget it with "sluice service remove {service}"',
  account_missing: 'Create it again with "sluice provision create {service}", or correct flvx_user_id',
  no_account: 'Create it with "sluice provision create {service}"',
  user_gone: 'Create it again with "sluice provision create {service}", or correct hiddify_user_uuid',
  user_not_there: 'Create it with "sluice provision create {service}", or correct hiddify_user_uuid',
  not_ours: 'Delete it on the panel, or adopt it first with "sluice provision create {service} --adopt"',
  ambiguous_line:
    'Name the customer with "sluice provision create {service} --customer-id ID"; of plans and carriers use the id',
  line_unproven: [
    'If it is the line of this service, take it over with "sluice provision create {service}"',
    'If not, ask the client for another username',
  ],
  foreign_line: [
    'If it is the line of this service, set it with "sluice service set {service} astbilling_subscriber_id=ID"',
    'If not, correct its reference on the panel, or use other service ids in one of the installations',
  ],
  line_gone:
    'Create it again with "sluice provision create {service}"; to name another line, unless Sluice made the lost one: "sluice service set {service} astbilling_subscriber_id=ID"',
  line_missing:
    'Try again once the panel shows its lines; if it shows none of them any more, correct its address, its credentials or its services',
  suspended_elsewhere: 'Reactivate it with "sluice provision unsuspend {service} --force"',
  channels_missing: 'Set it with "sluice service set {service} channels=N"',
  area_code_missing: 'Set it with "sluice service set {service} ddd=NN"',
  area_code_unknown: 'Set it with "sluice service set {service} ddd=NN"',
  username_invalid: SET_USERNAME,
  order_id_missing: SET_USERNAME,
  username_empty_after_reduction: SET_USERNAME,
  name_empty: 'Set it with "sluice service set {service} first_name=NAME"',
  record_of_service: 'End it with "sluice provision terminate {service}", a number with "sluice did release NUMBER"',
  unbilled_calls:
    'Bill them with "sluice provision terminate {service} --final-invoice", or give them up with --forfeit-unbilled',
  calls_given_up:
    'Finish it with "sluice provision terminate {service}"; a period of its calls is billed with "sluice call bill --service {service} --period FROM..TO"',
  calls_unread:
    'Try again when the panel lists its calls, or give them up with "sluice provision terminate {service} --forfeit-unbilled"',
  line_of_reseller:
    'Before its service ends, give up its calls with "sluice provision terminate {service} --forfeit-unbilled"',
  final_bill_failed:
    '"sluice call bill --service {service} --final" shows why; give the calls up with "sluice provision terminate {service} --forfeit-unbilled"',
  did_of_other: 'Find the addon with "sluice did show NUMBER", and release the number there first',
  number_unused: 'Link it with "sluice did link {number} --service SERVICE"',
  no_number: '"sluice did list" lists the numbers',
  unknown_tunnel: '"sluice tunnel list" lists the tunnels',
  unknown_tunnel_group: '"sluice relay tunnel-groups" lists the groups',
  unknown_speed_limit: '"sluice relay speed-limits" lists the limits',
  bad_ref: 'Correct it with "sluice service set {service} {key}=ID"',
  password_nowhere:
    'Name a file with --password-file FILE, or set credentials: { writeTo: FOLDER } in the product; without a file the password is shown on a terminal, by --json, and by --message where the text of the message contains it',
  password_file_exists:
    'To set the password in a file, use --password-from FILE; --password-file only writes a generated one to a new file',
  password_unknown:
    'Where a file of the first attempt has its password, or you set one there, adopt the line with "sluice provision create {service} --adopt"',
  hold_not_released: [
    'Give more with "sluice override set {quota} --quota SIZE", protect it with "sluice service set {quota} protected_until=DATE", or lift its limits for some time with "sluice hold release {quota} --until DATE"',
    'Record its payment in {source}, then run "sluice service sync" and "sluice poll --service {billing}"; only until the next sync: "sluice provision unsuspend {billing}"',
    'End the billing hold with "sluice provision unsuspend {billing}"',
    'It is past its due date: renew it with "sluice provision renew {overdue}", or protect it with "sluice service set {overdue} protected_until=DATE"; only until the next run: "sluice provision unsuspend {overdue}"',
    'See its holds with "sluice hold list {released}"',
    'Protect it with "sluice service set {limit} protected_until=DATE", or lift its limits for some time with "sluice hold release {limit} --until DATE"; a higher allowance of the limit in its product ends the hold with the next poll',
    'Raise the limit of its agent with "sluice agent limit AGENT --gb N", or end the suspension of the agent with "sluice agent unsuspend AGENT"',
  ],
  unknown_package: '"sluice package list" lists the packages',
  package_not_offered: 'Add it to packages of the product, or choose one of "sluice package list"',
  price_changed: 'Agree to what "sluice package list --service {service}" shows now',
  billing_moved:
    'Set the former address of {billing} in the config. If the present one is meant to go on, run "sluice doctor --take-over"',
  billed_elsewhere: 'Set "billing: {billing}" in the config, then try again',
  purchase_imported:
    'Return its price where it was paid, and take it back here with "sluice purchase cancel {purchase}", without --refund',
  no_client: 'Set it with "sluice service set {service} client=ID"',
  purchase_unfinished:
    '"sluice reconcile" asks the billing system and finishes it; end it with "sluice purchase cancel {purchase}"',
  unknown_purchase: '"sluice purchase list" lists the purchases',
  purchase_paid: 'Return its price as credit with "sluice purchase cancel {purchase} --refund"',
  agent_limit: [
    'Raise the limit with "sluice agent limit {over} --gb N", or restore its users regardless with --force',
    'Use at most {room}, or raise the limit with "sluice agent limit {agent} --gb {enough}"',
    'Raise the limit with "sluice agent limit {agent} --gb {enough}"',
    'Raise the limit with "sluice agent limit {agent} --gb N"',
    '',
  ],
  hold_of_agent: 'End it with "sluice agent unsuspend {agent}"',
  agent_usage_fell:
    'Where the users did not use that, begin the ledger with the right figure: "sluice agent limit AGENT --gb LIMIT --opening GB"',
  agent_usage_rewritten: 'Charge what is missing with "sluice agent limit AGENT --gb LIMIT --opening GB"',
  agent_suspended: 'End the suspension with "sluice agent unsuspend {agent}"',
  unknown_agent: '"sluice agent list" lists the agents',
  unknown_user: '"sluice agent user list AGENT" lists the users of an agent',
  user_of_service: 'Change it with the commands of its service, such as "sluice purchase create {service}"',
  list_empty: 'Check the panel; if the list is complete, run again with --allow-mass',
  list_halved: 'Check the panel; if the list is complete, run again with --allow-mass',
  unassigned: '"sluice panel unassigned {panel}" lists them',
  list_unreadable: '"sluice doctor --contract" shows what Sluice reads from the panel',
  several_panels: 'Name one with --panel NAME',
  ambiguous_panel: 'Name one with --panel NAME',
  config_missing: 'Create one with "sluice init", or name another with --config FILE',
  config_exists: 'Name another file, or replace it with --force',
  unexpected: 'This is a bug: run again with --verbose and report the output',
  store_too_old: 'Update it with "sluice db migrate"',
  store_damaged: [
    'Those beside {backup} may be whole: "sluice db restore FILE"',
    '"sluice db check" shows what is damaged; restore a backup with "sluice db restore FILE"',
  ],
  store_missing: [
    'Restore a backup with "sluice db restore FILE", or release everything with "sluice hold release --all --from {holdsFile} --yes"; to start with an empty store, move the file of open holds away',
    '',
  ],
  unknown_token: '"sluice api-token list" lists the tokens',
  token_exists: 'Choose another name, or end that one with "sluice api-token revoke {token}"',
  token_exceeds: 'Name fewer scopes or an earlier end, or use "sluice api-token create"',
  store_migrates: 'Have free space of about three times the size of the store, then run "sluice db migrate"',
  scopes_changed:
    'Make another one with "sluice api-token create NAME --scope client:ID", and end it with "sluice api-token revoke {token}"',
  auto_buy_unbound: 'Keep them, or end them with "sluice auto-buy clear {service}"',
  tokens_by_scope: 'For a program that makes tokens: "sluice api-token create NAME --scope operate,tokens"',
  api_in_pages: 'Let programs that read lists follow next, which the answers have',
  links_in_backups:
    'Where such backups left the machine, revoke the links: "sluice api-token list", "sluice api-token revoke"',
  metrics_need_token: 'Make one with "sluice api-token create NAME --scope read"',
  proxies_by_name: 'Name other proxies in serve.trustedProxies',
  login_token_needed: 'Set serve.token, or create one with "sluice api-token create NAME --scope operate"',
  panel_address_hidden: 'Set publicUrl of the panel or of whmcs to the address at which customers reach it',
  readings_thinned: 'To keep each as long as before, set retention: { samples: 90d }',
  jumps_wait: 'To hold at once, as before, set poll: { doubt: { jump: off } }',
  heartbeat_fails: 'Expect alarms of jobs that failed in silence; "sluice log list --runs" lists their errors',
  unpaid_not_bought: 'Copy the modules of this version to the billing system',
  worker_needs_postgres:
    'Move the state with "sluice db copy --to URL", or run the schedule in one process: "sluice serve --with-schedule"',
  clock_differs: 'Set the clocks of this machine and of the database by NTP, then start it again',
  worker_outdated: 'Install the version of the others, then start the worker again',
  database_unreachable: 'Check that the database runs and that this machine reaches it',
  queue_unreachable: 'Check that the database runs and that this machine reaches it',
  no_worker: 'Start one with "sluice worker"; "sluice queue show" says why others begin no jobs',
  worker_lost: 'See what its supervisor logged; others begin again what it had in hand, if anything',
  worker_waits: 'Correct that where it runs; it goes on by itself',
  worker_versions: 'Install the same version everywhere',
  queue_late: 'Start more workers, or name a greater --concurrency',
  cannot_listen: 'Name another address with --listen HOST:PORT',
  bad_login: 'Create a token with "sluice api-token create NAME --scope read"',
  no_poll: 'Run the first one with "sluice poll"',
  poll_failed: 'See its errors with "sluice poll" or "sluice log list --runs"',
  no_agent_check: 'Run the first one with "sluice agent check --all"',
  agent_check_failed: 'See its errors with "sluice agent check --all" or "sluice log list --runs"',
  no_call_bill: 'Run the first one with "sluice call bill"',
  call_bill_failed: 'See its errors with "sluice call bill" or "sluice log list --runs"',
  no_sync: 'Run the first one with "sluice service sync"',
  sync_failed: 'See its errors with "sluice service sync" or "sluice log list --runs"',
  sync_late: '"sluice schedule show" prints the cron or systemd schedule for it',
  agent_check_late: '"sluice schedule show" prints the cron or systemd schedule for it',
  call_bill_late: '"sluice schedule show" prints the cron or systemd schedule for it',
  run_at_work:
    'See it with "sluice log list --runs"; where it hangs, end its process: the next run goes on with what it has left',
  reading_overdue: '"sluice schedule show" prints the cron or systemd schedule for it',
  overshoot_exceeded: 'See all of them with "sluice report"',
  no_max_overshoot: 'Set poll.maxOvershoot, or leave --due out',
  due_of_service: 'Leave --due out',
  poll_late: '"sluice schedule show" prints the cron or systemd schedule for it',
  command_unfinished: 'Finish it with "sluice provision {verb} {service}"',
  client_agent: 'Write the uuid of the agent there, which "sluice agent list --panel {panel}" shows',
  former_agent: 'Write the uuid of the agent there, which "sluice agent list --panel {panel}" shows',
  exempt_agent: 'Write the uuid of the agent there, which "sluice agent list --panel {panel}" shows',
  addon_id: 'Write the uuid of the agent there, which "sluice agent list --panel {panel}" shows',
  period_ahead: 'Run "sluice agent check --all", which continues with the correct period',
};

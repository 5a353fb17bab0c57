/**
 * What staff are sent, in English only: in every language these are the same. Terms: docs/architecture.md (Words).
 *
 * As the messages of the languages: ICU message syntax, and figures, dates and names are values.
 */
export const staff = {
  'staff.subject': 'Sluice: {line}',
  'staff.test': 'This is a test of the channel "{channel}".',

  // Panels
  'staff.unreachable': 'No call to panel "{panel}" succeeded in {runs} runs, since {since}: {why}',
  'staff.reachable': 'Panel "{panel}" answers again; no call had succeeded since {since}',

  // Purchases
  'staff.purchase.paid': '{service}: package {package} for {price} is paid ({purchase})',
  'staff.purchase.paidLate':
    '{service}: package {package} for {price} is paid ({purchase}); its billing cycle is over, so it counts in the current one',
  'staff.purchase.failed': '{service}: package {package} for {price} was not bought ({purchase})',
  'staff.purchase.cancelled': '{service}: package {package} for {price} was cancelled ({purchase})',
  'staff.purchase.refunded': '{service}: package {package} for {price} was refunded ({purchase})',
  'staff.purchase.pending': '{service}: package {package} for {price} is waiting for payment ({purchase})',
  'staff.purchase.inVain':
    '{service}: package {package} is paid ({purchase}) and has no effect: the service has no limited quota. Give it one, or return the price.',
  'staff.purchase.noRoom':
    '{service}: package {package} is paid ({purchase}) and has no effect on the panel: {why} Raise the limit, or return the price.',
  'staff.wouldBuy': '{service} would buy {package} for {price}',
  'staff.notBought': '{service}: nothing was bought automatically: {why}',
  'staff.notBought.package': 'product {product} does not offer {package}',
  'staff.notBought.client': 'it has no client',
  'staff.notBought.closed': 'client {client} is closed in the billing system',
  'staff.notBought.currency': 'client {client} is billed in {currency}, {package} costs {other}',
  'staff.notBought.noCredit': 'client {client} has {credit} of credit, and {cost}',
  'staff.notBought.linkSpent': 'of the share link that set it {left} are left, and {cost}',
  'staff.notBought.cost':
    '{count, plural, one {the package costs {price}} other {the # packages that are needed cost {price}}}',
  'staff.notBought.most': 'the maximum of {count} purchases in this cycle is reached',
  'staff.notBought.wouldNotLift':
    '{package} up to the maximum of {count} would leave the service over its allowance, or too close to it for its release',

  // The digest
  'staff.digest.needs': '{day}: {needs}',
  'staff.digest.nothing': '{day}: nothing needs you; {happened}',
  'staff.digest.soon': 'Used up within 2 days',
  'staff.digest.held': 'Held',
  'staff.digest.away': '{count, plural, one {Panel unreachable} other {Panels unreachable}}',
  'staff.digest.money': 'Money in doubt',
  'staff.digest.failed': '{count, plural, one {Run failed or stopped} other {Runs failed or stopped}}',
  'staff.digest.ofRuns': 'of {runs}',
  'staff.digest.at': '{name} {time}',
  'staff.digest.since': '{name} since {time}',
  'staff.digest.traffic': 'Traffic in each hour, up to {top}',

  // Holds and releases
  'staff.held': '{service} is held ({why})',
  'staff.heldUnrestricted': '{service} is held, but not restricted on its panel yet ({why})',
  'staff.wouldHold': '{service} would be held ({why})',
  'staff.withheld': '{service} is due to be held ({reason}), but {why}',
  'staff.released': '{service} is released ({why})',
  'staff.wouldRelease': '{service} would be released ({why})',
  'staff.holdEnded': '{service}: a hold ended ({why}); it stays held ({reasons})',
  'staff.holdWouldEnd': '{service}: a hold would end ({why}); it would stay held ({reasons})',
  'staff.toRelease': '{service} is to be released ({why}): its restriction is still on the panel, and {next}',
  'staff.toReleaseInDoubt':
    '{service} is to be released ({why}): its restriction may still be on the panel, and {next}',
  'staff.next.observed': 'no run undoes it, as {service} is under observe on panel {panel}',
  'staff.next.refused': 'the next run that can undoes it. {why}',
  'staff.next.reached': 'the next run that reaches the panel undoes it',
  'staff.next.known': 'it is undone once it is known how a call for it ended',
  'staff.why': '{reason}: {why}',
  'staff.why.used': '{used} of {allowed} are used',
  'staff.why.spent': '{used} of {allowed} are spent',
  'staff.why.spentOn': '{spent}, most of it on calls to {destinations}',
  'staff.why.destination': '{destination} ({charge})',
  'staff.why.released': 'the hold is released until {until}',
  'staff.why.protected': 'it is protected until {until}',
  'staff.why.ended': 'the service has ended',
  'staff.why.noLimit': 'the product does not have the limit any more',
  'staff.why.notDue': 'no longer due',
  'staff.keptUnheld':
    '{service} should be held, and commands about it have kept every run from that since {since}; its log shows who sends them',

  // Services
  'staff.ofService': '{service}: {what}',
  'staff.andBesides': '{said}. {besides}',
  'staff.threshold': '{service} has used {percent} of its allowance',
  'staff.limitThreshold': '{service} has used {percent} of its limit "{limit}"',
  'staff.stopped': '{service} is not held, but the panel stops it: {stops}',
  'staff.stoppedWithin': '{service} is within its allowance, but the panel stops it: {stops}',
  'staff.unmanaged': '{service} has no quota: it is metered where possible and never held',
  'staff.counterRestarted':
    "{service}: the panel's counter fell from {from} to {to} without a reset that is known: what was counted stays, and the growth since the fall counts",
  'staff.cycleMended':
    '{service}: its cycle from {start} was opened while the clock was ahead and has been discarded; the service is metered from {since}',
  'staff.changedMeanwhile':
    '{service} was changed by a command during this run; this run left it unchanged, and the next run decides',
  'staff.exceeded':
    '{service} used {over} more than limit {limit} allows before a run found it, which is more than the {bound} that poll.maxOvershoot and its line permit: {why}',
  'staff.exceeded.noAnswer': 'its panel had answered nothing since {since}',
  'staff.exceeded.doubted': 'its readings since {since} were doubted',
  'staff.exceeded.unread': 'it could not be read since {since}',
  'staff.exceeded.firstReading': 'its first reading',
  'staff.exceeded.late': 'it was due at {due}, and no run read it before {at}',
  'staff.exceeded.fast': 'the figures of its panel came late, or its line is faster than is known (lineSpeed)',
  'staff.failed': '{code}: {message}',
  'staff.manyDrift': '{services} differ from what they should be; the first: {first}',
  'staff.manyFailed': '{services} failed with {code}; the first: {first}',

  // The brake
  'staff.brake.services':
    '{panel}: {changed} of {active} services{more} would be held, released, changed or buy traffic at once; nothing was changed or bought',
  'staff.brake.agents':
    '{panel}: {changed} of {active} agents with a limit{more} would exceed it or return below it at once; no users were disabled or restored',
  'staff.brake.doubted': ', and {count} more if their doubted readings are right,',
  'staff.brake.before': ', with the {count} that were just before,',

  // Panels of the config and on other panels
  'staff.panelRenamed': 'panel "{from}" has the name "{to}" in the config: its services, holds and records have it too',
  'staff.panelFormer':
    'panel "{from}" has the name "{to}" in the config: what is stored of it gets that with the next run or command that changes anything, and is shown as "{from}" until then',
  'staff.enforcementRenamed':
    '{what} is under observe by a switch of this name, although it was enforced as panel "{from}": nothing is restricted until it is enforced by name',
  'staff.panelRemoved':
    '{who} {count, plural, one {has the panel "{panel}"} other {have the panel "{panel}"}}, which is not in the config: nothing is read or changed there; {restricted}',
  'staff.panelRemoved.services': '{count, plural, one {# service} other {# services}}',
  'staff.panelRemoved.agents': '{count, plural, one {# agent} other {# agents}}',
  'staff.panelRemoved.both': '{services} and {agents}',
  'staff.named.agent': 'agent "{name}"',
  'staff.panelRemoved.noneHeld': 'none is held',
  'staff.panelRemoved.held':
    '{count, plural, one {# is held and stays restricted ({names})} other {# are held and stay restricted ({names})}}',
  'staff.panelRemoved.limits':
    '{restricted}; {count, plural, one {# limit of agents is not enforced ({names})} other {# limits of agents are not enforced ({names})}}',
  'staff.panelDecided': 'The runs decide on panel {panel} again; they had not since {since}',
  'staff.panelRead': 'The runs read the usage of panel {panel} again; they had not since {since}',
  'staff.reversed':
    '"{name}" was reversed by something else {count} times within 24 hours, perhaps by a copy of this store: no run repeats it since {since}',

  // Commands
  'staff.heldByCommand': '{service} is held by command ({why})',
  'staff.why.command': 'by command',

  // Agents
  'staff.agent.threshold': 'Agent "{agent}" has reached {percent} of its limit: {used} of {allowed}.',
  'staff.agent.reenabled':
    '{count, plural, one {# user of agent "{agent}" was enabled again while it is over its limit.} other {# users of agent "{agent}" were enabled again while it is over its limit.}}',
  'staff.agent.reenabledSuspended':
    '{count, plural, one {# user of agent "{agent}" was enabled again while it is suspended.} other {# users of agent "{agent}" were enabled again while it is suspended.}}',
  'staff.agent.ownReenabled': 'User "{user}", which its own agent disabled, was enabled again by another tool.',
  'staff.agent.holdOfGone':
    'The panel does not have {user} any more, so the hold by which its own agent kept it disabled ended.',
  'staff.agent.dropped': 'User "{user}", which was disabled for its agent, {what}.',
  'staff.agent.dropped.enabled-by-others': 'was enabled by another tool; Sluice leaves it enabled',
  'staff.agent.dropped.moved': 'has another owner now; it was left disabled',
  'staff.agent.dropped.touched': 'was changed by another tool since; it was left disabled',
  'staff.agent.dropped.gone': 'no longer exists',
  'staff.agent.dropped.other': 'was released ({outcome})',
  'staff.agent.dormant': 'Account "{agent}" has a limit but is not an agent any more; the limit is not enforced.',
  'staff.agent.missing':
    'Agent "{agent}" has a limit and is not in the panel\'s list any more: the limit restricts nobody. Users that belonged to it count for their present owners; those that were disabled for it stay disabled, services among them do not.',
  'staff.agent.succeeded':
    'Agent "{agent}" is not in the panel\'s list any more, and users of it belong to accounts that are new there: {accounts}. {lasts}.',
  'staff.agent.succeeded.same': 'The next check that stores what it reads finds it to be the same with another uuid',
  'staff.agent.succeeded.unsure':
    'It is not certain that it is the same with another uuid, so that nothing is given back: give the new {count, plural, one {account a limit} other {accounts limits}}, then remove its own limit and suspension',
  'staff.agent.doubted':
    'agent "{agent}": the usage of its users rose from {before} to {after}, of {allowed} that are allowed, in one reading: none is disabled until the next check has read it again; compare it with the panel',
  'staff.agent.above':
    'agent "{above}" above agent "{agent}" is over its limit: a check of one agent alone restricts nobody for those above it',
  'staff.agent.exempt': 'panels.{panel}.agents.exempt.{at}: {what}',
  'staff.agent.renamed':
    'agent "{agent}" has the uuid (key) {to} on the panel instead of {from}: its limit, ledger, holds and users stay as they are{places}{another}',
  'staff.agent.uuidInConfig': '; write the new uuid into the config at {paths}',
  'staff.agent.uuidInRefs': '; write the new uuid into the references of {services}',
  'staff.agent.uuidInBoth': '; write the new uuid into the config at {paths} and the references of {services}',
  'staff.agent.renamedUnmeant':
    '; it had another name, so that agents.exempt and agents.clients do not mean it by its former uuid',
  'staff.agent.held': '{service} is held (limit of its agent: agent "{agent}" is over its limit)',
  'staff.agent.heldSuspended': '{service} is held (limit of its agent: agent "{agent}" is suspended)',
  'staff.agent.wouldHold': '{service} would be held (limit of its agent: agent "{agent}" is over its limit)',
  'staff.agent.wouldHoldSuspended': '{service} would be held (limit of its agent: agent "{agent}" is suspended)',
  'staff.agent.withheld': '{service} is due to be held (limit of its agent), but it is protected until {until}',
  'staff.agent.its': 'its agent',
  'staff.agent.notAbove': '{agent} does not restrict it any more',
  'staff.agent.notSuspended': '{agent} is not suspended any more',
  'staff.agent.within': '{agent} is within its limit',
  'staff.agent.soldUnknown':
    "{service}: its limit on the panel is lifted, and what it is sold is not known ({why}): it counts as {counts}, so that the limit of agent {agents} can't be checked completely",
  'staff.agent.soldUnknown.used': 'what it has used',
  'staff.agent.soldUnknown.before': '{bytes}, as before',
  'staff.agent.soldUnknown.noQuota': 'it has no quota',
  'staff.agent.soldUnknown.notComputed': 'its quota could not be computed',
  'staff.agent.raiseWaits':
    '{service}: it counts as {counts} under agent "{agent}"; the raise to {raised} waits until it fits within the limit',
  'staff.agent.raiseWaitsOver':
    '{service}: its quota on the panel stays {limit}; the raise to {raised} waits until its agent is below its limit',
  'staff.agent.failed': 'The check of the agents of panel {panel} has not come to its end: {why}',
  'staff.agent.failedAfter':
    'The check of the agents of panel {panel} has not come to its end: {why}; it had changed {count} of their users before',
  'staff.agent.addon':
    '{panel}: the add-on on the panel enforces the limits. It counts the displayed usage, which falls on resets; it treats 0 as unlimited, does not enable users again and does not report which users it disabled',

  // Clients, bills and charges
  'staff.clientMerged': '{billing} has merged client "{from}" into "{into}": what the first had is the other\'s',
  'staff.clientMissing':
    '{billing} has no client "{client}" any more, and calls or purchases of that time are not finished',
  'staff.billFailed': '{service}: the calls from {period} were not billed: {why}',
  'staff.callsNotSearched':
    'whether calls of panel "{panel}" are on no bill is not known: they could not be read: {why}',
  'staff.callsUnbilled': 'calls of line {line} since {since} ({zone}) are on no invoice: {sum}',
  'staff.sumUnrated': '{total} and {count} without a known charge',
  'staff.elsewhere.purchase':
    'the purchase of package "{package}" is not finished in {billing} ({purchase}), and the config names {now}: set "billing: {billing}" until a run has finished it',
  'staff.elsewhere.refund':
    'the refund of package "{package}" is not finished in {billing} ({purchase}), and the config names {now}: set "billing: {billing}" until a run has finished it',
  'staff.withheldActive':
    '{billing} shows Active, and Sluice keeps it suspended: the suspension of {at} had ended with an error. Press Suspend or Unsuspend in {billing}, as it should be',
  'staff.withheldSuspended':
    '{billing} shows Suspended, and Sluice keeps it active: the unsuspend of {at} had ended with an error. Press Suspend or Unsuspend in {billing}, as it should be',
  'staff.withheldUntil': '{said}; from {until} on what {billing} shows counts again',

  // Purchases of former clients
  'staff.formerPayer':
    "{service}: package {package} for {price}, which client {client} bought before the service ended, began to be terminated or became another client's, {what}",
  'staff.formerPayer.paid': 'is paid ({purchase})',
  'staff.formerPayer.pending': 'is waiting for payment ({purchase})',
  'staff.formerPayer.failed': 'was not bought ({purchase})',
  'staff.formerPayer.cancelled': 'was cancelled with its invoice ({purchase})',
  'staff.formerPayer.refunded': 'was paid all the same; the price was returned as credit ({purchase})',
  'staff.formerPayer.left': 'could not be ended ({purchase}): {why}. A payment of it does not count for the service',

  // Services that ended, moved or are another client's
  'staff.liftEnded': '{service} has ended while its limit on the panel was lifted: it is {limit} again, at most',
  'staff.endedReleased':
    '{service} has ended, and what it was restricted on is not its own any more: {count, plural, one {# of its restrictions ends} other {# of its restrictions end}}',
  'staff.endedReleasedAll':
    '{service} has ended, and what it was restricted on is not its own any more: its restrictions end',
  'staff.terminationWaiting':
    '{service} has ended, but its account is still on the panel: its removal waits for an operator',
  'staff.pendingInUse':
    '{service} is pending, but its account was in use until {until}: nothing of it is read or restricted until the service is active',
  'staff.releaseEnded': '{service} has another client: the release until {until}, which the former one had, has ended',
  'staff.autoBuyEnded': '{service} has another client: automatic purchases are off until they are switched on again',
  'staff.linkEnded': '{service}: nothing is bought automatically any more: the share link that set it has ended',
  'staff.linkExpired':
    '{service}: nothing is bought automatically any more: the share link {link} that set it expired at {at}',
  'staff.linkRevoked':
    '{service}: nothing is bought automatically any more: the share link {link} that set it was revoked at {at}',
  'staff.named.panel': 'panel "{panel}"',
  'staff.named.more': '{first} and {count} more',
  'staff.named.product': 'product "{product}"',
  'staff.named.productOf': 'product "{product}" of panel "{panel}"',
  'staff.observedStill':
    '{what} stays under observe, as {gone} was, which is not in the config any more, until it is enforced by name',
  'staff.observedNow':
    '{what} is under observe, although {gone}, which is not in the config any more, was enforced: nothing is restricted until it is enforced by name',

  // Workers
  'staff.noWorker': 'No worker begins jobs since {since}: nothing is read, held or released',
  'staff.workerAgain': 'A worker begins jobs again; none had since {since}',

  // Alarms that last
  'staff.alarm.outcome': '{change}: its outcome is not known',
  'staff.alarm.billed': 'it is not known whether the calls from {period} were billed',
  'staff.alarm.toRefund': 'the price of package "{package}" is not returned yet',
  'staff.alarm.refunded': 'it is not known whether package "{package}" was refunded',
  'staff.alarm.refundedMerged':
    'it is not known whether package "{package}" was refunded before its client was merged into another one: see the credit log, and cancel purchase {purchase} with its refund again where it was not',
  'staff.alarm.usageFell':
    'its quota hold lasts, although the usage fell from {before} to {after}: compare both with the panel',
  'staff.alarm.agentMissing': 'agent "{agent}" has a limit, but is not in the panel\'s list any more',

  // EasyDCIM
  'staff.easydcim.orderGone':
    '{service}: order {order}, which was suspended for a hold, has ended or no longer exists on the panel: nothing is left to undo',
  'staff.easydcim.portGone':
    '{service}: port {port}, which was disabled for a hold, no longer exists on the panel: nothing is left to undo',
  'staff.easydcim.orderStays':
    '{service}: order {order} stays suspended without a hold of {service}, because {other} shares it and has had a {reason} hold since {since}; correct easydcim_order_id if the order belongs to only one of them',
  'staff.easydcim.portsStay':
    '{service}: {count, plural, one {port {ports} stays disabled without a hold of {service}, because {other} shares it} other {ports {ports} stay disabled without a hold of {service}, because {other} shares them}} and has had a {reason} hold since {since}; correct easydcim_service_id or easydcim_server_id if they do not share ports',

  // FLVX
  'staff.flvx.forward': 'forward {forward} ({name}) of {service} {what}',
  'staff.flvx.again': 'was started again while the service is held: it is paused again',
  'staff.flvx.surplus': 'is beyond the {count} forwards of its product: it is paused until there are fewer',
  'staff.flvx.ranAgain': 'is shown as paused but carried traffic: it is paused again',
  'staff.flvx.staysOpen':
    'carried traffic after it was paused again: someone starts it each time, its customer has moved it from another tunnel, whose node still serves it ({end}), or {open}',
  'staff.flvx.open':
    "earlier connections are still open, and the node can't cut them because it has no tcpkill: they continue until they end by themselves",
  'staff.flvx.servesMoved': 'carried traffic although it is paused: it {moved}',
  'staff.flvx.moved':
    'was moved from {from} to {to}, and what the nodes of the former still serve goes on despite a hold: {end}',
  'staff.flvx.endHeld': 'delete it, or move it back, pause it, move it again, and pause it again',
  'staff.flvx.end': 'delete it, or move it back, pause it, move it again, and start it',
  'staff.flvx.tunnel': 'tunnel {id}',
  'staff.flvx.tunnelNamed': 'tunnel {id} ({name})',
  'staff.flvx.tunnels': '{first} and {second}',
  'staff.flvx.throttled':
    '{service} is throttled to {speed} Mbit/s and carried far more since the last observation: {open}',
  'staff.flvx.oldLimit':
    "the name of speed limit {id} ({name}) of {service} contains the service's id, which a service of another store may have too: the next change of the speed replaces the limit",
  'staff.flvx.oldLimitOfOthers':
    "the name of speed limit {id} ({name}) of {service} contains the service's id, which a service of another store may have too: the next change of the speed replaces the limit; this store did not create it, so it stays on the panel",

  // Lines
  'staff.line.credit':
    'line {line} ("{username}") has {left} left of its credit limit of {limit}, and can\'t call without: refill on the panel what its customer has paid',
  'staff.line.suspended': 'line {line} ("{username}") was suspended by somebody else and stays suspended',
  'staff.line.numberSuspended': 'number {number} was suspended by somebody else and stays suspended',
  'staff.line.numberMoved':
    'number {number}, which Sluice suspended with the line, does not belong to the line any more: it was left as it is, and may still be suspended',
  'staff.line.numberById': 'with the id {id}',
  'staff.line.otherReference': 'The number has another reference, which was left as it is.',
  'staff.line.noReference': 'The system keeps no reference: the line is known by its username only.',
  'staff.line.suspendedBefore': 'The line was suspended by somebody else and stays so.',
  'staff.line.field': "The line has another {field}, which the profile can't change.",
  'staff.line.billing': 'The line is {is}, the product says {says}.',

  // Hiddify
  'staff.hiddify.usedBefore':
    '{count, plural, one {# user} other {# users}} appeared under agent "{agent}" with a usage of {used} from before the last list; only what they use from now on counts against the limit: {users}.',
  'staff.hiddify.fell':
    'The usage of {count, plural, one {# user} other {# users}} of agent "{agent}" fell without a reset that is known, and a second reading confirmed it: {each}. All that they show since counts against the limit: {charged}.',
  'staff.hiddify.rewritten':
    'The usage of {count, plural, one {# user} other {# users}} of agent "{agent}" fell, or stayed the same while they were online, {times} times or more within a day without a reset that is known, at last {each}: what was used between the list before and that counts against no limit. Compare the agent\'s figures with its dashboard on the panel, which no agent can write.',
  'staff.hiddify.each.fell': '"{user}" from {from} to {to}',
  'staff.hiddify.each.stayed': '"{user}" stayed at {to}',
  'staff.hiddify.withoutUuid':
    "{count} users have no valid uuid; they count but can't be disabled: ids {ids} on the panel.",
  'staff.hiddify.negative': '{count} users have a negative limit or usage, which counts as 0: {users}.',
  'staff.hiddify.unassigned': '{count} users belong to no account of the list and count for no agent.',
  'staff.hiddify.orphans': '{count} accounts are not below the Owner: {accounts}.',
  'staff.hiddify.zeroingUnclear':
    '{service}: its usage was zeroed at {at}, and it was read too late to know whether the panel wrote {bytes} back: the whole figure counts',
  'staff.hiddify.zeroingUndone':
    '{service}: the panel has written back the usage of its user "{user}" after each of {count} zeroings in the cycle. It shows {used}, of which {counted} were counted before, and stops the user at {limit}. Sluice zeroes it again; if that does not help, reset the usage in the panel\'s admin pages while the user is not connected, or use the parent panel in the config where this one is its child',
  'staff.hiddify.zeroingMaybeUndone':
    '{service}: the panel seems to have written back the usage of its user "{user}" after each of {count} zeroings in the cycle. It shows {used}, of which {counted} were counted before, and stops the user at {limit}. Sluice leaves it so, since the user may have used as much until it was read; if it stops the user too early, reset the usage in the panel\'s admin pages while the user is not connected, or use the parent panel in the config where this one is its child',
} as const;

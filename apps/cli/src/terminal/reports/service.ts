import { formatMoney } from '@sluice/quota-core';
import type { ServiceDetail } from '@sluice/engine';
import {
  describeMark,
  describeOutage,
  describePackage,
  describePurchaseState,
  describeService,
  hasEnded,
  describeTermination,
  isOfClient,
} from '@sluice/engine/words';
import { allowedCell, bytesCell, type Terminal } from '../terminal.js';
import { limitText } from './limits.js';
import { pendingText, quotaText } from './outcome.js';
import { describeStatus } from './status.js';
import { usedCell } from './usage.js';

function accountRows(terminal: Terminal, { account, panel }: ServiceDetail): [string, string | null][] {
  if (!account) return [];
  const word = (forward: { status: number; pausedByUs: boolean }): string =>
    forward.status === 1 ? 'running' : forward.pausedByUs ? 'paused by Sluice' : 'paused';
  const way = ({ listens = [], targets = [] }: (typeof account.forwards)[number]): string =>
    listens.length + targets.length === 0 ? '' : ` ${listens.join(' ')} to ${targets.join(' ')}`;
  const allowed = account.maxForwards === undefined ? '' : ` (of ${account.maxForwards})`;
  return [
    ['account', account.url === null ? account.username : `${account.username} at ${account.url}`],
    ['expires', terminal.times.at(account.expiresAt, panel)],
    ['tunnels', account.tunnels.map(({ name, nodes }) => `${name} (${nodes.join(', ')})`).join(', ')],
    [`forwards${allowed}`, account.forwards.map((one) => `${one.name}${way(one)} ${word(one)}`).join(', ')],
  ];
}

function linkRows({ access }: ServiceDetail): [string, string][] {
  return (access?.links ?? []).map(({ url, unknown }) => ['subscription link', unknown ?? url]);
}

function modeSource({ overrides, trafficMode, product }: ServiceDetail): string {
  if (overrides?.mode != null) return 'override';
  return trafficMode === null ? `product ${product}` : 'traffic_mode of the service';
}

function quotaSource({ quota, product }: ServiceDetail): string {
  if (quota === null) return 'unmanaged';
  if (quota.source === 'override') return 'override';
  return quota.source === 'service' ? 'base_quota_override_gb of the service' : `product ${product}`;
}

function overrideText(terminal: Terminal, { overrides, panel }: ServiceDetail): string | null {
  if (overrides === null) return null;
  const { quotaBytes, unlimited, mode, action, since } = overrides;
  const quota = quotaBytes === null ? (unlimited ? 'unlimited' : null) : `quota ${bytesCell(quotaBytes) ?? ''}`;
  const parts = [quota, mode && `mode ${mode}`, action && `action ${action}`].filter(Boolean).join(', ');
  return `${parts} since ${terminal.times.at(since, panel) ?? ''}`;
}

function purchaseText(terminal: Terminal, service: ServiceDetail, bought: ServiceDetail['purchases'][number]): string {
  const { panel } = service;
  const { bytes, price, charged, currency, at } = bought;
  const cycle = cycleText(service, bought);
  return `${describePackage(bought)}: ${bytesCell(bytes) ?? ''} for ${formatMoney(charged ?? price, currency)}, ${stateText(service, bought)}, ${terminal.times.at(at, panel) ?? ''}${cycle}`;
}

/** Returns the state of a purchase of a service; one that a former client ordered, or of a service that has ended, is not to be paid. */
export function stateText(
  { client, lifecycle }: Pick<ServiceDetail, 'client' | 'lifecycle'>,
  bought: Pick<
    ServiceDetail['purchases'][number],
    'client' | 'status' | 'refund' | 'invoice' | 'invoiceUrl' | 'imported'
  >,
): string {
  if (bought.status !== 'pending') return describePurchaseState(bought);
  if (!isOfClient(bought, client)) return `pending: of former client ${bought.client ?? ''}, not to be paid`;
  return hasEnded({ status: lifecycle }) ? 'pending: not to be paid, the service has ended' : pendingText(bought);
}

/** Returns what is said of a paid purchase that does not count in the present cycle; nothing where the service is in none, or in none any more. */
export function cycleText(
  { lifecycle, cycle }: Pick<ServiceDetail, 'lifecycle' | 'cycle'>,
  { current, status }: Pick<ServiceDetail['purchases'][number], 'current' | 'status'>,
): string {
  const isIn = !hasEnded({ status: lifecycle }) && cycle !== null;
  return isIn && !current && status === 'paid' ? ' (not in this cycle)' : '';
}

/** The limits besides the quota, which has rows of its own. */
function limitRows({ times }: Terminal, service: ServiceDetail): [string, string][] {
  return service.limits
    .filter(({ id }) => id !== 'quota')
    .map((limit) => [`limit ${limit.id}`, limitText(service, limit, times)]);
}

function doubtedText({ times }: Terminal, { doubted, panel, ...service }: ServiceDetail): string | null {
  if (doubted === null) return null;
  const used = usedCell({ ...service, usage: { ...doubted, readAt: doubted.at } }) ?? 'unknown';
  return `${used} ${times.ago(doubted.at, panel) ?? ''}: not used before it is confirmed`;
}

function downText(service: ServiceDetail, times: Terminal['times']): string {
  const { panel, panelDownSince, panelUndecided } = service;
  if (panelUndecided !== undefined)
    return `; runs on its panel fail since ${times.at(panelUndecided.since, panel) ?? panelUndecided.since}`;
  if (panelDownSince === null) return '';
  return `; panel ${describeOutage(service)} since ${times.at(panelDownSince, panel) ?? panelDownSince}`;
}

function nextReadingText({ times }: Terminal, { nextReading, panel }: ServiceDetail): string | null {
  if (nextReading === undefined) return null;
  const why = times.text(nextReading.message, panel);
  return nextReading.at === null ? why : `${times.at(nextReading.at, panel) ?? ''}: ${why}`;
}

function holdText(hold: ServiceDetail['holds'][number], times: Terminal['times'], panel: string): string {
  const mark = describeMark(hold);
  return `${hold.reason} since ${times.at(hold.since, panel) ?? ''}${mark === null ? '' : ` (${mark})`}`;
}

/** Prints a service with all its details. */
export function printService(terminal: Terminal, detail: ServiceDetail): void {
  const { colors, times } = terminal;
  const allowance = detail.allowance;
  const stopped = detail.stoppedByPanel?.message ?? null;
  const rows: [string, string | null][] = [
    ['panel', detail.panel],
    ['product', detail.productName === detail.product ? detail.product : `${detail.productName} (${detail.product})`],
    ['client', detail.clientName === null ? detail.client : `${detail.clientName} (${detail.client ?? 'no id'})`],
    ['client e-mail', detail.clientEmail],
    ['language', detail.language],
    ['lifecycle', detail.lifecycle],
    ['termination', detail.termination && times.text(describeTermination(detail.id, detail.termination), detail.panel)],
    [
      'status',
      terminal.paint(detail.status, describeStatus(detail)) + (detail.observing ? colors.yellow(' OBSERVING') : ''),
    ],
    [
      'billing',
      [detail.billingCycle, detail.nextDueDate && `next due ${detail.nextDueDate}`].filter(Boolean).join(', ') || null,
    ],
    ['protected until', detail.protectedUntil && `${detail.protectedUntil}${detail.protected ? '' : ' (past)'}`],
    ['limits released until', detail.quotaReleasedUntil],
    ['cycle', detail.cycle && times.span(detail.cycle, detail.panel)],
    [
      'used',
      usedCell(detail) &&
        `${String(usedCell(detail))} (${String(detail.mode)}, read ${times.ago(detail.usage?.readAt, detail.panel) ?? ''}${downText(detail, times)})`,
    ],
    ['next reading', nextReadingText(terminal, detail)],
    ['doubted reading', doubtedText(terminal, detail)],
    ['mode', `${detail.mode ?? 'unknown'} (${modeSource(detail)})`],
    ['quota', `${quotaText(detail)} (${quotaSource(detail)})`],
    ['override', overrideText(terminal, detail)],
    ...detail.purchases.map((bought): [string, string] => ['purchase', purchaseText(terminal, detail, bought)]),
    [
      'allowed',
      allowedCell(allowance) &&
        `${allowedCell(allowance) ?? ''}${allowance?.decided === false ? ' (the next run decides)' : ''}`,
    ],
    ['remaining', bytesCell(allowance?.remainingBytes)],
    ...limitRows(terminal, detail),
    ['holds', detail.holds.map((hold) => holdText(hold, times, detail.panel)).join(', ') || null],
    ['stopped on the panel', stopped && times.text(stopped, detail.panel)],
    ['would be held', detail.wouldHold.join(', ') || null],
    ...Object.entries(detail.refs),
    ...accountRows(terminal, detail),
    ...linkRows(detail),
    ['error', detail.error && terminal.error(detail.error, { service: detail.id })],
  ];
  terminal.line(colors.bold(describeService(detail)));
  for (const [name, value] of rows) if (value !== null && value !== '') terminal.line(`  ${name.padEnd(22)} ${value}`);
}

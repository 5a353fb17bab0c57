import type { CommandReport, DescribedChange, PurchaseReport, PurchaseView, ServiceDetail } from '@sluice/engine';
import { describeHold, describeMark, describePackage, describeProtection, describeService } from '@sluice/engine/words';
import { formatBytes, formatMoney } from '@sluice/quota-core';
import type { Terminal } from '../terminal.js';
import { formatCount } from '../words.js';

/** Returns `renewed to 2027-01-20 (was 2026-12-20)`. */
function changed(what: string, before: string | null, after: string | null): string {
  const now = `${what} ${after ?? 'none'}`;
  return before === after ? now : `${now} (was ${before ?? 'none'})`;
}

type Wording = (before: ServiceDetail, after: ServiceDetail, report: CommandReport) => string;

/** What each command changes. */
const WORDINGS: Record<string, Wording> = {
  'provision create': (_before, { account, refs, holds }, { access, actions }) => {
    const name = access?.username ?? account?.username ?? refs['flvx_username'] ?? 'of the service';
    const names = new Set([name, ...Object.values(refs)]);
    const isMade = actions.some(
      ({ type, target, state }) => state === 'applied' && type.startsWith('create-') && names.has(target),
    );
    return `account ${name} ${isMade ? 'created' : 'exists'}${holds.length > 0 ? `, ${describeHeld(holds)}` : ''}`;
  },
  'provision renew': (before, after) => changed('renewed to', before.nextDueDate, after.nextDueDate),
  'provision change-package': (before, after) => changed('product', before.product, after.product),
  'provision change-password': () => 'new password',
  'provision terminate': (before, after) => changed('', before.lifecycle, after.lifecycle).trim(),
  'provision suspend': (_before, { holds }) => (holds.length === 0 ? 'suspended, but not held' : describeHeld(holds)),
  'provision unsuspend': (before, after) => releasedWords(before, after),
  'hold add': ({ holds }) =>
    holds.some(({ reason }) => reason === 'manual') ? 'held before (manual)' : 'held (manual)',
  'hold release': (before, after) => releasedWords(before, after),
};

function describeHeld(holds: ServiceDetail['holds']): string {
  return `held (${holds.map(describeHold).join(', ')})`;
}

function releasedWords(before: ServiceDetail, after: ServiceDetail): string {
  if (before.quotaReleasedUntil !== null && after.quotaReleasedUntil === null)
    return describeGrace(before, after) ?? '';
  const left = new Set(after.holds.map(({ reason }) => reason));
  const ended = before.holds.filter(({ reason }) => !left.has(reason)).map(({ reason }) => reason);
  if (ended.length > 0) return `released (${ended.join(', ')})`;
  return describeGrace(before, after) ?? 'nothing to release';
}

/** Returns what a command changed of the release of the limits until a date; null where nothing. */
function describeGrace(
  { quotaReleasedUntil: was }: ServiceDetail,
  { quotaReleasedUntil }: ServiceDetail,
): string | null {
  if (quotaReleasedUntil !== null) return `its limits restrict nothing until ${quotaReleasedUntil}`;
  return was === null ? null : 'its limits restrict again from now on; the next poll decides';
}

/** Returns what became of the changes to the panel, and what is left to do there. */
function panelWords({ actions, service, run }: CommandReport): string {
  const count = (state: string): number => actions.filter((action) => action.state === state).length;
  const failed = count('failed') + count('in-doubt');
  const planned = count('planned');
  if (planned > 0) return `${formatCount(planned, 'change')} planned, none made`;
  if (failed > 0) return `${formatCount(failed, 'change')} failed or in doubt`;
  if (count('applied') > 0) return 'panel updated';
  const left = run.dryRun ? [] : service.holds.filter((hold) => describeMark(hold) !== null);
  if (left.length === 0) return `nothing ${run.outcome === 'done' ? 'had to be' : 'was'} changed on the panel`;
  const next = service.observing
    ? `it is under observe on panel ${service.panel}: no run tries again, only the same command does`
    : 'the next run tries again';
  return `nothing was changed on the panel yet: ${left.map(describeHold).join(', ')}; ${next}`;
}

/** Returns what a command about one service changed, as one line. */
export function describeOutcome(before: ServiceDetail, report: CommandReport): string {
  const { run, service, stillHeld } = report;
  const isDone = report.run.outcome === 'done';
  const what = isDone && !run.dryRun ? WORDINGS[run.command]?.(before, service, report) : undefined;
  const parts = [what ?? `${run.command}${run.dryRun ? ' (dry run)' : ' not finished'}`, panelWords(report)];
  const isRelease = /release|unsuspend/.test(run.command);
  const grace = run.dryRun && isRelease ? describeGrace(before, service) : null;
  if (grace !== null) parts.splice(1, 0, grace);
  const isHolding = run.command === 'hold add' || run.command === 'provision suspend';
  const protection = isHolding ? describeProtection(service, service.holds.filter(isStaying), []) : null;
  if (protection !== null) parts.push(protection.replace(/^It/, 'it').replace(/\.$/, ''));
  const isChanged = report.actions.some(({ state }) => state === 'applied' || state === 'in-doubt');
  if (service.observing && isChanged)
    parts.push(`it is under observe on panel ${service.panel}: only what is asked for by name changes it`);
  const ending = new Set(service.holds.filter((hold) => !isStaying(hold)).map(({ reason }) => reason));
  const staying = stillHeld.filter((reason) => !ending.has(reason));
  const mayRelease = isRelease || /change-package|renew/.test(run.command);
  if (mayRelease && staying.length > 0) parts.push(`still held: ${staying.join(', ')}`);
  return `${service.id}: ${parts.join('; ')}`;
}

const isStaying = ({ releasing }: ServiceDetail['holds'][number]): boolean => releasing !== true;

/** Returns the quota of a service as text. */
export function quotaText({ quota }: Pick<ServiceDetail, 'quota'>): string {
  if (quota === null) return 'no quota';
  return quota.bytes === null ? 'unlimited' : formatBytes(quota.bytes);
}

/** Returns what an override changed, as one line. */
export function describeOverride(before: ServiceDetail, after: ServiceDetail): string {
  const [old, now] = [before, after].map(quotaText);
  const parts = old === now ? [] : [`quota ${now ?? ''} (was ${old ?? ''})`];
  for (const key of ['mode', 'action'] as const) {
    const [was, is] = [before.overrides?.[key] ?? null, after.overrides?.[key] ?? null];
    if (was !== is) parts.push(changed(key, was ?? withoutOverride(key, before), is ?? withoutOverride(key, after)));
  }
  return `${after.id}: ${parts.length === 0 ? 'the override is unchanged' : parts.join(', ')}; in force from the next poll`;
}

function withoutOverride(key: 'mode' | 'action', { trafficMode }: ServiceDetail): string {
  return key === 'mode' && trafficMode !== null ? `${trafficMode}, that of the service` : 'that of the product';
}

const STILL_STOPPED = 'no longer held, but still stopped on the panel';

/** Returns what a purchase changed, as one line; one that waits for its payment is never called bought. */
export function formatPurchase(report: PurchaseReport, heldBefore: number): string {
  const { purchase, repeated, stillHeld, releasing, stoppedByPanel, error } = report;
  const { id, name, bytes, currency, invoice, status } = purchase;
  const service = describeService({ id: purchase.service, name });
  const price = formatMoney(purchase.charged ?? purchase.price, currency);
  const what = `${describePackage(purchase)}, ${formatBytes(bytes)} for ${price}`;
  if (status === 'pending') return `${service}: ${pendingText(purchase)}: ${what}, ${id}`;
  const done = status === 'paid' ? `${repeated ? 'already ' : ''}bought` : status;
  const parts = [`${service}: ${done} ${what}, ${id}`];
  if (invoice !== null) parts.push(`invoice ${invoice}`);
  const held = stillHeld.filter((reason) => !releasing.includes(reason));
  if (held.length > 0) parts.push(`held: ${held.join(', ')}`);
  if (releasing.length > 0)
    parts.push(`${releasing.join(', ')} to be released by the next run that reaches the panel; not released yet`);
  else if (stillHeld.length === 0 && heldBefore > 0)
    parts.push(error !== null ? 'not released yet' : stoppedByPanel === undefined ? 'released' : STILL_STOPPED);
  return parts.join('; ');
}

/** Returns `pending: pay invoice 1001 (https://…)`. */
export function pendingText({ invoice, invoiceUrl }: Pick<PurchaseView, 'invoice' | 'invoiceUrl'>): string {
  if (invoice === null) return 'pending: not charged yet';
  return `pending: pay invoice ${invoice}${invoiceUrl === null ? '' : ` (${invoiceUrl})`}`;
}

/** Returns what was changed of a service, as one line: `svc-1: product fast (was ded)`. */
export function describeChange({ service, added, keys }: DescribedChange): string {
  if (added) return `${service}: added`;
  return `${service}: ${keys.map(({ key, before, after }) => changed(key, before, after)).join(', ')}`;
}

/** Prints the changes of a command, one per line. */
export function printActions(terminal: Terminal, actions: CommandReport['actions']): void {
  for (const { name, state } of actions) terminal.line(`  ${name} ${terminal.status(state)}`);
}

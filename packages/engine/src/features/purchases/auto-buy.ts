import { findCycle } from '../../kernel/subject/find-cycle.js';
import { createHash } from 'node:crypto';
import type { AutoBuyRule } from '@sluice/contract/documents';
import { staffText } from '@sluice/messages/staff';
import { type ItemError, SluiceError } from '@sluice/panel-kind';
import { autoBuy, compareMoney, type DueHold, formatMoney, multiplyMoney, subtractMoney } from '@sluice/quota-core';
import type { AutoBuyRecord, PurchaseRecord } from '@sluice/state-store';
import { findEntry } from '../../base/config/find-entry.js';
import { describeCost } from '../../base/refused-credit.js';
import { decideHolds, foreseeHolds } from '../../loop/decide.js';
import { countsIn } from '../../base/lifecycle.js';
import { withPurchases } from '../../loop/load.js';
import type { Notice } from '../../kernel/run/notice.js';
import { wouldBuy } from './would-buy.js';
import type { Decided, RunOnPanel } from '../../kernel/subject/stages.js';
import { isLifted, rankRestriction } from '../../kernel/subject/holds.js';
import { withError } from '../../kernel/subject/to-stage.js';
import type { Context } from '../../context/context.js';
import { newPurchase, toProblem } from './charge.js';
import { readBudgetLeft } from './budget-left.js';
import { autoKeyPrefix, findBudget } from './link-budget.js';
import { findLink } from './link-preferences.js';
import { findNeeded, loadMore } from './needed.js';
import { findPackage, lastCharged, type Package } from './packages.js';
import { AGENT_LIMIT } from '../../kernel/subject/views.js';
import { type Refusal, refusedNotice, toCost, toRefusal, type Wish } from './refused-buy.js';
import { isAutomatic, listOwnPurchases, thresholdBytes } from '../preferences/preferences.js';
import { findRule } from '../../kernel/subject/auto-buy-rule.js';

/** Returns what auto-buy would buy for a service, or why it can't; null where it has nothing to buy. Reads nothing. */
export function findWish(
  { context, panel }: Pick<RunOnPanel, 'context' | 'panel'>,
  stored: readonly AutoBuyRecord[],
  decided: Decided,
): Wish | Refusal | null {
  const { config } = context;
  const { service, decision, allowance, skipped, error, cycle } = decided;
  const { client, product } = service;
  if (decision === null || skipped !== null || error !== null || cycle === null) return null;
  const rule = findRuleInForce(context, stored, decided);
  if (allowance?.kind !== 'limited' || rule === null || rule.package === null) return null;
  const quota = decision.limits.find(({ limit }) => limit === 'quota');
  if (quota?.remainingBytes == null || quota.usedBytes === null || quota.problem !== null) return null;
  const threshold = thresholdBytes(rule.threshold, allowance);
  if (threshold === null || quota.remainingBytes > threshold) return null;
  const bought = findPackage(config, rule.package);
  const isOffered = findEntry(config.products, product)?.packages.includes(rule.package) === true;
  if (bought === undefined || !isOffered)
    return {
      refused: 'package',
      why: staffText('staff.notBought.package', { product, package: rule.package }),
      wanted: bought,
    };
  if (client === null) return { refused: 'client', why: staffText('staff.notBought.client'), wanted: bought };
  const load = loadMore(context, decided, bought);
  const needed = findNeeded((bytes) => foreseeHolds(context, panel, load(bytes), context.now()));
  const overBytes = Math.max(0, quota.usedBytes - allowance.allowedBytes);
  const figures = { remainingBytes: quota.remainingBytes, overBytes, thresholdBytes: threshold };
  return { package: bought, client, ...toLiftHold(figures, needed), maxPerCycle: rule.maxPerCycle };
}

type Figures = Pick<Wish, 'remainingBytes' | 'overBytes' | 'thresholdBytes'>;

/** Returns the figures as they are to the end of a hold, which may need less usage than the allowance. */
function toLiftHold(figures: Figures, needed: number | null): Figures {
  const { remainingBytes, overBytes, thresholdBytes } = figures;
  const margin = (needed ?? 0) - 1 - (overBytes - remainingBytes);
  if (needed === null || needed === 0 || margin <= 0) return figures;
  return { remainingBytes: 0, overBytes: needed - 1, thresholdBytes: Math.max(0, thresholdBytes - margin) };
}

/** Returns the rule by which a service may buy automatically; null where it may not, whatever its usage is. Pure. */
function findRuleInForce(
  context: Pick<Context, 'config' | 'now' | 'findKind'>,
  stored: readonly AutoBuyRecord[],
  { service, decision, allowance, holds, action }: Decided,
): AutoBuyRule | null {
  const { id, client, product } = service;
  if (decision === null || allowance?.kind !== 'limited') return null;
  // Its quota restricts nothing at the moment.
  if (isLifted(context.config, service, context.now())) return null;
  const due = [...holds, ...decision.holds];
  // A package would not lift the service.
  if (due.some(({ reason }) => ['billing', 'manual', AGENT_LIMIT].includes(reason))) return null;
  const kind = context.findKind(service.panel) ?? {};
  const isAsHarsh = ({ reason, restriction }: DueHold): boolean =>
    reason !== 'quota' && rankRestriction(kind, restriction) >= rankRestriction(kind, action);
  if (decision.holds.some(isAsHarsh)) return null;
  const rule = findRule(context.config, stored, { service: id, client, product });
  return rule.enabled ? rule : null;
}

/** Services with the purchases that their holds were decided with, and notices about those that buy nothing. */
export interface Drafted {
  subjects: Decided[];
  notices: Notice[];
}

/** Credit that this run has not promised to a purchase yet; an error where it is unknown. */
type CreditLeft = { currency: string | null; left: string; closed: boolean } | ItemError;
type Credits = Map<string, CreditLeft>;

/** Drafts the purchases of services, and decides their holds as if they were paid. */
export async function draftPurchases(
  on: RunOnPanel,
  subjects: readonly Decided[],
  wishes: ReadonlyMap<string, Wish | Refusal>,
): Promise<Drafted> {
  const notices: Notice[] = [];
  const credits: Credits = new Map();
  const drafted: Decided[] = [];
  for (const work of subjects) {
    const wish = wishes.get(work.service.id);
    if (wish === undefined || on.context.deps.signal.aborted) {
      drafted.push(work);
      continue;
    }
    const outcome = 'refused' in wish ? wish : await draft(on, work, wish, credits);
    const wanted = 'refused' in wish ? wish.wanted : wish.package;
    if ('refused' in outcome) notices.push(refusedNotice(on.context, work, { wanted, ...outcome }));
    const isObserved = work.enforcement.value === 'observe';
    if ('buys' in outcome && isObserved)
      notices.push(...outcome.buys.map((row) => wouldBuy(on.context, work.service, row)));
    if ('buys' in outcome) drafted.push(isObserved ? work : withDrafts(on, work, outcome.buys));
    else drafted.push('code' in outcome ? withError(work, outcome) : work);
  }
  return { subjects: drafted, notices };
}

/** Returns the service with drafts, decided as if they were paid. */
export function withDrafts(on: RunOnPanel, work: Decided, buys: readonly PurchaseRecord[]): Decided {
  const { context, panel } = on;
  const paid = [...work.purchases, ...buys.map((row) => ({ ...row, status: 'paid' as const }))];
  const read = { ...withPurchases(work, paid), stage: 'read' as const };
  return { ...decideHolds(context, panel, read, context.now()), buys };
}

type Outcome = { buys: PurchaseRecord[] } | Refusal | ItemError;

async function draft(on: RunOnPanel, work: Decided, wish: Wish, credits: Credits): Promise<Outcome> {
  const { context } = on;
  const { service, cycle } = work;
  const { package: wanted, client } = wish;
  const bought = await listBought(context, work);
  const own = listOwnPurchases(client, bought);
  // Keys are unique over all clients.
  const automatic = bought.filter(({ actor }) => actor === 'auto');
  const credit = await findCredit(on, client, credits);
  if ('code' in credit) return credit;
  if (credit.closed) return { refused: 'client-closed', why: staffText('staff.notBought.closed', { client }) };
  if (credit.currency !== null && credit.currency !== wanted.currency)
    return {
      refused: 'currency',
      why: staffText('staff.notBought.currency', {
        ...{ client, currency: credit.currency, package: wanted.id, other: wanted.currency },
      }),
    };
  const price = highestCharge(wanted, own);
  const budget = await findLinkBudget(on, service.id, credits);
  const facts = { ...wish, packageBytes: wanted.bytes, boughtThisCycle: own.filter(isAutomatic).length };
  const byCredit = autoBuy({ ...facts, price, credit: credit.left });
  // The maximum of a link counts prices without tax.
  const byLink = budget === null ? byCredit : autoBuy({ ...facts, price: wanted.price, credit: budget.left });
  if (byCredit.count === 0) return toRefusal(byCredit.reason, wish, { left: credit.left, ...toCost(wish, price) });
  if (budget !== null && byLink.count === 0)
    return {
      refused: 'link-spent',
      why: staffText('staff.notBought.linkSpent', {
        left: formatMoney(budget.left, wanted.currency),
        cost: describeCost(toCost(wish, wanted.price)),
      }),
    };
  const count = Math.min(byCredit.count, byLink.count);
  credit.left = subtractMoney(credit.left, multiplyMoney(price, count));
  if (budget !== null) budget.left = subtractMoney(budget.left, multiplyMoney(wanted.price, count));
  const order = { service: service.id, client, cycle: cycle?.id ?? '', actor: 'auto' } as const;
  const prefix = autoKeyPrefix(await findLink(context.store, service.id, context.now()));
  const keys = new Set(bought.map((row) => row.key));
  const buys: PurchaseRecord[] = [];
  for (let number = automatic.length + 1; buys.length < count; number++) {
    const key = `${prefix}${order.cycle}:${number}`;
    // One before may not count any more, such as one that was refunded.
    if (keys.has(key)) continue;
    const id = toAutoId([service.id, cycle?.start ?? '', wanted.id, String(number)]);
    const isFree = (await context.store.purchases.get(id)) === null;
    buys.push(newPurchase(context, wanted, { ...order, key, ...(isFree && { id }) }));
  }
  return { buys };
}

/** Lists what was bought in the cycle of a service. */
export async function listBought(context: Context, work: Decided): Promise<PurchaseRecord[]> {
  const filter = { service: work.service.id, cycles: [work.cycle?.id ?? ''] };
  return [...(await listElsewhere(context, work)), ...(await context.store.purchases.list(filter))];
}

/**
 * Returns what was bought in the cycle under the id of another one: by a run that was killed before it stored the cycle, or in one that
 * a wrong clock opened.
 */
async function listElsewhere({ store }: Context, work: Decided): Promise<PurchaseRecord[]> {
  const wrong = new Set(work.wrongCycles.map(({ id }) => id));
  const found: PurchaseRecord[] = [];
  for (const row of work.purchases) {
    if (row.cycle === work.cycle?.id || !countsIn(work, row)) continue;
    if (wrong.has(row.cycle) || (await findCycle(store, row)) === undefined) found.push(row);
  }
  return found;
}

/**
 * Returns the id of an automatic purchase: the n-th of a cycle has the same one in a store that was restored from a backup, which so
 * finds the invoice that is paid already.
 */
function toAutoId(parts: readonly string[]): string {
  return `pur-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20)}`;
}

/** Returns what this run may still spend with the share link that set the preference; null without a maximum. */
async function findLinkBudget(on: RunOnPanel, service: string, credits: Credits): Promise<{ left: string } | null> {
  const { store } = on.context;
  const link = await findLink(store, service, on.context.now());
  if (link === null) return null;
  const key = `link ${link}`;
  const known = credits.get(key);
  if (known !== undefined && 'left' in known) return known;
  const whole = await findBudget(store, link);
  if (whole === null) return null;
  const budget = { currency: null, left: await readBudgetLeft(store, whole), closed: false };
  credits.set(key, budget);
  return budget;
}

/** Returns what the last invoice for the package came to, where that is more than its price. */
export function highestCharge(bought: Package, own: readonly PurchaseRecord[]): string {
  const charged = lastCharged(bought, own);
  return charged !== null && compareMoney(charged, bought.price) > 0 ? charged : bought.price;
}

async function findCredit({ context }: RunOnPanel, client: string, credits: Credits) {
  const credit = credits.get(client) ?? (await askCredit(context, client));
  credits.set(client, credit);
  return credit;
}

async function askCredit(context: RunOnPanel['context'], client: string): Promise<CreditLeft> {
  try {
    const billing = await context.billing();
    const { currency, balance, closed = false } = await billing.credit(client, context.deps.signal);
    return { currency, left: balance, closed };
  } catch (error) {
    if (error instanceof SluiceError) return toProblem(error);
    throw error;
  }
}

import { isDeepStrictEqual } from 'node:util';
import type { AutoBuyView } from '@sluice/contract/documents';
import { usageError } from '@sluice/panel-kind';
import { type Allowance, parseSize } from '@sluice/quota-core';
import type { AutoBuyRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { findEntry } from '../../base/config/find-entry.js';
import { packageName } from '../../base/config/package-name.js';
import { readEnforcements } from '../../context/enforcement.js';
import { notFound } from '../../base/errors.js';
import { findCredit, refuseUnchargeable } from '../billing/refusals.js';
import { refuseEnded } from '../../base/lifecycle.js';
import { type RunCommand, type Run, withRun } from '../../kernel/run/bracket.js';
import { allowancesNow } from '../../kernel/subject/allowance-now.js';
import { withServiceRun } from '../services/change-services.js';
import type { Context } from '../../context/context.js';
import { refuseOtherClient, requireService } from '../../context/find-service.js';
import { type LinkBudget, refuseOverLink } from './link-budget.js';
import { findRow, putOfLink, putOwn } from './link-preferences.js';
import { findPackage, requireOffered, requirePackage } from './packages.js';
import { isAutomatic, listOwnPurchases, thresholdBytes } from '../preferences/preferences.js';
import { findRule, readPreferences, UNSTATED } from '../../kernel/subject/auto-buy-rule.js';

/** What `auto-buy` is about: a service, or a client. */
export type AutoBuySubject =
  | {
      service: string;
      client?: undefined;
      /** The client that asks: refuses a change of a service that is another's by now. */
      owner?: string | undefined;
      /** The share link that asks, within whose budget it has to be. */
      link?: LinkBudget | undefined;
    }
  | { client: string; service?: undefined; owner?: string | undefined; link?: undefined };

/** Fields to set; the others stay. */
export interface AutoBuyRequest {
  enabled?: boolean | undefined;
  package?: string | undefined;
  /** Such as `10GB` or `10%`. */
  threshold?: string | undefined;
  maxPerCycle?: number | undefined;
}

/** Returns the rule in force for a service or client. */
export async function showAutoBuy(context: Context, subject: AutoBuySubject): Promise<AutoBuyView> {
  const stored = await readPreferences(context.store, context.now());
  if (subject.service === undefined) {
    const rule = findRule(context.config, stored, { client: subject.client });
    const { config } = context;
    const unknown = { bought: null, observing: null, link: null };
    return { ...rule, ...named(config, rule), thresholdBytes: thresholdBytes(rule.threshold, null), ...unknown };
  }
  const service = await requireService(context, subject.service);
  const { id, client, product, panel } = service;
  const enforcements = await readEnforcements(context.config, context.store);
  const rule = findRule(context.config, stored, { service: id, client, product });
  const [cycle] = await context.store.cycles.newest([id]);
  const own = cycle === undefined ? [] : await context.store.purchases.list({ service: id, cycles: [cycle.id] });
  const bought = listOwnPurchases(client, own).filter(isAutomatic).length;
  const { decision = null } = (await allowancesNow(context, [service])).get(id) ?? {};
  return {
    ...rule,
    ...named(context.config, rule),
    thresholdBytes: thresholdBytes(rule.threshold, (decision?.allowance ?? null) as Allowance | null),
    bought,
    observing: enforcements.isObserving(panel, product),
    link: rule.enabled ? await showLink(context.store, findRow(stored, 'link', id)) : null,
  };
}

function named(
  config: Context['config'],
  { package: id }: Pick<AutoBuyView, 'package'>,
): Pick<AutoBuyView, 'packageName'> {
  return { packageName: id === null ? null : packageName(config, id) };
}

/** Returns the share link that switched automatic purchases on. */
async function showLink(
  { apiTokens }: Pick<StoreTables, 'apiTokens'>,
  row: AutoBuyRecord | undefined,
): Promise<AutoBuyView['link']> {
  if (row?.enabled !== true || row.link === null) return null;
  const token = await apiTokens.get(row.link);
  return token === null ? null : { id: token.id, expiresAt: token.expiresAt };
}

/** Sets the passed fields of a preference; the others stay. Applies from the next run. */
export async function setAutoBuy(
  context: Context,
  subject: AutoBuySubject,
  request: AutoBuyRequest,
  waitMs: number,
): Promise<AutoBuyView> {
  const change = toChange(request);
  const { owner } = subject;
  await changePreference(context, subject, { command: 'auto-buy set', waitMs }, async (service) => {
    if (service !== null) refuseEnded(service);
    if (request.package !== undefined && service !== null)
      requireOffered(context.config, service, request.package, { reader: owner });
    if (request.package !== undefined && service === null) await requirePackageFor(context, request.package, owner);
    const { id, client = subject.client ?? null, product } = service ?? {};
    const about = { client, ...(id !== undefined && { service: id }), ...(product !== undefined && { product }) };
    await refuseInVain(context, about, request);
    const { scope, of } = toKey(subject);
    return async (tables) => {
      const { config } = context;
      const updatedAt = context.now();
      const stored = await readPreferences(tables, updatedAt);
      const own = findRow(stored, scope, of);
      const { link } = subject;
      if (link === undefined || service === null) {
        await putOwn(
          tables,
          stored,
          { ...UNSTATED, ...own, ...change, scope, subject: of, link: null, updatedAt },
          change,
        );
        return true;
      }
      const before = { ...UNSTATED, ...own, ...findRow(stored, 'link', of) };
      const wanted = { ...before, ...change, scope: 'link' as const, subject: of, link: link.link, updatedAt };
      await refuseOverLink(tables, config, wanted, link);
      await putOfLink(tables, stored, wanted, { config, service, change });
      return true;
    };
  });
  return showAutoBuy(context, subject);
}

/** Refuses to switch on purchases that can't be charged to the client; without an answer of the billing system, runs say so. */
async function refuseInVain(
  context: Context,
  about: Parameters<typeof findRule>[2],
  { enabled, package: wanted }: AutoBuyRequest,
): Promise<void> {
  if (enabled === false || (enabled === undefined && wanted === undefined)) return;
  const { config, store } = context;
  const rule = findRule(config, await readPreferences(store, context.now()), about);
  const bought = findPackage(config, wanted ?? rule.package ?? '');
  if (bought === undefined || about.client === null || !(enabled ?? rule.enabled)) return;
  const credit = await findCredit(context, about.client);
  if (credit !== null) refuseUnchargeable(credit, bought.currency);
}

/** Refuses an unknown package; of a client that asks, also one that no product of its services offers. */
async function requirePackageFor({ config, store }: Context, id: string, owner: string | undefined): Promise<void> {
  if (owner === undefined) {
    requirePackage(config, id);
    return;
  }
  const own = await store.services.list({ client: owner });
  if (own.some(({ product }) => findEntry(config.products, product)?.packages.includes(id) === true)) return;
  throw notFound('unknown_package', `There is no package "${id}"; nothing was changed`, { package: id });
}

/** Drops the preference of a service or client; returns whether there was one. */
export async function clearAutoBuy(context: Context, subject: AutoBuySubject, waitMs: number): Promise<boolean> {
  const { scope, of } = toKey(subject);
  return changePreference(context, subject, { command: 'auto-buy clear', waitMs }, () =>
    Promise.resolve(async (tables) => {
      const isOfLink = scope === 'service' && (await tables.autoBuy.remove('link', of));
      return (await tables.autoBuy.remove(scope, of)) || isOfLink;
    }),
  );
}

function toKey({ service, client }: AutoBuySubject): { scope: 'service' | 'client'; of: string } {
  return service === undefined ? { scope: 'client', of: client } : { scope: 'service', of: service };
}

type Change = (tables: StoreTables) => Promise<boolean>;

/** Performs a change, and stores its run only where a preference differs after it. */
async function storeChange(run: Run, subject: AutoBuySubject, change: Change): Promise<boolean> {
  const { scope, of } = toKey(subject);
  let result = false;
  await run.storeChange(async (tables) => {
    const read = async () => {
      const own = await tables.autoBuy.list({ scope, subject: of });
      const ofLink = scope === 'service' ? await tables.autoBuy.list({ scope: 'link', subject: of }) : [];
      return [...own, ...ofLink].map(({ updatedAt: _at, ...preference }) => preference);
    };
    const before = await read();
    result = await change(tables);
    return !isDeepStrictEqual(await read(), before);
  });
  return result;
}

async function changePreference(
  context: Context,
  subject: AutoBuySubject,
  { command, waitMs }: { command: RunCommand; waitMs: number },
  toStore: (service: ServiceRecord | null) => Promise<Change>,
): Promise<boolean> {
  if (subject.service !== undefined) {
    const { service: id, owner } = subject;
    return withServiceRun(context, id, { command, waitMs }, async (service, run) => {
      refuseOtherClient(service, owner);
      return storeChange(run, subject, await toStore(service));
    });
  }
  await requireClient(context, subject.client);
  return withRun(context, { command, dryRun: false }, async (run) => storeChange(run, subject, await toStore(null)));
}

async function requireClient({ store }: Context, client: string): Promise<void> {
  if ((await store.services.list({ client, limit: 1 })).length > 0) return;
  throw notFound('unknown_client', `No service has the client "${client}"; nothing was changed`, { client });
}

/** @throws SluiceError `bad_option` */
export function toChange({ enabled, package: name, threshold, maxPerCycle }: AutoBuyRequest): Partial<AutoBuyRecord> {
  if ([enabled, name, threshold, maxPerCycle].every((value) => value === undefined)) {
    throw usageError('bad_option', 'Name what to set: on or off, a package, a threshold or a maximum per cycle');
  }
  if (maxPerCycle !== undefined && !(Number.isSafeInteger(maxPerCycle) && maxPerCycle >= 0)) {
    throw usageError('bad_option', `max: ${maxPerCycle} is not a whole number from 0`);
  }
  return {
    ...(enabled !== undefined && { enabled }),
    ...(name !== undefined && { package: name }),
    ...(threshold !== undefined && parseThreshold(threshold)),
    ...(maxPerCycle !== undefined && { maxPerCycle }),
  };
}

function parseThreshold(text: string): Pick<AutoBuyRecord, 'thresholdBytes' | 'thresholdPercent'> {
  const percent = /^\s*(\d{1,3}(?:\.\d{1,4})?)\s*%\s*$/.exec(text)?.[1];
  if (percent !== undefined && Number(percent) <= 100) return { thresholdBytes: null, thresholdPercent: percent };
  try {
    return { thresholdBytes: parseSize(text), thresholdPercent: null };
  } catch {
    throw usageError('bad_option', `threshold: "${text}" is neither a size such as 10GB nor a percentage such as 10%`);
  }
}

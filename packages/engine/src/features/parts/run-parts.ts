import { SluiceError } from '@sluice/panel-kind';
import type { StoreTables } from '@sluice/state-store';
import { billingSettings, listLimits } from '../../base/config/find-entry.js';
import { hasEnded } from '../../base/lifecycle.js';
import { CLOCK_ERRORS, isClockBelieved } from '../../context/clock-guard.js';
import type { Context } from '../../context/context.js';
import { outageKey } from '../../context/panel-answers.js';
import { findRule } from '../../kernel/subject/auto-buy-rule.js';
import { isCommandRow } from '../../kernel/subject/command-row.js';
import type { Applied } from '../../kernel/subject/stages.js';
import { readLifted } from '../../kernel/subject/lifts.js';
import { isTermination } from '../../kernel/subject/termination.js';
import type { EndedRun, PanelRun, RunDuty, RunPart, RunParts } from '../../loop/run-part.js';

/** What a run is over, for queries. */
const toFilter = ({ panel, only }: PanelRun): { panel: string } | { services: string[] } =>
  only === null ? { panel: panel.name } : { services: [only.id] };

/** Accounts that are made and removed without a command. */
const accounts: RunPart = {
  async wants(run) {
    const { context, panel, request } = run;
    if (!request.observeAll || panel.accounts === undefined) return false;
    const products = Object.values(context.config.products).filter((product) => product.panel === panel.name);
    if (products.some(({ provision, terminate }) => provision === 'auto' || terminate === 'auto')) return true;
    return (await context.store.actions.unresolved(toFilter(run))).some(isCommandRow);
  },
  begin: async (run) => (await import('../provision/accounts.js')).beginAccounts(run),
};

/** Terminations that were not finished. */
const terminations: RunPart = {
  isQuiet: true,
  wants: async (run) => (await run.context.store.actions.unresolved(toFilter(run))).some(isTermination),
  begin: async (run) => (await import('../provision/terminations.js')).beginTerminations(run),
};

/** Restrictions and lifts of services that have ended. */
const ended: RunPart = {
  isQuiet: true,
  async wants(run) {
    const { store } = run.context;
    const ids = new Set((await store.evidence.open(toFilter(run))).map(({ service }) => service));
    if (run.panel.kind.keepsQuota === true) for (const id of await readLifted(store, run.panel.name)) ids.add(id);
    if (ids.size === 0) return false;
    return (await store.services.list({ ids: [...ids] })).some(
      (service) => hasEnded(service) && service.panel === run.panel.name,
    );
  },
  begin: async (run) => (await import('../ended/ended.js')).beginEnded(run),
};

/** Purchases: open ones, and those that auto-buy makes. */
const buying: RunPart = {
  async wants({ context: { config, store }, panel, request }) {
    const products = Object.entries(config.products).filter(([, product]) => product.panel === panel.name);
    if (products.some(([product]) => findRule(config, [], { client: null, product }).enabled)) return true;
    return (await store.autoBuy.list()).length > 0 || hasPurchases(store, request.observeAll);
  },
  begin: async (run) => (await import('../purchases/buying.js')).beginBuying(run),
};

async function hasPurchases({ purchases }: Pick<StoreTables, 'purchases'>, all: boolean): Promise<boolean> {
  // A paid or cancelled one is asked for again by the runs that observe everything.
  for (const status of all ? OPEN_OR_ENDED : OPEN) if ((await purchases.list({ status })).length > 0) return true;
  return false;
}

const OPEN = ['pending', 'refunded'] as const;
const OPEN_OR_ENDED = [...OPEN, 'paid', 'cancelled'] as const;

/** What calls cost, for limits in money. */
const spend: RunPart = {
  wants: ({ context, panel }) =>
    Object.entries(context.config.products).some(
      ([name, product]) =>
        product.panel === panel.name &&
        listLimits(context.config, name).some(({ allowance }) => typeof allowance === 'string'),
    ),
  begin: async (run) => (await import('../calls/spend.js')).beginSpend(run),
};

/** Restrictions that the panel may undo without showing it. */
const refresh: RunPart = {
  isQuiet: true,
  wants: ({ panel, request }) => panel.refresh !== undefined && !request.dryRun,
  begin(run) {
    const held: Applied[] = [];
    const { startedAt } = run.report.run;
    return Promise.resolve({
      finished(subjects) {
        // What this run has restricted was read back.
        held.push(...subjects.filter(({ holds }) => holds.some(({ since }) => since < startedAt)));
      },
      async end({ stopped }) {
        if (stopped || held.length === 0) return;
        await (await import('../refresh/refresh.js')).refreshHeld(run, held);
      },
    });
  },
};

/** Names of services, by their accounts. */
const names: RunPart = {
  isQuiet: true,
  wants: ({ panel, request }) => panel.names !== undefined && !request.dryRun,
  async begin(run) {
    const { beginAccountNames } = await import('../names/account-names.js');
    return run.panel.names === undefined ? {} : beginAccountNames(run, run.panel.names);
  },
};

/** Limits of agents. */
const agents: RunPart = {
  async panels(context, request) {
    const has = Object.keys(context.config.panels).some(
      (name) => context.findKind(name)?.capabilities.includes('agents') === true,
    );
    if (!has || !request.observeAll || request.service !== undefined) return [];
    return (await import('../agents/open-agents.js')).limitedPanels(context, request);
  },
  async wants({ context, panel, request, only, enforcements }) {
    if (panel.agents === undefined || !request.observeAll || only !== null) return false;
    // A preview of the first enforcing run shows only what that run changes.
    if (request.assumed !== undefined && enforcements.isObserving(panel.name, null)) return false;
    return (await import('../agents/open-agents.js')).hasLimits(context, panel.name);
  },
  begin: async (run) => (await import('../agents/check-agents.js')).beginAgents(run),
};

/** Unfinished purchases of services that were removed. With a wrong clock a refund would be sent again too early. */
const removed: RunDuty = {
  wants: async ({ context, request }) =>
    !request.dryRun &&
    request.service === undefined &&
    (await hasPurchases(context.store, request.observeAll)) &&
    (await isClockBelieved(context)),
  async end({ context, request, report }) {
    const { resolveRemoved } = await import('../purchases/resolve-removed.js');
    await resolveRemoved(context, report, { all: request.observeAll });
  },
};

/** What share links have set that ended since. With a wrong clock they may not have ended. */
const endedLinks: RunDuty = {
  wants: async ({ context, request }) =>
    !request.dryRun &&
    request.service === undefined &&
    (await context.store.autoBuy.list()).some(({ link }) => link !== null) &&
    (await isClockBelieved(context)),
  async end({ context, report }) {
    await (await import('../purchases/end-link-preferences.js')).endLinkPreferences(context, report);
  },
};

/** Returns whether the store is maintained. */
function maintains({ context, request }: EndedRun): boolean {
  return request.command === 'reconcile' && !request.dryRun && !context.deps.signal.aborted;
}

/** The backup of the day. With a wrong clock it would have the name of another day. */
const backup: RunDuty = {
  wants: maintains,
  async end({ context, report }) {
    if (await isClockBelieved(context)) await (await import('../../kernel/changes/backups.js')).backupDaily(context);
    else failUnlessSaid(report);
  },
};

/** The clean-up of the store, also where there was no room for a backup. With a wrong clock it would delete too much. */
const store: RunDuty = {
  wants: async (run) => maintains(run) && (await isClockBelieved(run.context)),
  async end({ context, request }) {
    const { maintainOnce } = await import('../store/maintain-once.js');
    await maintainOnce(context, { isWhole: request.panel === undefined });
  },
};

/** A run that decided on no panel has not reported the clock yet. */
function failUnlessSaid({ panels }: Pick<EndedRun['report'], 'panels'>): void {
  if (panels.some(({ error }) => CLOCK_ERRORS.includes(error.code))) return;
  const message = 'no panel confirms the local clock: the store was neither backed up nor cleaned up';
  throw new SluiceError('clock_unconfirmed', message, { kind: 'panel' });
}

const hasSource = ({ context: { deps, config } }: EndedRun): boolean =>
  deps.billing.some((kind) => kind.openSource !== undefined && billingSettings(config, kind.kind) !== undefined);

/** Usage in the services of the billing system. */
const usage: RunDuty = {
  wants: (run) => !run.request.dryRun && hasSource(run),
  end: async (run) => (await import('../billing/push-usage.js')).pushUsage(run),
};

/** Ids of accounts in the services of the billing system. */
const references: RunDuty = {
  wants: (run) => run.request.command === 'reconcile' && !run.request.dryRun && hasSource(run),
  end: async ({ context, report }) => (await import('../billing/write-back.js')).writeBack(context, report),
};

/** Billing systems that may be another installation, after all that asks them. */
const moved: RunDuty = {
  wants: ({ request, context: { deps, config } }) =>
    !request.dryRun && deps.billing.some(({ kind }) => billingSettings(config, kind) !== undefined),
  end: async ({ context, report }) => (await import('../billing/billing-address.js')).reportMoved(context, report),
};

/** Sends the notices of the run, and those that were left; which panels did not answer, and which answer again. */
async function sendNews({ context, request, report }: EndedRun): Promise<void> {
  if (request.dryRun || !(await hasNews(context))) return;
  const { afterRun } = await import('../notices/after-run.js');
  await afterRun(context, { run: report.run, services: request.service === undefined });
}

async function hasNews(context: Context): Promise<boolean> {
  const { config, store: tables } = context;
  if ((config.notify ?? []).length > 0 || [...context.panelFailures().values()].some(Boolean)) return true;
  return (await tables.conditions.list(outageKey(''))).length > 0 || (await tables.deliveries.counts()).length > 0;
}

/** What features do in runs over panels and after them. */
export const runParts: RunParts = {
  parts: [accounts, terminations, ended, buying, spend, refresh, agents, names],
  duties: [removed, endedLinks, backup, store, usage, references, moved],
  // The store reports what is wrong with it on the next call.
  news: (run) => sendNews(run).catch(() => undefined),
};

import type { Check } from '@sluice/contract/documents';
import { customerAddress } from '@sluice/panel-kind';
import { LATEST_SCHEMA_VERSION, type PastToken } from '@sluice/state-store';
import { nameFew } from '../../base/natural-order.js';
import { findPages } from '../billing/billing-pages.js';
import { beyondLoopback, type Installation } from './installation.js';

/** What of an installation a change concerns. */
export interface UpgradeConcern extends Pick<Check, 'object' | 'details'> {
  /** Name of the check; `changed` by default. */
  name?: string;
  /** What is said of this object in place of the change's own text. */
  message?: string;
}

/** A change since an earlier version: something is refused that was accepted, or is done in another way. */
export interface UpgradeChange {
  /** Code of its remedy. */
  code: string;
  what: string;
  /** Whether it is named as long as it concerns something, not only in the month after the upgrade. */
  lasting?: true;
  /** Returns what it concerns; the tokens are those that still open something. */
  find: (at: Installation) => UpgradeConcern[];
}

const when = (applies: boolean, object: string): UpgradeConcern[] => (applies ? [{ object }] : []);
const few = (tokens: readonly PastToken[]): UpgradeConcern[] =>
  when(tokens.length > 0, nameFew(tokens.map(({ name }) => name)));
const isProgram = ({ kind }: PastToken): boolean => kind === 'api';

/** The changes that an installation shows; docs/upgrading.md has them, and those that it does not show. */
export const UPGRADE_CHANGES: readonly UpgradeChange[] = [
  {
    code: 'store_migrates',
    what: 'the first run migrates the store, after a backup; an earlier version does not open it afterwards',
    find: ({ past }) => when((past.migrations.at(-1)?.version ?? 0) < LATEST_SCHEMA_VERSION, 'store'),
  },
  {
    code: 'scopes_changed',
    what: 'a token of one client that had the scope operate does what a customer may do',
    lasting: true,
    find: ({ past }) =>
      past.tokens.flatMap(({ id, name, kind, client, scopes, scopesBefore }) => {
        const isNext = kind === 'api' && client !== null && scopes.includes('operate');
        if (scopesBefore === null && !isNext) return [];
        const had = (scopesBefore ?? scopes).join(', ');
        const has = isNext ? [`client:${client}`, 'buy', 'manage', 'password'] : scopes;
        const message = `it had the scopes ${had} and has ${has.join(', ')} ${isNext ? 'after the upgrade' : 'now'}: what is the provider's it can't do any more`;
        return [{ name: 'token', object: name, message, details: { token: id } }];
      }),
  },
  {
    code: 'auto_buy_unbound',
    what: 'automatic purchases that a link set end with it and count in its maximum; those set before do not',
    lasting: true,
    find: ({ past }) =>
      past.autoBuy.flatMap(({ service, actor }) => {
        if (actor?.startsWith('client ') !== true) return [];
        const message = `${actor} set it with a link of an older version: it does not end with the link, nor count in its maximum`;
        return [{ name: 'automatic purchase', object: service, message, details: { service } }];
      }),
  },
  {
    code: 'tokens_by_scope',
    what: 'only a token with the scope tokens makes and revokes other tokens; with operate alone it makes share links',
    find: ({ past }) =>
      few(
        past.tokens.filter(
          (token) =>
            isProgram(token) &&
            token.client === null &&
            token.scopes.includes('operate') &&
            !token.scopes.includes('tokens'),
        ),
      ),
  },
  {
    code: 'api_in_pages',
    what: 'the HTTP API lists in pages, and refuses keys of a query that it does not know',
    find: ({ past }) => few(past.tokens.filter(isProgram)),
  },
  {
    code: 'links_in_backups',
    what: 'backups of earlier versions have the secrets of share links; the store has none any more',
    find: ({ past }) => few(past.tokens.filter(({ kind }) => kind === 'share')),
  },
  {
    code: 'metrics_need_token',
    what: 'a program that reads /metrics through a proxy or from another machine needs a token',
    find: ({ config: { serve } }) =>
      when(serve.publicUrl !== undefined || serve.trustedProxies.length > 0 || beyondLoopback(serve.listen), 'serve'),
  },
  {
    code: 'proxies_by_name',
    what: 'the address of a visitor is read of the proxy that connects, if it is in a private network, and of trusted proxies',
    find: ({ config: { serve } }) =>
      when(serve.publicUrl !== undefined && serve.trustedProxies.length === 0, 'serve.trustedProxies'),
  },
  {
    code: 'login_token_needed',
    what: 'the server does not begin to listen beyond this machine without a token that can log in',
    find: ({ config: { serve }, past }) => {
      const canLogIn = serve.token !== undefined || past.tokens.some((each) => isProgram(each) && each.client === null);
      return when(beyondLoopback(serve.listen) && !canLogIn, 'serve.listen');
    },
  },
  {
    code: 'panel_address_hidden',
    what: 'customers see the address of a panel or of WHMCS only where its host is public, or where the config names one for them',
    find: ({ config, kinds, billing }) => {
      const hidden = Object.entries(config.panels).filter(([, settings]) => {
        const kind = kinds.find((known) => known.kind === settings.kind);
        return kind !== undefined && customerAddress(kind, settings) === null;
      });
      const keys = hidden.map(([name]) => `panels.${name}.publicUrl`);
      if (findPages({ config, billing }).pages === null) keys.push(`${config.billing}.publicUrl`);
      return when(keys.length > 0, nameFew(keys));
    },
  },
  {
    code: 'readings_thinned',
    what: 'readings of ended cycles are thinned to one an hour after 7 days, and to one a day after 28; they were kept for 90 days',
    find: ({ config }) => when(config.retention.samples === undefined, 'retention.samples'),
  },
  {
    code: 'jumps_wait',
    what: 'a hold that a single reading would begin, by more growth than this share of the allowance, waits for the next run',
    find: ({ config: { poll, products } }) =>
      when(poll.doubt.jump !== null && Object.keys(products).length > 0, 'poll.doubt.jump'),
  },
  {
    code: 'heartbeat_fails',
    what: 'agent checks, bills of calls and syncs that fail, and runs whose config is refused, call the failure of the heartbeat',
    find: ({ config }) => when(config.heartbeat !== undefined, 'heartbeat'),
  },
  {
    code: 'unpaid_not_bought',
    what: 'a purchase whose invoice is unpaid is called pending and counts for nothing, and closed clients are not charged',
    find: ({ config }) => when(config.billing !== 'ledger', `billing ${config.billing}`),
  },
];

import { parseTime, type TokenView } from '@sluice/engine';
import { tokenStatus } from '@sluice/engine/words';
import { usageError } from '@sluice/panel-kind/errors';
import { clientColumns, state, text, time } from '../terminal/columns.js';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { type List, listCommand, type ListOptions } from './list.js';
import { STATUSES } from './statuses.js';

/** Options of `api-token create`. */
interface CreateOptions extends GlobalOptions {
  scope?: string[];
  expires?: string;
}

/** `sluice api-token create NAME` */
export const apiTokenCreate: CommandHandler<CreateOptions> = ([name = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, config, terminal }) => {
    const expiresAt = parseExpiry(options.expires, config.timeZone, deps);
    const scopes = (options.scope ?? []).flatMap((scope) => scope.split(',')).map((scope) => scope.trim());
    const created = await sluice.access.create({ name, scopes, expiresAt });
    terminal.document(created);
    terminal.verbatim(created.token);
    if (!terminal.json)
      terminal.warn(`Keep it now: it is stored as a hash and not shown again. It permits: ${scopes.join(', ')}`);
    return ExitCode.done;
  });

/** A duration from now, or a date or time. */
function parseExpiry(expires: string | undefined, timeZone: string, deps: Deps): string | null {
  if (expires === undefined) return null;
  const now = deps.clock.now();
  const at = parseTime(expires, { timeZone, option: '--expires', now, ahead: true });
  if (Date.parse(at) <= now) throw usageError('bad_option', `--expires: "${expires}" is not in the future`);
  return at;
}

interface ShownToken extends TokenView {
  status: string;
}

const TOKENS: List<ShownToken> = {
  key: 'tokens',
  statuses: STATUSES.tokens,
  keepsOrder: true,
  needsStateOnly: true,
  empty: 'No tokens.',
  document: ({ status: _status, ...token }) => token,
  columns: [
    text('id', ({ id }) => id, { whole: true }),
    text('name', ({ name }) => name),
    text('kind', ({ kind }) => kind, { priority: 3 }),
    text('scope', ({ scopes, client }) => (scopes.length > 0 ? scopes.join(', ') : `client:${client ?? ''}`)),
    ...clientColumns<ShownToken>({ extra: true, priority: 7 }),
    text('rights', describeRights, { priority: 5 }),
    state('status', ({ status }) => status),
    time('created', ({ createdAt }) => createdAt, { priority: 4 }),
    text('by', ({ createdBy }) => createdBy, { extra: true, priority: 8 }),
    time('expires', ({ expiresAt }) => expiresAt, { priority: 1 }),
    time('used', ({ lastUsedAt }) => lastUsedAt, { priority: 2 }),
  ],
};

function describeRights({ rights }: TokenView): string | null {
  if (rights === null) return null;
  const { buy, maxAmount, manage, changePassword } = rights;
  const named = [
    buy ? `buy${maxAmount === null ? '' : ` up to ${maxAmount}`}` : '',
    manage ? 'manage' : '',
    changePassword ? 'change password' : '',
  ].filter((right) => right !== '');
  return named.join(', ') || null;
}

/** `sluice api-token list` */
export const apiTokenList: CommandHandler<ListOptions> = listCommand(
  TOKENS,
  async ({ sluice }, _args, _options, deps) => {
    const now = new Date(deps.clock.now()).toISOString();
    const { tokens } = await sluice.access.list();
    return tokens.map((token) => ({ ...token, status: tokenStatus(token, now) }));
  },
);

/** Options of `api-token revoke`. */
interface RevokeOptions extends GlobalOptions {
  withMade?: boolean;
}

/** `sluice api-token revoke TOKEN` */
export const apiTokenRevoke: CommandHandler<RevokeOptions> = ([token = ''], options, deps) =>
  withSluice(deps, { ...options, needsStateOnly: true }, async ({ sluice, terminal }) => {
    const withMade = options.withMade === true;
    const revoked = await sluice.access.revoke(token, { withMade });
    terminal.document(revoked);
    terminal.info(`${revoked.name} (${revoked.id}) is revoked, and its sessions have ended`);
    const { made } = revoked;
    const named = made.map(({ id, name }) => `${name} (${id})`).join(', ');
    if (made.length > 0 && withMade) terminal.info(`What it made is revoked, too: ${named}`);
    else if (made.length > 0)
      terminal.warn(
        `What it made is still valid: ${named}. End it with \`sluice api-token revoke ${revoked.id} --with-made\``,
      );
    return ExitCode.done;
  });

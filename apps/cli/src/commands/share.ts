import { parseListen } from '@sluice/dashboard/listen';
import type { Config } from '@sluice/engine';
import { SluiceError, usageError } from '@sluice/panel-kind/errors';
import { checkMoney, currencyDecimals } from '@sluice/quota-core';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import type { CommandHandler, GlobalOptions } from './command.js';

/** Options of `report` for a share link. */
export interface ShareOptions extends GlobalOptions {
  client?: string;
  agent?: string;
  share?: string;
  mayBuy?: boolean;
  maxAmount?: string;
  mayManage?: boolean;
  mayChangePassword?: boolean;
}

const DAY_MS = 86_400_000;
const UNITS: Record<string, number> = { h: DAY_MS / 24, d: DAY_MS, w: 7 * DAY_MS };
/** A link that never ends in practice is one that nobody revokes. */
const LONGEST_DAYS = 366;

/** `sluice report --client C --share 7d`, `sluice report --agent A --share 7d` */
export const shareLink: CommandHandler<ShareOptions> = (_args, options, deps) =>
  withSluice(deps, options, async ({ sluice, config, terminal }) => {
    const { client, agent } = options;
    if ((client === undefined) === (agent === undefined))
      throw usageError('bad_option', '--share needs either --client or --agent: a link shows one of them only');
    const expiresAt = parseEnd(options.share ?? '', deps);
    const rights = {
      buy: options.mayBuy === true,
      maxAmount: parseMost(options, config),
      manage: options.mayManage === true,
      changePassword: options.mayChangePassword === true,
    };
    const made = sluice.access.share({ client, agent, expiresAt, rights });
    const { token, access } = await made.catch((error: unknown) => {
      const isUnknown = error instanceof SluiceError && ['unknown_client', 'unknown_agent'].includes(error.code);
      throw isUnknown ? usageError(error.code, `${error.message}; no link was made`, error.details) : error;
    });
    const url = `${config.serve.publicUrl?.replace(/\/+$/, '') ?? (await sluice.access.servedAt()) ?? toAddress(config)}/share/${token}`;
    terminal.document({ url, access });
    terminal.verbatim(url);
    if (!terminal.json) {
      const may =
        client === undefined ? `manages the users of ${access.name}` : `sees the services of client ${client}`;
      terminal.warn(`Anyone who has the link ${may}. It is not shown again: keep it now.`);
      if (config.serve.publicUrl === undefined)
        terminal.warn('Only this machine reaches it: set serve.publicUrl to the address that clients use');
    }
    return ExitCode.done;
  });

/** Returns why options of a link were used without `--share`; null where none was. */
export function shareMisuse(options: ShareOptions): string | null {
  const { agent, share, mayBuy, maxAmount, mayManage, mayChangePassword } = options;
  if (share !== undefined) return null;
  if (agent !== undefined) return '--agent needs --share: a report has the services of clients';
  const used = { mayBuy, maxAmount, mayManage, mayChangePassword };
  const isUsed = Object.values(used).some((value) => value !== undefined);
  return isUsed ? 'The rights of a link need --share' : null;
}

function parseEnd(text: string, deps: Deps): string {
  const [, count = '', unit = ''] = /^(\d{1,4})([hdw])$/.exec(text) ?? [];
  const length = Number(count) * (UNITS[unit] ?? 0);
  if (length > 0 && length <= LONGEST_DAYS * DAY_MS) return new Date(deps.clock.now() + length).toISOString();
  throw usageError('bad_option', `--share: "${text}" is not a time from 1h to ${LONGEST_DAYS}d, such as 7d`);
}

function parseMost({ mayBuy, maxAmount }: ShareOptions, { currency }: Config): string | null {
  if (maxAmount === undefined) return null;
  if (mayBuy !== true) throw usageError('bad_option', '--max-amount needs --may-buy');
  try {
    const amount = checkMoney(maxAmount, currency === undefined ? 2 : currencyDecimals(currency));
    if (!amount.startsWith('-')) return amount;
  } catch {
    // Said below.
  }
  throw usageError('bad_option', `--max-amount: "${maxAmount}" is not an amount such as 50.00`);
}

/** Returns where `serve` listens by the config. */
function toAddress({ serve }: Config): string {
  const { host, port } = parseListen(serve.listen, 'serve.listen');
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

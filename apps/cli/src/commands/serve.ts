import { usageError } from '@sluice/panel-kind/errors';
import type { Config } from '../config/load.js';
import { resolveSecret } from '../config/secrets.js';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import type { Terminal } from '../output/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { isLoopback, type ListenAddress, parseListen } from './parse-listen.js';

/** Shorter tokens can be guessed. */
const SHORTEST_TOKEN = 16;

/** Options of `serve`. */
export interface ServeOptions extends GlobalOptions {
  listen?: string;
}

/** `sluice serve` */
export const serve: CommandHandler<ServeOptions> = (_args, options, deps) =>
  withSluice(deps, options, async ({ sluice, config, terminal }) => {
    const { listen: configured, publicUrl } = config.serve;
    const listen =
      options.listen === undefined ? parseListen(configured, 'serve.listen') : parseListen(options.listen, '--listen');
    const token = readToken(config, deps);
    const { startDashboard } = await import('@sluice/dashboard');
    const { clock, randomBytes, version } = deps;
    const dashboard = await startDashboard({
      ...{ sluice, listen, publicUrl, token, clock, randomBytes, version },
      onError: (error) => {
        const { stack, message } = error as { stack?: string; message?: string };
        terminal.warn(`sluice: ${(options.verbose === true ? stack : undefined) ?? message ?? String(error)}`);
      },
    });
    terminal.document({ url: dashboard.url });
    terminal.info(`Listening on ${dashboard.url}${publicUrl === undefined ? '' : ` for ${publicUrl}`}`);
    warn(terminal, listen, publicUrl);
    if (token === undefined && (await sluice.access.list()).tokens.length === 0)
      terminal.info('There is no token yet: create one with "sluice api-token create NAME --scope operate"');
    await stopped(deps.signal);
    await dashboard.close();
    return ExitCode.done;
  });

function readToken(config: Config, deps: Deps): string | undefined {
  if (config.serve.token === undefined) return undefined;
  const token = resolveSecret(config.serve.token, 'serve.token', { env: deps.env, dir: config.dir });
  if (token.length < SHORTEST_TOKEN)
    throw usageError('bad_token', `serve.token has fewer than ${SHORTEST_TOKEN} characters`, { key: 'serve.token' });
  return token;
}

function warn(terminal: Terminal, listen: ListenAddress, publicUrl: string | undefined): void {
  if (isLoopback(listen) || publicUrl?.startsWith('https:') === true) return;
  terminal.warn(
    `sluice: warning: ${listen.host} is reached from other machines, and tokens are sent unencrypted: put a proxy with TLS before it, and name its https address in serve.publicUrl`,
  );
}

/** Waits for SIGINT or SIGTERM. */
async function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
}

import { isIP } from 'node:net';
import { isStoreOnServer } from '@sluice/config-file';
import { tokenStatus } from '@sluice/engine/words';
import type { Schedule } from '@sluice/worker/schedule';
import { isLoopback, type ListenAddress, parseListen } from '@sluice/dashboard/listen';
import type { Clock } from '@sluice/panel-kind';
import { usageError } from '@sluice/panel-kind/errors';
import type { StateStore } from '@sluice/state-store';
import type { Terminal } from '../terminal/terminal.js';
import { ExitCode } from '../exit-codes.js';
import { type OpenOptions, withSluice } from '../open-sluice.js';
import { billReports, toFormat } from './calls.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { readServeToken } from './serve-token.js';

/** Options of `serve`. */
export interface ServeOptions extends GlobalOptions {
  listen?: string;
  withSchedule?: boolean;
}

/** `sluice serve` */
export const serve: CommandHandler<ServeOptions> = (_args, options, deps) =>
  withSluice(deps, toOpen(options), async ({ sluice, store, config, followed, terminal }) => {
    const { publicUrl, trustedProxies } = config.serve;
    const from = options.listen === undefined ? 'serve.listen' : '--listen';
    const listen = parseListen(options.listen ?? config.serve.listen, from);
    const token = readServeToken(config, deps);
    const now = new Date(deps.clock.now()).toISOString();
    if (isStoreOnServer(config)) await compareClocks(store, deps.clock);
    const { tokens } = await sluice.access.list();
    // A share link opens the pages of one client only.
    const canLogIn = tokens.some((each) => each.kind === 'api' && tokenStatus(each, now) === 'active');
    const hasTokens = token !== undefined || canLogIn;
    if (!hasTokens && !isLoopback(listen.host)) throw noToken(listen);
    const { startDashboard } = await import('@sluice/dashboard');
    const { clock, randomBytes, version, owner, isAlive } = deps;
    const reports = billReports(config, toFormat({}));
    const dashboard = await startDashboard({
      ...{
        sluice,
        store,
        process: { owner, isAlive },
        current: followed?.current,
        listen,
        publicUrl,
        trustedProxies,
        token,
        clock,
        randomBytes,
        version,
        reports,
      },
      onError: (error) => {
        const { stack, message } = error as { stack?: string; message?: string };
        terminal.warn(`sluice: ${(options.verbose === true ? stack : undefined) ?? message ?? String(error)}`);
      },
    });
    let schedule: Pick<Schedule, 'stop'> | null = null;
    try {
      await sluice.access.announce(dashboard.url);
      terminal.document({ url: dashboard.url });
      terminal.info(
        `Listening on ${describeAddress(dashboard.url, listen)}${publicUrl === undefined ? '' : ` for ${publicUrl}`}`,
      );
      warn(terminal, listen, publicUrl);
      if (!hasTokens)
        terminal.info('There is no valid token: create one with "sluice api-token create NAME --scope operate"');
      if (options.withSchedule === true && followed !== null) {
        const { followSchedule } = await import('./serve-schedule.js');
        schedule = followSchedule({ sluice, followed, options }, deps);
      }
      await stopped(deps.signal);
    } finally {
      // After an error too: an open server would keep the process alive.
      await Promise.all([schedule?.stop(), dashboard.close()]);
    }
    return ExitCode.done;
  });

/** Refuses a clock by which sessions and readings would have other times than those of the other processes of the store. */
async function compareClocks(store: StateStore, clock: Clock): Promise<void> {
  const { measureClock, refuseDifference } = await import('@sluice/worker/clock');
  const own = new Date(clock.now()).toISOString();
  refuseDifference(await measureClock(async () => Date.parse(await store.clock.now(own)), clock));
}

const toOpen = (options: ServeOptions): OpenOptions => ({
  ...options,
  scheduled: options.withSchedule === true,
  followsConfig: true,
});

/** Returns where it listens; of every network, also the address of this machine. */
function describeAddress(url: string, { host }: ListenAddress): string {
  const { hostname, port } = new URL(url);
  const asked = isIP(host) === 6 ? `[${host}]` : host;
  return asked === hostname || isLoopback(host)
    ? url
    : `${asked}:${port === '' ? '80' : port} (on this machine: ${url})`;
}

function noToken({ host }: ListenAddress): Error {
  const message = `${host} is reached from other machines, and there is no token that anyone could log in with`;
  return usageError('no_token_yet', message);
}

function warn(terminal: Terminal, { host }: ListenAddress, publicUrl: string | undefined): void {
  if (isLoopback(host) || publicUrl?.startsWith('https:') === true) return;
  terminal.warn(
    `sluice: warning: ${host} is reached from other machines, and tokens are sent unencrypted: put a proxy with TLS before it, and name its https address in serve.publicUrl`,
  );
}

/** Waits for SIGINT or SIGTERM. */
async function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
}

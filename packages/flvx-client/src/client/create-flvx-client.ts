import { createPanelHttp, normaliseBaseUrl, systemClock } from '@sluice/panel-http';
import type { FlvxCallOptions, FlvxClient, FlvxOptions, FlvxProbe } from './client.js';
import { accessEndpoints, siteEndpoints, readWrites } from './endpoints/site.js';
import { forwardEndpoints, permissionEndpoints, userEndpoints, Mutex } from './endpoints/accounts.js';
import { FlvxApi, parseFailure } from './http/api.js';
import { GivenToken } from './http/given-token.js';
import { PanelClock, SessionKeeper, type Authorization } from './http/session-keeper.js';
import { observe, takeSnapshot } from './snapshot/take-snapshot.js';

/** Endings that operators paste with the address. */
const tails = [/\/api\/v1$/i, /\/api$/i, /\/flow\/test$/i, /\/index\.html$/i];

/**
 * Returns a client of one FLVX panel. Nothing is called until the first method is; the first call logs in, unless the client
 * has a token.
 *
 * @example
 * const client = createFlvxClient({ panel: 'relay', baseUrl: 'https://relay.example.com', username: 'admin', password });
 * const snapshot = await client.snapshot();
 *
 * @throws {PanelConfigError} for an address that can't be used.
 */
export function createFlvxClient(options: FlvxOptions): FlvxClient {
  const { url, warnings } = normaliseBaseUrl(options.baseUrl, {
    allowHttp: options.allowHttp ?? false,
    stripTails: tails,
  });
  const readMs = options.timeouts?.readMs ?? 60_000;
  const writeMs = options.timeouts?.writeMs ?? 45_000;
  const clock = options.clock ?? systemClock;
  const panelClock = new PanelClock(clock);
  const { username: _username, password: _password, token: _token, ...rest } = options;
  const { panel, allowHttp: _allowHttp, ...transport } = rest;
  const { session, secrets, onReady } = authorize(options, panelClock);
  const http = createPanelHttp({
    ...transport,
    panel,
    baseUrl: url,
    clock,
    secrets,
    auth: { headers: () => session.headers() },
    onUnauthorized: () => session.replace(),
    timeouts: {
      attemptMs: readMs,
      totalMs: 3 * readMs,
      ...(options.timeouts?.connectMs === undefined ? {} : { connectMs: options.timeouts.connectMs }),
    },
    failureIn: parseFailure,
  });
  const api = new FlvxApi(panel, session, panelClock, { http, timeouts: { readMs, writeMs } });
  onReady(api);
  const mutex = new Mutex();
  const resources = {
    ...accessEndpoints(api),
    users: userEndpoints(api, mutex),
    permissions: permissionEndpoints(api),
    forwards: forwardEndpoints(api),
    ...siteEndpoints(api),
    writes: (callOptions?: FlvxCallOptions) => readWrites(api, ['forwards', 'tunnels', 'nodes'], callOptions),
  };
  return {
    panel,
    baseUrl: url,
    clock,
    warnings,
    ...resources,
    probe: (callOptions = {}) => probe(api, resources, callOptions),
    snapshot: (parts = {}, callOptions = {}) => takeSnapshot(api, resources, parts, callOptions),
    observe: (scope, observeOptions = {}) => observe(api, resources, scope, observeOptions),
    alone: (key, work) => mutex.run(`alone ${key}`, work),
    close() {
      http.close();
    },
    [Symbol.dispose]() {
      http.close();
    },
  };
}

/** Creates what a client is authorized with: a token, or an account to log in with. */
function authorize(options: FlvxOptions, clock: PanelClock): Authorized {
  const { panel } = options;
  if (options.token !== undefined) {
    const token = options.token.trim();
    return { session: new GivenToken(panel, token, clock), secrets: [token], onReady: () => undefined };
  }
  const { username, password } = options;
  const secrets = [password];
  const session = new SessionKeeper(panel, { username, password }, clock, secrets);
  const onReady = (api: FlvxApi): void => {
    session.post = (call, callOptions) => api.call(call, callOptions);
  };
  return { session, secrets, onReady };
}

interface Authorized {
  session: Authorization;
  /** Texts that are never logged; a new token is added. */
  secrets: string[];
  /** Called when the API exists. */
  onReady: (api: FlvxApi) => void;
}

async function probe(
  api: FlvxApi,
  client: Pick<FlvxClient, 'captchaRequired' | 'setting' | 'session' | 'tunnels'>,
  options: FlvxCallOptions,
): Promise<FlvxProbe> {
  // Behind the web port this page is the web application's, with the same status (docs/panels/flvx.md, 1.1).
  const port = (await api.liveness(options)).trim() === 'test' ? 'panel' : 'web';
  const appName = await client.setting('app_name', options);
  const captcha = await client.captchaRequired(options);
  const session = await client.session();
  const tunnels = await client.tunnels.list(options);
  const clock = api.clock.difference ?? { ms: 0, measuredAt: api.clock.now() };
  return { port, appName, captcha, session, tunnels: tunnels.length, clock };
}

import type { FakeRequest } from '../core/fake-request.js';
import type { FakeResponse } from '../core/fake-response.js';
import { startFakeServer } from '../core/start-fake-server.js';
import { FakeAstbilling } from './fake-astbilling.js';
import { answerMagnus } from './magnus/dispatch.js';
import { answerPt } from './pt/dispatch.js';
import { type AstQuirkSettings, quirksWith } from './quirks.js';
import { answerRest } from './rest/dispatch.js';
import { type AstSite, Replays, Tokens } from './site.js';
import { AstWorld } from './world.js';

/** How to start a fake Astbilling. */
export interface FakeAstbillingOptions {
  /** Default `fake-astbilling-token`. */
  readonly token?: string;
  /** MagnusBilling's key; default `fake-magnus-key-0001`. */
  readonly key?: string;
  /** MagnusBilling's secret; default `fake-magnus-secret-0001`. */
  readonly secret?: string;
  /** Its zone, an IANA name. Default `America/Sao_Paulo`. */
  readonly timeZone?: string;
  /** Its clock, milliseconds since 1970. Default: the real one. */
  readonly now?: () => number;
  /** Milliseconds that every call waits before its work. Default 0. */
  readonly latencyMs?: number;
  /** `false`: no log of calls, only totals. Default `true`. */
  readonly keepCalls?: boolean;
  /** Its behaviour, where that is not the default. */
  readonly quirks?: AstQuirkSettings;
  /** Default: a free port. */
  readonly port?: number;
}

type Wire = (site: AstSite, request: FakeRequest, path: string) => FakeResponse;

const wires: readonly { readonly base: string; readonly answer: Wire }[] = [
  { base: '/api/v1', answer: answerRest },
  { base: '/painel/index.php/api', answer: answerPt },
  { base: '/mbilling/index.php', answer: answerMagnus },
];

/** Starts a stateful telephony system on 127.0.0.1 that speaks its three wires at once, each below its base path. */
export async function startFakeAstbilling(options: FakeAstbillingOptions = {}): Promise<FakeAstbilling> {
  const { now = Date.now, port } = options;
  const world = new AstWorld(now, quirksWith(options.quirks), options.timeZone ?? 'America/Sao_Paulo');
  const site: AstSite = {
    world,
    tokens: new Tokens(options.token ?? 'fake-astbilling-token', now),
    replays: new Replays(world),
    key: options.key ?? 'fake-magnus-key-0001',
    secret: options.secret ?? 'fake-magnus-secret-0001',
    sessions: new Set(),
  };
  const server = await startFakeServer({
    name: 'Astbilling',
    handle: (request) => answer(site, request),
    toEndpoint,
    changing: isChanging,
    latencyMs: options.latencyMs ?? 0,
    keepCalls: options.keepCalls ?? true,
    now,
    ...(port === undefined ? {} : { port }),
  });
  return new FakeAstbilling(server, site);
}

function answer(site: AstSite, request: FakeRequest): FakeResponse {
  const wire = wires.find(({ base }) => request.path.startsWith(`${base}/`));
  if (wire === undefined) return { status: 404, body: '<html><body>Not Found</body></html>' };
  const response = wire.answer(site, request, request.path.slice(wire.base.length));
  if (!site.world.quirks.setsCookies) return response;
  return { ...response, headers: { 'set-cookie': 'session=fake-session; path=/', ...response.headers } };
}

/** `GET /subscribers/{id}`, `POST /assinantes/salvar`, `user/save`: without base path and ids. */
function toEndpoint({ method, path }: FakeRequest): string {
  const wire = wires.find(({ base }) => path.startsWith(`${base}/`));
  const rest = wire === undefined ? path : path.slice(wire.base.length);
  if (wire?.answer === answerMagnus) return rest.slice(1);
  return `${method} ${rest.replace(/^(\/\w+)\/(?:rep-)?\d+/, '$1/{id}')}`;
}

function isChanging(request: FakeRequest): boolean {
  const endpoint = toEndpoint(request);
  if (!request.path.startsWith('/mbilling/')) {
    return request.method !== 'GET' && !/^POST \/(?:simulator|token\/validar)$/.test(endpoint);
  }
  return !endpoint.endsWith('/read');
}

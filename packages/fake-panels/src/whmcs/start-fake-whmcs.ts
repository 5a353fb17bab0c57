import { startFakeServer } from '../core/start-fake-server.js';
import { answer, toEndpoint, isChanging, type WhmcsSite } from './dispatch.js';
import { FakeWhmcs } from './fake-whmcs.js';
import { quirksWith, type WhmcsQuirkSettings } from './quirks.js';
import { WhmcsWorld } from './world.js';

/** How to start a fake WHMCS. */
export interface FakeWhmcsOptions {
  /** Default `fake-whmcs-identifier`. */
  readonly identifier?: string;
  /** Default `fake-whmcs-secret`. */
  readonly secret?: string;
  /** With it calls are accepted from any address. Default: none. */
  readonly accessKey?: string;
  /** Its folder, such as `/whmcs`. Default `/whmcs`. */
  readonly basePath?: string;
  /** Its clock, milliseconds since 1970; its zone is UTC. Default: the real one. */
  readonly now?: () => number;
  /** Milliseconds that every call waits before its work. Default 0. */
  readonly latencyMs?: number;
  /** `false`: no log of calls, only totals. Default `true`. */
  readonly keepCalls?: boolean;
  /** The form of its answers and its behaviour, where that is not the default. */
  readonly quirks?: WhmcsQuirkSettings;
  /** Default: a free port. */
  readonly port?: number;
}

/** Starts a stateful WHMCS on 127.0.0.1. The endpoints in its log of calls are the names of the actions. */
export async function startFakeWhmcs(options: FakeWhmcsOptions = {}): Promise<FakeWhmcs> {
  const { now = Date.now, port } = options;
  const site: WhmcsSite = {
    world: new WhmcsWorld(now, quirksWith(options.quirks)),
    identifier: options.identifier ?? 'fake-whmcs-identifier',
    secret: options.secret ?? 'fake-whmcs-secret',
    accessKey: options.accessKey ?? null,
    basePath: options.basePath ?? '/whmcs',
  };
  const server = await startFakeServer({
    name: 'WHMCS',
    handle: (request) => answer(site, request),
    toEndpoint,
    changing: isChanging,
    latencyMs: options.latencyMs ?? 0,
    keepCalls: options.keepCalls ?? true,
    now,
    ...(port === undefined ? {} : { port }),
  });
  return new FakeWhmcs(server, site);
}

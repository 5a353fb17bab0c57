import { startFakeServer } from '../core/start-fake-server.js';
import { FakeFlvx } from './fake-flvx.js';
import { FlvxPanel } from './panel.js';
import { isChange } from './routes.js';

/** Options of a fake FLVX panel. */
export interface FakeFlvxOptions {
  /** The panel's clock, in Unix milliseconds. Default: the real one. */
  readonly now?: () => number;
  /** Called with every wait of the panel for a node or its database, in milliseconds. The fake itself never waits. */
  readonly onWait?: (ms: number) => void;
  /** The panel's IANA time zone, for the daily and hourly jobs. Default UTC. */
  readonly timeZone?: string;
  /** The seeded administrator, user 1. Default `admin_user` / `admin_user`, as a new panel has it. */
  readonly admin?: { readonly name: string; readonly password: string };
  /** The key that signs tokens. */
  readonly secret?: string;
  /** `false`: the log of calls stays empty. Default `true`. */
  readonly keepCalls?: boolean;
  /** Default 0: a free port. */
  readonly port?: number;
}

/**
 * Starts a fake FLVX panel on 127.0.0.1 with an administrator and nothing else.
 *
 * Time that the panel would spend waiting for nodes is counted, not spent: an answer that would come after 30 s is a cut connection at
 * once, with all the work done.
 */
export async function startFakeFlvx(options: FakeFlvxOptions = {}): Promise<FakeFlvx> {
  const panel = new FlvxPanel({
    now: options.now ?? Date.now,
    timeZone: options.timeZone ?? 'UTC',
    secret: options.secret ?? 'fake-flvx-secret',
    onWait:
      options.onWait ??
      (() => {
        // There is no clock to advance.
      }),
  });
  const server = await startFakeServer({
    name: 'FLVX',
    handle: async (request) => {
      const { body, ...answer } = await panel.handle(request);
      // An answer without a body has no content type either.
      return body === '' ? answer : { ...answer, body };
    },
    toEndpoint: ({ method, path }) => `${method} ${path}`,
    changing: ({ path }) => path.startsWith('/api/') && isChange(path),
    now: options.now ?? Date.now,
    ...(options.keepCalls === undefined ? {} : { keepCalls: options.keepCalls }),
    ...(options.port === undefined ? {} : { port: options.port }),
  });
  const fake = new FakeFlvx(panel, server);
  const { name = 'admin_user', password = 'admin_user' } = options.admin ?? {};
  fake.addAdmin(name, password);
  panel.world.config.insert({ name: 'app_name', value: 'flux', time: 1_755_147_963_000 });
  return fake;
}

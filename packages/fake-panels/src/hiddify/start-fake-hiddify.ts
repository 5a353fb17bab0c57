import { startFakeServer } from '../core/start-fake-server.js';
import { endpointName } from './endpoint.js';
import { FakeHiddify } from './fake-hiddify.js';
import { type FakeHiddifyOptions } from './options.js';
import { HiddifyPanel } from './panel.js';

/**
 * Starts a stateful fake of a Hiddify panel on 127.0.0.1, with one Owner and no user. It behaves as the panel does
 * (docs/panels/hiddify.md, 1 to 7); `test/conformance` compares it with a real one.
 *
 * @example
 * const fake = await startFakeHiddify({ now: () => clock });
 * const agent = fake.addAgent();
 * const user = fake.addUser({ agent, usageLimit: 10 * 1024 ** 3 });
 * fake.use(user, 1024 ** 3);
 * // A client uses fake.url and fake.key.
 * await fake.close();
 */
export async function startFakeHiddify(options: FakeHiddifyOptions = {}): Promise<FakeHiddify> {
  const panel = new HiddifyPanel(options);
  const server = await startFakeServer({
    name: 'Hiddify',
    handle: (request) => panel.handle(request),
    toEndpoint: ({ method, path }) => endpointName(method, path),
    changing: ({ method, path }) => isChange(method, path),
    now: options.now ?? Date.now,
    ...(options.https === undefined ? {} : { https: options.https }),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.keepCalls === undefined ? {} : { keepCalls: options.keepCalls }),
  });
  return new FakeHiddify(panel, server);
}

const readingPaths = /\/api\/v2\/panel\/|\/api\/v2\/admin\/log\/|\/can-create-user$/;

/** One GET runs the usage task; some POSTs only ask. */
function isChange(method: string, path: string): boolean {
  if (path.endsWith('/update_user_usage/')) return true;
  return !['GET', 'HEAD', 'OPTIONS'].includes(method) && !readingPaths.test(path);
}

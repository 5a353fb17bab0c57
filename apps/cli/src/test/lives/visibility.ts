import { openApiDocument } from '@sluice/dashboard';
import { serveOn } from '../serve-on.js';
import type { LifeWorld } from './life-world.js';

/** What one client may not see: texts that mark others. */
export interface ClientView {
  client: string;
  services: readonly string[];
  foreign: readonly string[];
  /** Further paths, such as lists of a time and objects of others. */
  paths?: readonly string[];
}

/** Paths of the API that read, with the parameters that are known here. */
function readPaths(paths: Record<string, object>, { client, services }: ClientView): string[] {
  return Object.entries(paths).flatMap(([path, methods]) => {
    if (!('get' in methods) || /follow|events|export/.test(path)) return [];
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    if (names.length === 0) return [path];
    if (names.join() === 'service') return services.map((service) => path.replace('{service}', service));
    if (names.join() === 'client') return [path.replace('{client}', client)];
    return [];
  });
}

/** What the API describes; the same in every life. */
let described: { paths: Record<string, object> } | undefined;

/** Serves the store and reads every list and every own object with a client's token: nothing may be marked with another client. */
export async function checkViews(world: LifeWorld, views: readonly ClientView[]): Promise<void> {
  world.bench.write('sluice.yaml', JSON.stringify(world.config));
  described ??= openApiDocument() as { paths: Record<string, object> };
  const { paths } = described;
  const serving = await serveOn(world.bench, 'serve --listen 127.0.0.1:0');
  try {
    for (const view of views) {
      const { token } = await world.surely((sluice) =>
        sluice.access.create({ name: `of-${view.client}`, scopes: [`client:${view.client}`, 'read'] }),
      );
      let answered = 0;
      for (const path of [...[...readPaths(paths, view), ...(view.paths ?? [])].map((each) => `/api/v1${each}`), '/']) {
        const answer = await fetch(`${serving.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
        const body = await answer.text();
        if (answer.ok) answered++;
        const seen = view.foreign.filter((mark) => body.includes(mark));
        world.same(`what client ${view.client} sees of others at ${path}`, seen, []);
      }
      world.same(`that client ${view.client} sees anything`, answered > 3, true);
    }
  } finally {
    await serving.stop();
  }
}

import { type Ground, type Target, type World, writeConfig } from './world.js';

/** Several worlds with one store; each command is about one of them, and runs without `--panel` are over all. */
export function joinWorlds({ bench, book }: Ground, worlds: readonly World[], state: readonly string[] = []): World {
  const owner = ({ panel, id }: Target): World | undefined =>
    worlds.find(({ targets }) => targets.some((one) => one.panel === panel && one.id === id));
  const config = {
    panels: worlds.flatMap((world) => world.config.panels),
    products: worlds.flatMap((world) => world.config.products),
    more: worlds.flatMap((world) => world.config.more ?? []),
  };
  writeConfig(bench, [config], state);
  return {
    bench,
    config,
    env: Object.assign({}, ...worlds.map(({ env }) => env)) as Record<string, string>,
    servers: worlds.flatMap(({ servers }) => servers),
    deciding: (panel) =>
      worlds.find(({ targets }) => targets.some((target) => target.panel === panel))?.deciding(panel) ?? [],
    book,
    targets: worlds.flatMap(({ targets }) => targets),
    calls: (subject, facts, target) => owner(target)?.calls(subject, facts, target) ?? null,
    touches: () => worlds.flatMap((world) => world.touches()),
    isRestricted: (target) => owner(target)?.isRestricted(target) ?? false,
    async setUp(run) {
      for (const world of worlds) await world.setUp(run);
    },
    async waitOut() {
      for (const world of worlds) await world.waitOut();
    },
    last: [...new Map(worlds.flatMap(({ last }) => last).map((words) => [words.join(' '), words])).values()],
    drawRun: (random) => random.pick(worlds).drawRun(random),
    drawChange: (random, busy) => random.pick(worlds).drawChange(random, busy),
    repeated: () => worlds.flatMap((world) => world.repeated()),
    wrongNow: () => worlds.flatMap((world) => world.wrongNow()),
    async wrongAfter() {
      const wrong: string[] = [];
      for (const world of worlds) wrong.push(...(await world.wrongAfter()));
      return wrong;
    },
    async close() {
      for (const world of worlds) await world.close();
    },
  };
}

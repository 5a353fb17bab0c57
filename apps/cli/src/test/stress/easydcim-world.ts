import { startFakeEasyDcim, type FakeEasyDcim } from '@sluice/fake-panels';
import { GB, HOUR, TOKEN } from '../easydcim-bench.js';
import type { SeededRandom } from '../seeded-random.js';
import { drawEasyDcimChange } from './easydcim-commands.js';
import {
  callsFor,
  drawServices,
  listOrders,
  PANELS,
  listPorts,
  PRODUCTS,
  toProduct,
  toRow,
  type DrawnService,
} from './easydcim-services.js';
import {
  type ConfigPart,
  dateIn,
  drawSwitch,
  type Ground,
  newGround,
  panelSubject,
  type Target,
  type Touch,
  type World,
  writeConfig,
} from './world.js';
import { wrongRows } from './wrong-rows.js';

const TOUCH = /^POST \/api\/v3\/admin\/(port|order)s\/\{id\}\/(?:service\/)?(disable|suspend|enable|unsuspend)$/;

type Panels = Record<(typeof PANELS)[number], FakeEasyDcim>;

/** Two EasyDCIM installations with the same ids, and services of which some share ports or an order. */
export async function easydcimWorld(random: SeededRandom, { bench, book }: Ground = newGround()): Promise<World> {
  const panels: Panels = {
    dcim: await startFakeEasyDcim({ token: TOKEN, timeZone: 'UTC' }),
    dcim2: await startFakeEasyDcim({ token: TOKEN, timeZone: 'UTC' }),
  };
  bench.env['DCIM_TOKEN'] = TOKEN;
  const config = toConfig(panels);
  writeConfig(bench, [config]);
  const services = drawServices(random);
  const targets = buildPanels(panels, services, random);
  for (const panel of PANELS) book.define(panelSubject(panel), { observing: false }, Date.now());
  for (const service of services) book.define(service.id, service.facts, Date.now());
  bench.write('servers.csv', toCsv(services));
  const world: World = {
    bench,
    config,
    env: { DCIM_TOKEN: TOKEN },
    servers: PANELS.map((panel) => panels[panel].server),
    deciding: () => ['poll', 'reconcile'],
    book,
    targets,
    calls: (subject, facts, target) => {
      const service = services.find(({ id }) => id === subject);
      return service === undefined ? null : callsFor(service, facts, target);
    },
    touches: () => PANELS.flatMap((panel) => listTouches(panel, panels[panel])),
    isRestricted: ({ panel, id }) => isRestricted(panels, panel, id),
    setUp: async (run) => {
      await run(['service', 'import', 'servers.csv', '--allow-duplicate-refs']);
      if (random.chance(0.65)) await run(['poll'], 'run');
    },
    waitOut: () => Promise.resolve(),
    last: [['reconcile']],
    drawRun: (drawn) => {
      const panel = drawn.chance(0.5) ? ['--panel', 'dcim'] : [];
      return { words: [drawn.pick(['poll', 'poll', 'reconcile']), ...panel], kind: 'run', subjects: [], writes: [] };
    },
    drawChange: (drawn, busy) =>
      drawn.chance(0.06) ? drawSwitch('dcim', drawn, book, busy) : drawEasyDcimChange(drawn, { services, book, busy }),
    repeated: () => PANELS.flatMap((panel) => listRepeated(panel, panels[panel])),
    wrongNow: () => [],
    wrongAfter: () =>
      wrongRows(world, services, (facts) => ({
        panel: facts['panel'],
        product: toProduct(facts),
        nextDueDate: dateIn(Number(facts['due'])),
      })),
    close: async () => {
      await Promise.all(PANELS.map((panel) => panels[panel].close()));
      bench.close();
    },
  };
  return world;
}

function toConfig(panels: Panels): ConfigPart {
  const lines = PANELS.map(
    (panel) =>
      `  ${panel}: { kind: easydcim, url: "${panels[panel].url}", allowHttp: true, token: "\${env:DCIM_TOKEN}", retries: 0, timeout: 10s }`,
  );
  return { panels: lines, products: PRODUCTS };
}

/** Both installations have the same services with the same traffic; on the second one staff shut half of the ports. */
function buildPanels(panels: Panels, services: DrawnService[], random: SeededRandom): Target[] {
  const targets = new Map<string, Target>();
  for (const panel of PANELS) {
    const fake = panels[panel];
    const known = new Set<number>();
    for (const service of services) {
      const { refs } = service;
      if (!known.has(refs.service)) {
        known.add(refs.service);
        fake.addService({
          id: refs.service,
          orderId: refs.ownOrder,
          serverId: refs.server,
          user: 10,
          ports: refs.ports.map((id) => ({ id, name: `eth${id}` })),
        });
        fake.addTraffic(refs.service, { in: service.used * GB, out: 0, at: Date.now() - 2 * HOUR });
      }
      for (const id of [...listPorts(panel, service), ...listOrders(panel, service)]) {
        const target = targets.get(id) ?? { panel, id, subjects: [], byStaff: false };
        target.subjects.push(service.id);
        targets.set(id, target);
      }
    }
  }
  for (const target of targets.values()) {
    if (!random.chance(target.panel === 'dcim2' ? 0.5 : 0.12)) continue;
    target.byStaff = true;
    const [, kind, id] = target.id.split(' ');
    if (kind === 'port') panels[target.panel as keyof Panels].staffDisablePort(Number(id));
    else panels[target.panel as keyof Panels].staffSuspendOrder(Number(id), 'by staff');
  }
  return [...targets.values()];
}

function toCsv(services: DrawnService[]): string {
  const rows = services.map((service) => toRow(service, dateIn(Number(service.facts['due']))));
  const columns = Object.keys(rows[0] ?? {});
  return [columns.join(','), ...rows.map((row) => columns.map((column) => row[column] ?? '').join(',')), ''].join('\n');
}

function listTouches(panel: string, fake: FakeEasyDcim): Touch[] {
  return fake.server.changingCalls().flatMap((call): Touch[] => {
    const [, kind, verb] = TOUCH.exec(call.endpoint) ?? [];
    const id = /\/(\d+)\//.exec(call.path)?.[1];
    if (kind === undefined || id === undefined) return [];
    const what = verb === 'disable' || verb === 'suspend' ? 'restrict' : 'release';
    return [{ at: call.at, panel, target: `${panel} ${kind} ${id}`, what }];
  });
}

function listRepeated(panel: string, { events }: FakeEasyDcim): string[] {
  const repeated = events.filter(({ by, changed }) => by === 'api' && !changed);
  return repeated.map(({ what, id }) => `${panel}: ${what} ${id}`);
}

function isRestricted(panels: Panels, panel: string, target: string): boolean {
  const fake = panels[panel as keyof Panels];
  const [, kind, id] = target.split(' ');
  return kind === 'port' ? fake.port(Number(id)).adminState === 'down' : fake.order(Number(id)).status === 'suspended';
}

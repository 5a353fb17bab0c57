import { manualClock, startFakeEasyDcim, type FakeEasyDcim } from '@sluice/fake-panels';
import { configText, DAY, GB, HOUR, toIds, TOKEN } from '../easydcim-bench.js';
import { Bench, closeFakes, type Outcome } from '../harness.js';
import { REAL_PROCESS } from '../real-process.js';
import type { DrawnService } from './draw-services.js';
import { newKillStore, type StoreKind } from './kill-stores.js';

const NO_BRAKE = 'poll: { brake: { share: 100%, atLeast: 1000 }, doubt: { jump: off } }';

/** A panel and a folder for runs in processes of their own: everything goes by the computer's clock. */
export interface KillBench {
  bench: Bench;
  panel: FakeEasyDcim;
  /** Runs the command in this process. */
  sluice: (words: string) => Promise<Outcome>;
  env: Record<string, string>;
  /** The name of the file of open holds. */
  holdsFile: string;
  close: () => Promise<void>;
}

/** Starts an empty one, with its store there. */
export async function startKillBench(kind: StoreKind, more = ''): Promise<KillBench> {
  const bench = new Bench(manualClock(Date.now()));
  const panel = await startFakeEasyDcim({ token: TOKEN, timeZone: 'UTC' });
  const store = await newKillStore(kind);
  const env = { DCIM_TOKEN: TOKEN, ...store.env };
  Object.assign(bench.env, env);
  bench.storeUrl = store.url;
  bench.write('sluice.yaml', configText(panel.url, `${NO_BRAKE}\n${store.line}\n${more}`));
  return {
    bench,
    panel,
    sluice: (words) => bench.sluice(words, REAL_PROCESS),
    env,
    holdsFile: store.holdsFile,
    async close() {
      await closeFakes(panel);
      bench.close();
      await store.close();
    },
  };
}

/** Tells the stories of the services up to the moment before the run that is killed. */
export async function tellStories(at: KillBench, stories: DrawnService[]): Promise<void> {
  for (const story of stories) addToPanel(at.panel, story);
  await importServices(at, stories);
  await succeed(at, 'poll');
  for (const story of stories) {
    const id = `svc-${story.number}`;
    if (story.manual) await succeed(at, `hold add ${id}`);
    if (story.heldBefore && !story.overNow) await succeed(at, `override set ${id} --unlimited`);
  }
  for (const story of stories) goOn(at.panel, story);
}

/** Runs a command that has to succeed. */
export async function succeed(at: KillBench, words: string): Promise<Outcome> {
  const outcome = await at.sluice(words);
  if (outcome.exitCode !== 0) throw new Error(`${words}: ${outcome.exitCode} ${outcome.stdout} ${outcome.stderr}`);
  return outcome;
}

function addToPanel(panel: FakeEasyDcim, story: DrawnService): void {
  const ids = toIds(story.number);
  panel.addService({
    id: ids.service,
    orderId: ids.order,
    serverId: ids.server,
    user: 10 + story.number,
    ports: [
      ...story.ports.map((port) => ({ id: ids.port(port), name: `eth${port}` })),
      { id: ids.port(9), name: 'iDRAC', management: true },
    ],
  });
  for (const port of story.shutBefore) panel.staffDisablePort(ids.port(port));
  if (story.suspendedBefore) panel.staffSuspendOrder(ids.order, 'not paid');
  const at = Date.now() - 2 * HOUR;
  panel.addTraffic(ids.service, { in: (story.heldBefore ? 200 : 10) * GB, out: 0, at });
}

function goOn(panel: FakeEasyDcim, story: DrawnService): void {
  const ids = toIds(story.number);
  if (story.overNow && !story.heldBefore)
    panel.addTraffic(ids.service, { in: 200 * GB, out: 0, at: Date.now() - HOUR });
  if (story.spoilt) panel.spoilBandwidth(ids.service, '<html>Sign in</html>');
  for (const port of story.staffEnables) panel.staffEnablePort(ids.port(port));
  for (const port of story.staffDisables) panel.staffDisablePort(ids.port(port));
  if (story.staffUnsuspends) panel.staffUnsuspendOrder(ids.order);
}

/** Adds services to the store, in the middle of their billing cycle. */
export async function importServices(at: KillBench, services: { number: number; product: string }[]): Promise<void> {
  at.bench.write('services.csv', toCsv(services));
  await succeed(at, 'service import services.csv');
}

/** Services in the middle of their billing cycle. */
export function toCsv(services: { number: number; product: string }[]): string {
  const due = new Date(Date.now() + 12 * DAY).toISOString().slice(0, 10);
  const rows = services.map(({ number, product }) => {
    const ids = toIds(number);
    return `svc-${number},dcim,${product},monthly,${due},${ids.service},${ids.order},${ids.server}`;
  });
  return [
    'id,panel,product,billing_cycle,next_due_date,easydcim_service_id,easydcim_order_id,easydcim_server_id',
    ...rows,
    '',
  ].join('\n');
}

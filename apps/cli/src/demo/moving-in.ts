import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildOldShop, manualClock, type ManualClock, type OldShop } from '@sluice/fake-panels';
import { playOnStage, type DemoStep, type Stage, type StageSettings } from './stage.js';

/** Seven in the evening in the zone of the shop. */
const START = '2026-11-30T18:00:00Z';
const TIME_ZONE = 'Europe/Berlin';
const MINUTE_MS = 60_000;
/** As much as a terminal shows of a command without its prompt and sentence. */
const MOST = 14;

interface Scene extends Stage {
  shop: OldShop;
  clock: ManualClock;
}

/** Runs the real commands of an evening on which a shop of 300 servers moves in, against fakes of its panel and its old tool. */
export async function movingIn(parts: Pick<StageSettings, 'run' | 'deps' | 'terminal'>): Promise<DemoStep[]> {
  const clock = manualClock(START);
  const shop = await buildOldShop({ now: clock.now, timeZone: TIME_ZONE });
  const settings = { ...parts, env: { DCIM_TOKEN: shop.token }, now: clock.now, most: MOST };
  try {
    return await playOnStage(settings, async (stage) => {
      const scene = { ...stage, shop, clock };
      await adoptShop(scene);
      await checkAndEnforce(scene);
      await openNextCycle(scene);
    });
  } finally {
    await shop.close();
  }
}

async function adoptShop({ folder, say, sluice, show, shop, clock }: Scene): Promise<void> {
  say(
    `19:00 A shop with ${shop.expected.services} servers on EasyDCIM, managed by a module of WHMCS, which has cut ${shop.listCut().length} of them. First a config, without products or services:`,
  );
  const panel = `name=dcim,kind=easydcim,url=${shop.panel.url},allow-http=true,token-env=DCIM_TOKEN`;
  await sluice(`init --time-zone ${TIME_ZONE} --currency EUR --panel ${panel}`, 0);

  clock.advance(5 * MINUTE_MS);
  say(
    '19:05 What the module has stored is read from exports of its tables. The queries only read; check them before you run them:',
  );
  await sluice('adopt dcim --from easydcim-bw --print-queries --out old', 0);
  for (const [name, text] of shop.exports) writeFileSync(path.join(folder, 'old', name), text);
  say(
    `The demo has no MySQL: it puts ${shop.exports.size} exported tables of its shop into "old" instead of that script.`,
  );

  clock.advance(10 * MINUTE_MS);
  say(
    '19:15 Panel, billing system and tables become files for review. Compare the numbers with the admin page of the module; exit code 3: some rows are to be decided.',
  );
  await sluice('adopt dcim --from easydcim-bw --in old', 3);
  say(
    `Of the ${shop.expected.limited.length} that the module says it has cut, ${shop.expected.adoptable.length} are in holds.csv: usage is at or over the quota, they are off on the panel, active and paid. Two are not, and stay as they are until you decide:`,
  );
  const undecided = readFileSync(path.join(folder, 'adopted-dcim', 'undecided.csv'), 'utf8');
  show(
    'grep ^holds adopted-dcim/undecided.csv',
    undecided.split('\n').filter((line) => line.startsWith('holds')),
  );

  clock.advance(25 * MINUTE_MS);
  say('19:40 The reviewed files are imported, all or none. The panel is not changed.');
  await sluice('adopt apply adopted-dcim', 0);
}

async function checkAndEnforce({ say, sluice, shop, clock }: Scene): Promise<void> {
  clock.advance(5 * MINUTE_MS);
  say(
    '19:45 What would the first run do? Nothing on the panel. Exit code 4: it would hold whmcs-1237, which is off already, and whmcs-1260 is off without a hold.',
  );
  await sluice('plan', 4);

  clock.advance(10 * MINUTE_MS);
  say('19:55 Now the module is switched off in WHMCS, and after that Sluice enforces:');
  await sluice('enforce dcim --yes', 0);
  clock.advance(5 * MINUTE_MS);
  say('20:00 The first run. The ten are held, as they were before:');
  await sluice('poll', 0);
  say(sumUp(shop));
}

async function openNextCycle({ say, sluice, shop, clock }: Scene): Promise<void> {
  const { adoptable, allReopenedOn } = shop.expected;
  clock.set(`${allReopenedOn}T12:00:00Z`);
  say(`${allReopenedOn}: the cycles of all ten have ended. Exactly these come back:`);
  const before = shop.listCut();
  await sluice('poll', 0);
  const after = shop.listCut();
  const back = before.filter((service) => !after.includes(service));
  say(`On again: ${back.length} (${back.join(', ')}). Adopted were ${adoptable.length}. ${sumUp(shop)}`);
  say('"explain" shows why one of the others is still off, using only the store:');
  await sluice(`explain ${shop.expected.unpaid}`, 0);
  say('The demo removes its folder. docs/moving-in.md is this evening as a page, with a section for each old tool.');
}

function sumUp(shop: OldShop): string {
  const cut = shop.listCut();
  const names = cut.length > 3 ? '' : ` (${cut.join(', ')})`;
  return `Changes on the panel by Sluice so far: ${shop.panel.server.changingCalls().length}. Servers that are off: ${cut.length}${names}`;
}

import type { StateStore } from '@sluice/state-store';
import { TOKEN } from '../easydcim-bench.js';
import type { SeededRandom } from '../seeded-random.js';
import { CLIENTS, CREDIT, firstOfLastMonth, grace, openShop, PRICE, QUOTA, type Shop, THRESHOLD } from './shop.js';
import { drawShopChange, drawShopRun } from './shop-commands.js';
import { wrongShop } from './shop-wrong.js';
import { type ConfigPart, type Ground, newGround, type World, writeConfig } from './world.js';

/** A shop whose charges the ledger or WHMCS keeps. */
export async function shopWorld(random: SeededRandom, { bench, book }: Ground = newGround()): Promise<World> {
  const shop = await openShop(random, book);
  const { panel, voice, whmcs } = shop;
  const env = { DCIM_TOKEN: TOKEN, VOICE_TOKEN: voice.token, WHMCS_SECRET: whmcs.secret };
  Object.assign(bench.env, env);
  const config = toConfig(shop);
  writeConfig(bench, [config]);
  const world: World = {
    bench,
    config,
    env,
    servers: [panel.server, voice.server, whmcs.server],
    deciding: () => [],
    book,
    targets: [],
    calls: () => null,
    touches: () => [],
    isRestricted: () => false,
    async setUp(run) {
      await run(['service', 'sync']);
      for (const client of Object.values(CLIENTS)) {
        if (shop.billing === 'whmcs') whmcs.addCredit(client, `${CREDIT}.00`);
        else await run(['credit', 'add', String(client), String(CREDIT), '--currency', 'EUR']);
      }
      await run(['poll', '--panel', 'shop'], 'run');
    },
    waitOut: () => bench.store(ageBills),
    last: [['service', 'sync'], ['reconcile'], ['call', 'bill', '--resend']],
    drawRun: (drawn) => drawShopRun(drawn, shop),
    drawChange: (drawn) => drawShopChange(drawn, shop),
    repeated: () => [],
    wrongNow: () => [],
    wrongAfter: () => wrongShop(world, shop),
    async close() {
      await Promise.all([panel.close(), voice.close(), whmcs.close()]);
      bench.close();
    },
  };
  return world;
}

/** What WHMCS may still do with a line that was sent, it does within ten minutes: then it is sent again by request. */
async function ageBills({ callBills }: StateStore): Promise<void> {
  const earlier = new Date(Date.now() - 11 * 60_000).toISOString();
  for (const { id, sentAt } of await callBills.list()) {
    if (sentAt !== null && sentAt > earlier) await callBills.update(id, { sentAt: earlier });
  }
}

function toConfig({ panel, voice, whmcs, billing }: Shop): ConfigPart {
  const address = (url: string): string => `url: "${url}", allowHttp: true`;
  const own = 'retries: 0, timeout: 10s';
  return {
    panels: [
      `  shop: { kind: easydcim, ${address(panel.url)}, token: "\${env:DCIM_TOKEN}", ${own} }`,
      `  voice: { kind: astbilling, ${address(voice.url)}, token: "\${env:VOICE_TOKEN}", billFrom: ${firstOfLastMonth()}, ${own} }`,
    ],
    products: [
      `  sold: { panel: shop, quota: { total: ${QUOTA}GB }, action: disable-ports, packages: [extra], whmcs: { productIds: [10] } }`,
      `  buying: { panel: shop, quota: { total: ${QUOTA}GB }, action: disable-ports, packages: [extra], autoBuy: { enabled: true, package: extra, thresholdGb: ${THRESHOLD}, maxPerCycle: 1000 }, whmcs: { productIds: [11] } }`,
      `  line: { panel: voice, astbilling: { planId: "11", grace: ${grace} } }`,
    ],
    more: [
      `billing: ${billing}`,
      'currency: EUR',
      `packages: { extra: { traffic: 1GB, price: "${PRICE}.00" } }`,
      `whmcs: { ${address(whmcs.url)}, identifier: ${whmcs.identifier}, secret: "\${env:WHMCS_SECRET}", calls: { taxed: false, onlyWriter: true } }`,
    ],
  };
}

import { type FakeAstbilling, startFakeAstbilling } from '@sluice/fake-panels';
import { LINE, type TelephonyBench } from '../bench/telephony-bench.js';

/** Adds the panel `voice2` with the product `line2`: another system, whose lines 9001 and 77 are somebody else's. */
export async function addSystem({ bench }: TelephonyBench): Promise<FakeAstbilling> {
  const fake = await startFakeAstbilling({ now: () => bench.clock.now() });
  const plan = fake.add('plans', { id: '11', name: 'Other' });
  const customer = fake.addCustomer({ id: '777', name: 'Maria Outra', document: '12345678909' });
  fake.addSubscriber({ id: LINE, username: 'maria2000', customer, plan });
  fake.addSubscriber({ id: '77', username: 'joao77', customer, plan });
  const own = `kind: astbilling, url: "${fake.url}", token: ${JSON.stringify(fake.token)}`;
  const panel = `  voice2: { ${own}, retries: 0, allowHttp: true, billFrom: 2026-10-01 }\n`;
  await bench.edit(/^products:\n/m, `${panel}$&  line2: { panel: voice2, astbilling: { planId: "11" } }\n`);
  return fake;
}

/** Returns the messages of alarms about calls that are on no invoice. */
export async function listUnbilled({ sluice }: TelephonyBench): Promise<string[]> {
  const { alarms } = await sluice.notices.alarms();
  const open = alarms.filter(({ code, acknowledged }) => code === 'calls_unbilled' && acknowledged === null);
  return open.map(({ message }) => message);
}

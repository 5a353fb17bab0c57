import { readFileSync } from 'node:fs';
import { astbilling, magnusbilling } from '@sluice/astbilling-client/panel';
import { describe, expect, it } from '@jest/globals';
import type { Moved, PanelToOpen } from '@sluice/panel-kind';
import { parseConfig } from '@sluice/engine';
import type { BilledService } from '@sluice/quota-core';
import { parse } from 'yaml';
import { useBench } from '../bench/each-test.js';
import { LINE, startTelephonyBench, WIRES } from '../bench/telephony-bench.js';

const ptProfile = new URL('../../../../packages/astbilling-client/fixtures/profile.pt-envelope.json', import.meta.url);

const OF_WHMCS: BilledService = {
  ...{ id: 'whmcs-311', externalId: '311', productId: '10', productName: 'Telefonia', client: '42' },
  ...{ clientName: null, clientEmail: null, status: 'active', billingCycle: null, nextDueDate: null },
  ...{ username: null, domain: null, addresses: [], fields: {} },
};

const SUSPENDED = 'line 9003 ("joao3") was suspended by somebody else and stays suspended';

describe.each(WIRES)('lines that Sluice takes over, with the %s profile', (wire) => {
  const at = useBench(() => startTelephonyBench({ wire }));
  const kind = wire === 'magnusbilling' ? magnusbilling : astbilling;

  /** Reads the panel with what the tool before knew of it. */
  async function readOld(): Promise<Moved> {
    const settings = parseConfig(parse(at.bench.text), [kind]).panels['voice'];
    const toOpen = {
      ...{ name: 'voice', settings, timeZone: 'America/Sao_Paulo', currency: 'BRL', products: {} },
    } as PanelToOpen;
    const panel = await kind.open(toOpen, {
      clock: { now: () => at.bench.clock.now(), sleep: () => Promise.resolve() },
      random: () => 0,
      randomBytes: (count) => new Uint8Array(count),
      onCall: () => undefined,
      secret: (value) => value,
      readFile: () => readFileSync(ptProfile, 'utf8').replace(/"minIntervalMs": \d+/, '"minIntervalMs": 0'),
      journal: { list: () => Promise.resolve([]) },
    });
    const { signal } = new AbortController();
    const entries = (await panel.inventory?.list(signal)) ?? [];
    const details = (await panel.inventory?.describe?.(entries, signal)) ?? new Map();
    panel.close();
    const tool = await kind.oldTools?.[kind.kind]?.();
    if (tool === undefined) throw new Error('the kind has no such tool');
    const now = new Date(at.bench.clock.now()).toISOString();
    return tool.read({ panel: toOpen, tables: new Map(), entries, details, billed: [OF_WHMCS], now });
  }

  /** Stores its services and products. */
  async function takeOver(): Promise<void> {
    const { services = [], products = [] } = await readOld();
    const lines = products.map(
      ({ name, settings }) => `  ${name}: ${JSON.stringify({ panel: 'voice', ...settings })}\n`,
    );
    await at.bench.edit(/^products:\n.*\n/m, `products:\n${lines.join('')}`);
    const rows = services.map(({ billingId, product, columns }, index) => ({
      ...{
        id: billingId === null ? `s${index + 1}` : `whmcs-${billingId}`,
        panel: 'voice',
        product: product ?? '',
        ...columns,
      },
    }));
    expect((await at.sluice.services.import(rows)).problems).toEqual([]);
  }

  it('are not changed and differ in nothing, whatever they are', async () => {
    const { panel } = at;
    panel.add('plans', { id: '12', name: 'Ilimitado' });
    const own = { customer: '501', channels: 3 };
    panel.addSubscriber({ id: '9002', username: 'joao2', ...own, plan: '12', billingType: 'prepaid' });
    panel.addSubscriber({ id: '9003', username: 'joao3', ...own, plan: '11', status: 'suspended' });
    panel.addSubscriber({ id: '9004', username: 'joao4', ...own, plan: '12', externalRef: 'VIP | ask first' });
    panel.addSubscriber({ id: '9005', username: 'joao5', ...own, plan: '11', channels: null });
    panel.addSubscriber({ id: '9006', username: 'joao6', ...own, plan: '11', externalRef: 'whmcs:service:311' });
    const before = structuredClone(panel.subscribers());
    await takeOver();
    for (const run of ['plan', 'reconcile', 'poll', 'reconcile'] as const) {
      const { services, totals } = await at.sluice[run]();
      const differs = services.flatMap(({ drift, error }) => [
        ...(drift ?? []),
        ...(error === null ? [] : [error.message]),
      ]);
      expect(differs.filter((text) => text !== SUSPENDED)).toEqual([]);
      expect([run, services.length, totals.actions, totals.held, totals.wouldHold]).toEqual([run, 6, 0, 0, 0]);
    }
    expect(panel.subscribers()).toEqual(before);
    await at.sluice.services.set('s1', { status: 'suspended' });
    expect((await at.sluice.poll()).totals.actions).toBe(1);
    await at.sluice.services.set('s1', { status: 'active' });
    expect((await at.sluice.poll()).totals.actions).toBe(1);
    expect(panel.subscribers().map(({ status }) => status)).toEqual(before.map(({ status }) => status));
    expect(panel.subscribers()[0]?.id).toBe(LINE);
    expect((await at.sluice.services.show('whmcs-311')).refs).toMatchObject({ astbilling_subscriber_id: '9006' });
  });
});

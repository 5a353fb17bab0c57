import { afterEach, describe, expect, it } from '@jest/globals';
import type { EntryDetail, PanelEntry } from '@sluice/panel-kind';
import { type OpenedPanel, openTelephony, SYSTEMS } from '../test/open-panel.js';

let opened: OpenedPanel | null = null;
afterEach(async () => {
  await opened?.close();
  opened = null;
});

/** Describes everything that the panel lists. */
async function describeAll({ panel }: OpenedPanel): Promise<ReadonlyMap<string, EntryDetail>> {
  const { signal } = new AbortController();
  const entries = (await panel.inventory?.list(signal)) ?? [];
  return describeThese(entries);
}

async function describeThese(entries: readonly PanelEntry[]): Promise<ReadonlyMap<string, EntryDetail>> {
  return (await opened?.panel.inventory?.describe?.(entries, new AbortController().signal)) ?? new Map();
}

describe.each(SYSTEMS)('what a line and its product would have to state, on the wire %s', (system) => {
  const isMagnus = system === 'magnusbilling';

  it('are its plan, how it is paid, its channels and its customer', async () => {
    opened = await openTelephony(system);
    const { fake } = opened;
    fake.add('plans', { id: '11', name: 'Corporativo' });
    const customer = fake.addCustomer({
      id: '501',
      name: 'João da Silva',
      document: '12345678909',
      email: 'j@example.com',
    });
    const own = { customer, plan: '11', channels: 2, areaCode: '11' };
    fake.addSubscriber({ id: '9001', username: 'joao1042', ...own, billingType: 'postpaid' });
    fake.addSubscriber({ id: '9002', username: 'joao1043', ...own, billingType: 'prepaid', status: 'suspended' });
    fake.addSubscriber({ id: '9003', username: 'joao1044', ...own, externalRef: 'whmcs:service:311 | VIP' });
    fake.addSubscriber({
      id: '9004',
      username: 'joao1045',
      ...own,
      externalRef: 'sluice:service:svc-1',
      channels: null,
    });
    fake.addDid({ id: '71', number: '+551140001234', subscriber: '9001' });
    const details = await describeAll(opened);
    expect([...details.keys()]).toEqual(['line:9001', 'line:9002', 'line:9003', 'line:9004']);
    const first = details.get('line:9001');
    const ddd = isMagnus ? {} : { ddd: '11' };
    expect(first).toEqual({
      columns: { channels: '2', document: '12345678909', email: 'j@example.com', ...ddd },
      section: { planId: '11', billingType: 'postpaid' },
      ...{ quotaBytes: null, notes: [] },
    });
    expect(details.get('line:9002')).toMatchObject({ section: { planId: '11', billingType: 'prepaid' } });
    expect(details.get('line:9003')).toMatchObject({ billingId: '311', notes: [], section: first?.section });
    expect(details.get('line:9004')).toMatchObject({
      columns: expect.not.objectContaining({ channels: expect.anything() }),
      notes: expect.arrayContaining([
        'it has the reference sluice:service:svc-1: another service, or one of another installation, has made it',
      ]),
    });
  });

  it('are of the entries that are asked for', async () => {
    opened = await openTelephony(system);
    const { fake } = opened;
    for (const id of ['9001', '9002']) fake.addSubscriber({ id, username: `line${id}` });
    const entries = await opened.panel.inventory?.list(new AbortController().signal);
    expect([...(await describeThese(entries?.slice(1) ?? [])).keys()]).toEqual(['line:9002']);
    expect((await describeThese([])).size).toBe(0);
  });
});

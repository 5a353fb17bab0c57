import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { codeOf, errorOf, MINUTE } from '../bench/engine-bench.js';
import { FORMER, NEXT, startWhmcsLines } from './whmcs-lines.js';

const at = useBench(startWhmcsLines);
const [FROM, INTO] = [String(FORMER), String(NEXT)];

const addCall = (): string => at.addCall('2026-11-10T09:00:00-03:00', '3.0000');

/** Staff merges the clients on 20 November, and a sync shows it. */
async function mergeInWhmcs(): Promise<void> {
  at.setTime('2026-11-20T12:00:00Z');
  at.whmcs.mergeClients(FORMER, NEXT);
  await at.sync();
  at.addCall('2026-11-25T09:00:00-03:00', '4.0000');
  at.setTime('2026-12-02T12:00:00Z');
}

/** Messages of the alarms that a client is missing. */
async function listMissing(): Promise<string[]> {
  const { alarms } = await at.sluice.notices.alarms({ service: 'whmcs-7' });
  return alarms.flatMap(({ code, message }) => (code === 'client_missing' ? [message] : []));
}

describe('a client who was merged into another one in WHMCS', () => {
  it('has no bills until it is stored; then the other one gets them', async () => {
    addCall();
    await mergeInWhmcs();
    expect((await at.bill()).sort()).toEqual(['whmcs-7 added 4.00', 'whmcs-7 unknown_client 3.00']);
    expect(await listMissing()).toEqual([expect.stringMatching(/^WHMCS has no client "501" any more/)]);
    const preview = await at.sluice.clients.merge(FROM, { into: INTO, dryRun: true });
    expect(preview).toMatchObject({ run: { dryRun: true, changes: true }, services: 1, purchases: 0, bills: 1 });
    expect(await at.sluice.clients.merge(FROM, { into: INTO })).toMatchObject({ services: 1, bills: 1 });
    expect(await listMissing()).toEqual([]);
    expect(await at.bill()).toContain('whmcs-7 added 3.00');
    expect(at.charged()).toEqual(['502: 3.00', '502: 4.00']);
    expect(await at.differences()).toEqual([]);
    const { bills } = await at.sluice.calls.bills({ service: 'whmcs-7', reader: INTO });
    expect(bills.map(({ client, total }) => [client, total])).toEqual([
      [INTO, '4.00'],
      [INTO, '3.00'],
    ]);
    expect(await at.sluice.clients.merge(FROM, { into: INTO })).toMatchObject({ services: 0, bills: 0 });
    const runs = (await at.bench.store.runs.list({ limit: 9 })).filter(({ command }) => command === 'client merge');
    expect(runs.at(-1)?.totals).toEqual({ from: FROM, into: INTO, services: 1, purchases: 0, bills: 1 });
  });

  it.each([0, 1, 2, 3, 4])(
    'is found by a billing whose token ends at call %i of WHMCS: what it billed is in its answer',
    async (call) => {
      at.addCall('2026-10-15T09:00:00-03:00', '40.0000');
      at.setTime('2026-11-02T12:00:00Z');
      expect(await at.bill()).toEqual(['whmcs-7 added 40.00']);
      addCall();
      at.setTime('2026-12-02T12:00:00Z');
      at.whmcs.mergeClients(FORMER, NEXT);
      const { access } = await at.sluice.access.create({ name: 'night', scopes: ['operate'] });
      const until = async (): Promise<void> => {
        await at.sluice.access.revoke(access.id);
      };
      at.whmcs.server.inject({ match: () => true, skip: call, times: 1, fault: { kind: 'wait', until } });
      const ended = await errorOf(at.sluice.calls.bill({ asker: { id: access.id } }));
      const isBegun = (await at.sluice.calls.bills()).bills.length > 1;
      if (isBegun) expect(ended).toBeNull();
      else expect(ended).toMatchObject({ code: 'no_token', message: expect.stringContaining('nothing was changed') });
      await at.bill();
      expect(at.charged()).toEqual(['502: 3.00', '502: 40.00']);
    },
  );

  it.each(['before', 'after'] as const)('leaves a bill in doubt that was cut %s WHMCS had it', async (when) => {
    at.addCall('2026-10-15T09:00:00-03:00', '40.0000');
    at.whmcs.addInvoice({ client: FORMER, items: [{ service: 7, description: 'Line', amount: '9.00' }] });
    at.whmcs.server.inject({ endpoint: 'UpdateInvoice', when, fault: { kind: 'cut' } });
    const off = at.whmcs.server.onCall(({ endpoint }) => {
      if (endpoint === 'UpdateInvoice') at.whmcs.server.inject({ endpoint: /Get/, fault: { kind: 'cut' } });
    });
    await at.bill();
    off();
    at.whmcs.server.clearFaults();
    at.whmcs.mergeClients(FORMER, NEXT);
    await at.sluice.clients.merge(FROM, { into: INTO });
    await at.sync();
    at.bench.clock.advance(11 * MINUTE);
    const found = await at.bill();
    if (when === 'before') {
      expect(found).toEqual(['whmcs-7 outcome_unknown 40.00']);
      expect(await at.bill({ resend: true })).toEqual(['whmcs-7 added 40.00']);
    } else expect(found).toEqual(['whmcs-7 already-added 40.00']);
    expect(at.charged()).toEqual(['502: 40.00']);
  });
});

describe('a merge that an invoice shows is found', () => {
  beforeEach(async () => {
    at.addCall('2026-10-15T09:00:00-03:00', '40.0000');
    expect(await at.bill()).toEqual(['whmcs-7 added 40.00']);
    addCall();
  });

  it('by a sync: nothing changes its client', async () => {
    await mergeInWhmcs();
    expect(await at.bill()).toContain('whmcs-7 added 7.00');
    expect(at.charged()).toEqual(['502: 40.00', '502: 7.00']);
    expect(await at.bench.store.services.get('whmcs-7')).toMatchObject({ client: INTO, clientSince: null });
    expect([await at.differences(), await listMissing()]).toEqual([[], []]);
    const notices = await at.bench.store.notices.list();
    expect(notices.map(({ code, message }) => [code, message])).toContainEqual([
      'client_merged',
      'WHMCS has merged client "501" into "502": what the first had is the other\'s',
    ]);
  });

  it('by call bill, where the sync could not ask', async () => {
    at.whmcs.server.inject({ endpoint: 'GetClientsDetails', times: 9, fault: { kind: 'cut' } });
    const off = at.whmcs.server.inject({ endpoint: 'GetInvoice', fault: { kind: 'cut' } });
    at.setTime('2026-11-20T12:00:00Z');
    at.whmcs.mergeClients(FORMER, NEXT);
    await at.sync();
    off();
    at.whmcs.server.clearFaults();
    at.addCall('2026-11-25T09:00:00-03:00', '4.0000');
    at.setTime('2026-12-02T12:00:00Z');
    expect(await at.bill()).toEqual(expect.arrayContaining(['whmcs-7 unknown_client 3.00', 'whmcs-7 added 4.00']));
    expect(await listMissing()).toEqual([]);
    expect(await at.bill()).toContain('whmcs-7 added 3.00');
  });

  it('not for a client who is there, or whose invoice is deleted', async () => {
    at.setTime('2026-11-20T12:00:00Z');
    at.whmcs.service(7).clientId = NEXT;
    await at.sync();
    at.setTime('2026-12-02T12:00:00Z');
    expect(await at.bill()).toContain('whmcs-7 added 3.00');
    expect([at.charged(), await listMissing()]).toEqual([['501: 3.00', '501: 40.00'], []]);
    addCall();
    for (const { id } of at.whmcs.invoices(FORMER)) at.whmcs.deleteInvoice(id);
    at.whmcs.world.clients.delete(FORMER);
    await at.bill();
    expect(await at.bench.store.clients.count(FROM)).toMatchObject({ bills: 2 });
  });
});

describe('a bill in doubt of a client who was deleted in WHMCS', () => {
  it('ends as a person states it: its calls count as charged', async () => {
    at.addCall('2026-10-15T09:00:00-03:00', '40.0000');
    at.whmcs.server.inject({ endpoint: 'CreateInvoice', when: 'before', fault: { kind: 'cut' } });
    expect(await at.bill()).toEqual(['whmcs-7 outcome_unknown 40.00']);
    at.whmcs.server.clearFaults();
    at.whmcs.deleteService(7);
    at.whmcs.world.clients.delete(FORMER);
    await at.sync();
    at.bench.clock.advance(11 * MINUTE);
    expect(await at.bill({ resend: true })).toContain('whmcs-7 unknown_client 40.00');
    expect(await codeOf(at.sluice.services.remove('whmcs-7'))).toBe('outcome_unknown');
    expect(await at.sluice.clients.merge(FROM, { into: 'none' })).toMatchObject({ purchases: 0, bills: 1 });
    expect(await at.bill()).not.toContainEqual(expect.stringContaining('unknown_client'));
    expect([await listMissing(), await at.listAlarms(), at.charged()]).toEqual([[], [], []]);
    expect(await codeOf(at.sluice.services.remove('whmcs-7'))).toBeNull();
  });
});

describe('a merge is refused', () => {
  it.each([
    ['client_exists', FROM, INTO],
    ['unknown_client', '999', '998'],
    ['bad_option', INTO, INTO],
  ])('%s', async (code, from, into) => {
    expect(await codeOf(at.sluice.clients.merge(from, { into }))).toBe(code);
  });

  it('other_client, where invoices show another one', async () => {
    addCall();
    at.setTime('2026-12-02T12:00:00Z');
    expect(await at.bill()).toEqual(['whmcs-7 added 3.00']);
    at.whmcs.addClient({ id: 503, currency: 'BRL' });
    at.whmcs.mergeClients(FORMER, NEXT);
    const error = await errorOf(at.sluice.clients.merge(FROM, { into: '503' }));
    expect([error?.code, error?.message]).toEqual([
      'other_client',
      expect.stringMatching(/"501" is client "502"'s now/),
    ]);
    await at.sluice.clients.merge(FROM, { into: INTO });
    await at.sync();
    expect(await at.bench.store.services.get('whmcs-7')).toMatchObject({ client: INTO, clientSince: null });
  });
});

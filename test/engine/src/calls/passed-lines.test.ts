import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { codeOf } from '../bench/engine-bench.js';
import { LINE } from '../bench/telephony-bench.js';
import { createReports } from './world.js';
import { NEXT, startWhmcsLines } from './whmcs-lines.js';

const at = useBench(startWhmcsLines);

async function records(service: string): Promise<string[]> {
  const charges: string[] = [];
  const onCall = ({ charge }: { charge: string | null }): void => {
    charges.push(charge ?? '');
  };
  await at.sluice.calls.records({ service, from: '2026-11-01', onCall });
  return charges;
}

describe('a line that passes to a service of another client', () => {
  /** On 20 November the former service ends, and the next one names its line; WHMCS keeps the field of the former one. */
  async function passOn(): Promise<void> {
    at.addCall('2026-11-10T09:00:00-03:00', '3.0000');
    at.setTime('2026-11-20T12:00:00Z');
    at.whmcs.service(7).status = 'Terminated';
    at.addOrder(8, NEXT);
    await at.sync();
    at.addCall('2026-11-25T09:00:00-03:00', '4.0000');
  }

  it('is billed to each client for its own time, month after month', async () => {
    await passOn();
    at.setTime('2026-12-02T12:00:00Z');
    expect((await at.bill()).sort()).toEqual(['whmcs-7 added 3.00', 'whmcs-8 added 4.00']);
    at.addCall('2026-12-10T09:00:00-03:00', '5.0000');
    at.setTime('2027-01-02T12:00:00Z');
    expect(await at.bill()).toContain('whmcs-8 added 5.00');
    expect(at.charged()).toEqual(['501: 3.00', '502: 4.00', '502: 5.00']);
  });

  it('is billed to each client once the panel names the next service', async () => {
    Object.assign(at.panel.subscriber(LINE), { externalRef: 'whmcs:service:7' });
    await passOn();
    at.setTime('2026-12-02T12:00:00Z');
    expect((await at.bill({ dryRun: true })).sort()).toEqual(['whmcs-7 planned 3.00', 'whmcs-8 line_conflict']);
    Object.assign(at.panel.subscriber(LINE), { externalRef: 'whmcs:service:8' });
    expect((await at.bill()).sort()).toEqual(['whmcs-7 added 3.00', 'whmcs-8 added 4.00']);
    Object.assign(at.panel.subscriber(LINE), { externalRef: 'whmcs:service:9' });
    at.setTime('2027-01-02T12:00:00Z');
    expect(await at.bill({ service: 'whmcs-8' })).toContain('whmcs-8 line_conflict');
  });

  it('is billed to each client, and its calls are shown, where the next service ended too', async () => {
    Object.assign(at.panel.subscriber(LINE), { externalRef: 'whmcs:service:7' });
    await passOn();
    Object.assign(at.panel.subscriber(LINE), { externalRef: 'whmcs:service:8' });
    at.setTime('2026-11-28T12:00:00Z');
    at.whmcs.service(8).status = 'Terminated';
    await at.sync();
    expect(await records('whmcs-7')).toEqual(['3.0000']);
    at.setTime('2026-12-02T12:00:00Z');
    expect((await at.bill()).sort()).toEqual(['whmcs-7 added 3.00', 'whmcs-8 added 4.00']);
  });

  it('is billed to each client where the former service no longer names it', async () => {
    await passField('');
    expect((await at.bill()).sort()).toEqual(['whmcs-7 added 3.00', 'whmcs-8 added 4.00']);
    expect(at.charged()).toEqual(['501: 3.00', '502: 4.00']);
    expect(await records('whmcs-7')).toEqual(['3.0000']);
    const link = at.sluice.dids.link('+551140001234', { service: 'whmcs-7' });
    expect(await codeOf(link)).toBe('line_not_found');
  });

  it('has its calls reported where the former service names another line', async () => {
    at.panel.addSubscriber({ id: '9002', username: 'ana1043', customer: '501', plan: '11' });
    await passField('9002');
    await at.bill();
    expect(at.charged()).toEqual(['502: 4.00']);
    expect(await at.differences()).toMatchObject([
      { service: 'whmcs-7', line: LINE, bill: null, now: { calls: 1, total: '3.0000' } },
    ]);
  });

  /** On 20 November staff moves the field with the line to the service of the next client. */
  async function passField(value: string): Promise<void> {
    at.addCall('2026-11-10T09:00:00-03:00', '3.0000');
    at.setTime('2026-11-20T12:00:00Z');
    const { fields } = at.whmcs.service(7);
    for (const field of fields.keys()) fields.set(field, value);
    at.addOrder(8, NEXT);
    await at.sync();
    at.addCall('2026-11-25T09:00:00-03:00', '4.0000');
    at.setTime('2026-12-02T12:00:00Z');
  }

  it('is due until the end of the former service and its grace', async () => {
    await passOn();
    expect(await at.bill()).toEqual(['whmcs-7 nothing-to-bill 0.00']);
    at.setTime('2026-11-20T13:00:00Z');
    expect(await at.bill()).toContain('whmcs-7 added 3.00');
    at.setTime('2027-03-02T12:00:00Z');
    expect((await at.bill()).filter((line) => line.startsWith('whmcs-7'))).toEqual([]);
  });

  it('shows each service the calls of its own time', async () => {
    await passOn();
    at.setTime('2026-12-02T12:00:00Z');
    expect(await records('whmcs-7')).toEqual(['3.0000']);
    expect(await records('whmcs-8')).toEqual(['4.0000']);
    const report = async (period: string) =>
      (await at.sluice.calls.report({ service: 'whmcs-7' }, { period, reports: createReports() })).reports;
    expect(await report('2026-11')).toMatchObject([{ total: '3.00', calls: 1 }]);
    expect(await report('2026-12')).toMatchObject([{ calls: 0 }]);
  });

  it('has its numbers changed for the next service', async () => {
    await passOn();
    expect(await at.sluice.dids.suspend('+551140001234')).toMatchObject({
      service: 'whmcs-8',
      run: { outcome: 'done' },
    });
  });

  it('is not billed by a command that can not remove it', async () => {
    await passOn();
    await expect(at.sluice.provision.terminate('whmcs-7', { finalInvoice: true })).rejects.toThrow(
      'nothing was changed',
    );
    expect(at.charged()).toEqual([]);
  });

  it('refuses a month in which the service did not have it', async () => {
    await passOn();
    at.setTime('2027-01-02T12:00:00Z');
    const bill = at.sluice.calls.bill({ service: 'whmcs-7', period: '2026-12' });
    await expect(bill).rejects.toMatchObject({ code: 'line_of_other' });
  });
});

describe('a service that passes to another client', () => {
  beforeEach(async () => {
    at.addCall('2026-11-10T09:00:00-03:00', '180.0000');
    at.setTime('2026-11-20T12:00:00Z');
    at.whmcs.service(7).clientId = NEXT;
    await at.sync();
    at.addCall('2026-11-25T09:00:00-03:00', '0.5000');
    at.setTime('2026-12-02T12:00:00Z');
  });

  it('is billed to each client for its own time', async () => {
    expect((await at.bill()).sort()).toEqual(['whmcs-7 added 0.50', 'whmcs-7 added 180.00']);
    expect(at.charged()).toEqual(['501: 180.00', '502: 0.50']);
  });

  it('adds only the own calls to the invoice of the new client', async () => {
    const items = [{ service: 7, description: 'Line', amount: '50.00' }];
    const invoice = at.whmcs.addInvoice({ client: NEXT, status: 'Unpaid', items });
    expect(await at.bill({ invoice: String(invoice) })).toEqual(['whmcs-7 added 0.50']);
    expect(at.charged()).toEqual(['502: 0.50']);
  });
});

describe.each([false, true])('a service that names a line that no service had, after a first bill: %s', (wasBilled) => {
  beforeEach(async () => {
    at.panel.addSubscriber({ id: '9002', username: 'ana1043', customer: '501', plan: '11' });
    const addOther = (startedAt: string, charge: string) =>
      at.panel.addCall({ subscriber: '9002', startedAt, talkSeconds: 45, charge });
    if (wasBilled) await at.bill();
    addOther('2026-10-10T09:00:00-03:00', '6.0000');
    addOther('2026-11-10T09:00:00-03:00', '7.0000');
    at.addCall('2026-11-11T09:00:00-03:00', '3.0000');
    at.setTime('2026-11-20T12:00:00Z');
    at.whmcs.setField(7, 'astbilling_subscriber_id', '9002');
    await at.sync();
    addOther('2026-11-25T09:00:00-03:00', '4.0000');
    at.setTime('2026-12-02T12:00:00Z');
  });

  it('is billed for its own time, and the calls before are reported', async () => {
    expect(await at.bill()).toEqual(['whmcs-7 added 4.00']);
    expect(at.charged()).toEqual(['501: 4.00']);
    const reported = (await at.differences()).map(({ service, line, difference }) => [service, line, difference]);
    expect(reported).toContainEqual(['whmcs-7', LINE, '3.0000']);
    expect(reported).toContainEqual([null, '9002', '13.0000']);
    expect(await at.listAlarms()).toHaveLength(2);
  });

  it('has the calls of its own time', async () => {
    expect(await records('whmcs-7')).toEqual(['4.0000']);
  });
});

describe('calls that nobody is billed for', () => {
  it('are shown after the end of a service', async () => {
    at.setTime('2026-11-20T12:00:00Z');
    at.whmcs.service(7).status = 'Terminated';
    await at.sync();
    at.addCall('2026-11-25T09:00:00-03:00', '9.0000');
    at.setTime('2026-12-02T12:00:00Z');
    at.addCall('2026-11-25T10:00:00-03:00', null);
    await at.bill();
    expect(at.charged()).toEqual([]);
    expect(await at.differences()).toMatchObject([
      {
        service: null,
        line: LINE,
        bill: null,
        billed: { calls: 0 },
        now: { calls: 2, total: '9.0000', withoutCharge: 1 },
      },
    ]);
    expect(await at.listAlarms()).toMatchObject([
      {
        code: 'calls_unbilled',
        service: null,
        message: expect.stringMatching(/are on no invoice: 9\.0000 BRL and 1 without a known charge/),
      },
    ]);
    at.panel.server.inject({ endpoint: /calls|cdr/i, fault: { kind: 'status', status: 500 } });
    await at.bill();
    expect(await at.listAlarms()).toHaveLength(1);
  });
});

describe('calls of a line whose service ended long ago', () => {
  const countLists = (): number => at.panel.server.calls.filter(({ path }) => path.includes('/cdrs')).length;

  /** Bills as the timer does, and returns what is reported. */
  async function billAt(time: string): Promise<string[]> {
    at.setTime(time);
    await at.sync();
    await at.bill();
    return (await at.listAlarms()).map(({ message }) => message.replace(/.*: /, ''));
  }

  beforeEach(async () => {
    at.setTime('2026-11-20T12:00:00Z');
    at.whmcs.service(7).status = 'Terminated';
    await billAt('2026-11-20T14:00:00Z');
  });

  it('are reported as long as the line goes on calling', async () => {
    at.addCall('2027-02-10T09:00:00-03:00', '9.0000');
    expect(await billAt('2027-02-15T12:00:00Z')).toEqual(['9.0000 BRL']);
    at.addCall('2027-02-24T09:00:00-03:00', '5.0000');
    expect(await billAt('2027-02-25T12:00:00Z')).toEqual(['14.0000 BRL']);
    expect(await at.differences()).toMatchObject([{ service: null, line: LINE, difference: '14.0000' }]);
    at.addCall('2027-02-25T09:01:00-03:00', '1.0000');
    expect(await billAt('2027-02-25T12:05:00Z')).toEqual(['15.0000 BRL']);
    expect(await billAt('2027-06-25T12:00:00Z')).toEqual([]);
    at.addCall('2027-06-25T08:00:00-03:00', '2.0000');
    expect(await billAt('2027-06-26T12:00:00Z')).toEqual(['2.0000 BRL']);
    expect(at.charged()).toEqual([]);
  });

  it('are read once a day while there are none', async () => {
    await billAt('2027-04-01T12:00:00Z');
    const before = countLists();
    await billAt('2027-04-01T12:05:00Z');
    expect(countLists()).toBe(before);
    await billAt('2027-04-02T12:00:00Z');
    expect(countLists()).toBe(before + 1);
  });
});

describe('two services of different clients on one line', () => {
  const own = {
    panel: 'voice',
    product: 'line',
    client: String(NEXT),
    status: 'active',
    astbilling_subscriber_id: LINE,
  };

  it('are refused, also where duplicates are allowed', async () => {
    const added = at.sluice.services.add('svc-2', own, { allowDuplicateRefs: true });
    await expect(added).rejects.toMatchObject({ code: 'duplicate_ref' });
  });

  it('are not billed for the time that they share, until a person decides', async () => {
    const { store } = at.bench;
    const [former] = await store.services.list();
    if (former === undefined) throw new Error('no service');
    const now = new Date(at.bench.clock.now()).toISOString();
    await store.services.put([
      { ...former, id: 'svc-2', client: String(NEXT), refs: { ...former.refs }, createdAt: now, updatedAt: now },
    ]);
    at.addCall('2026-11-25T09:00:00-03:00', '4.0000');
    at.setTime('2026-12-02T12:00:00Z');
    expect((await at.bill()).filter((line) => line.includes('line_shared'))).toEqual([
      'svc-2 line_shared',
      'whmcs-7 line_shared',
    ]);
    expect(at.charged()).toEqual([]);
    const { checks } = await at.sluice.panels.doctor();
    expect(checks.filter(({ name }) => name === 'shared line')).toMatchObject([
      {
        status: 'warning',
        object: LINE,
        message: `services of different clients have line ${LINE} of panel "voice": whmcs-7 (client 501), svc-2 (client 502); its calls are billed to nobody`,
      },
    ]);
    expect(await at.bill({ service: 'svc-2', period: '2026-11-10..2026-12-01' })).toEqual(['svc-2 added 4.00']);
    expect(at.charged()).toEqual(['502: 4.00']);
  });
});

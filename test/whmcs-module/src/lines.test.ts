import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IDS, type ModuleSite, startModuleSite } from './test/module-site.js';
import { noPhp, type PhpResult } from './test/php.js';

const [FIRST, SECOND, THIRD] = ['1140005678', '1140005679', '1140005680'] as const;
/** The fields of the line in the tab of a service. */
const toFields = (tab: unknown): string[] =>
  [...String((tab as Record<string, string>)['Line']).matchAll(/\[sluice_line\]\[(\w+)\]/g)].map(
    ([, field]) => field ?? '',
  );

const withPhp = noPhp === null ? describe : describe.skip;

withPhp(`the provisioning module for a telephone line${noPhp ?? ''}`, () => {
  let at: ModuleSite;
  beforeAll(async () => {
    at = await startModuleSite();
    at.voice.add('carriers', { id: '3', name: 'Vivo & Co' });
    for (const number of [FIRST, SECOND]) at.voice.addDid({ number: `+55${number}` });
    at.whmcs.addService({
      ...{ id: 60, client: IDS.ana, product: IDS.line, status: 'Pending' },
      ...{ billingCycle: 'Monthly', nextDueDate: '2026-12-15' },
      ...{ orderId: 1042, options: { channels: 2 }, fields: { ddd: '11' } },
    });
  });
  afterAll(() => at.close());

  const fields = (number: string, more: Record<string, string> = {}) => ({ Número: number, 'DDD|area': '11', ...more });
  const addon = (name: string, addonId: number, customfields: Record<string, string>) =>
    at.command(name, 60, { addonId, customfields });
  const call = async (name: string, post?: Record<string, unknown>): Promise<PhpResult> => {
    const asked = { module: 'servers/sluice', call: name, params: at.params(60), ...(post && { post }) };
    return (await at.php([asked]))[0] as PhpResult;
  };
  const line = () => at.voice.subscribers()[0];

  it('creates the line, with its credentials in the fields of the service', async () => {
    expect((await at.command('CreateAccount', 60)).returned).toBe('success');
    expect((await at.command('CreateAccount', 60)).returned).toBe('success');
    expect(at.voice.subscribers()).toHaveLength(1);
    expect(line()).toMatchObject({ username: 'ana1042', channels: 2, areaCode: '11' });
    expect(at.whmcs.service(60).username).toBe(line()?.username);
    expect(at.whmcs.service(60).password).toBe(line()?.password);
  });

  it('links, suspends and ends numbers as product addons', async () => {
    const [first, second] = [FIRST, SECOND];
    expect((await addon('CreateAccount', 71, fields(first, { Operadora: 'Vivo &amp; Co' }))).returned).toBe('success');
    expect((await addon('CreateAccount', 72, fields(second))).returned).toBe('success');
    expect((await addon('CreateAccount', 72, fields(second))).returned).toBe('success');
    expect(at.voice.did(`+55${first}`)).toMatchObject({ subscriberId: line()?.id, externalRef: 'whmcs:addon:71' });
    expect((await addon('SuspendAccount', 72, fields(first))).returned).toMatch(/addon/);
    // A changed number does not leave the one before linked.
    at.voice.addDid({ number: `+55${THIRD}` });
    for (const name of ['ChangePackage', 'TerminateAccount'])
      expect((await addon(name, 72, fields(THIRD))).returned).toMatch(`addon 72 still has number +55${second}`);
    expect(at.voice.did(`+55${THIRD}`).subscriberId).toBeNull();
    expect((await addon('SuspendAccount', 71, fields(first))).returned).toBe('success');
    expect(at.voice.did(`+55${first}`).status).toBe('suspended');
    expect((await addon('UnsuspendAccount', 71, fields(first))).returned).toBe('success');
    expect((await addon('TerminateAccount', 71, fields(first))).returned).toBe('success');
    expect(at.voice.did(`+55${first}`).status).toBe('terminated');
    expect(at.voice.did(`+55${second}`).subscriberId).toBe(line()?.id);
    expect((await addon('CreateAccount', 73, {})).returned).toMatch(/no number/);
    expect((await addon('ChangePassword', 72, fields(second))).returned).toBe('A number has no password.');
    expect((await addon('Renew', 72, fields(second))).returned).toBe('success');
  });

  it('shows staff the fields of the line, and sends what was changed', async () => {
    const tab = (await call('AdminServicesTabFields')).returned as Record<string, string>;
    expect(tab['Line']).toMatch(/name="modulefields\[sluice_line\]\[channels\]" value="2"/);
    expect(tab['Line']).not.toContain(line()?.password);
    expect(toFields(tab)).toEqual(['plan_id', 'area_code', 'channels', 'caller_id', 'sip_password']);
    const before = { channels: '2', caller_id: '' };
    const saved = await call('AdminServicesTabFieldsSave', {
      modulefields: {
        sluice_line_before: before,
        sluice_line: { channels: '4', caller_id: '', sip_password: 'Own-secret-99' },
      },
    });
    expect(saved.moduleLog.at(-1)?.request).not.toMatch(/caller_id|Own-secret/);
    expect(line()).toMatchObject({ channels: 4, password: 'Own-secret-99' });
    // The line was made by Sluice: its service has its channels.
    const warning = /is the line of whmcs-60, whose next reconcile puts it back: change the service instead/;
    expect(saved.activity.at(-1)?.message).toMatch(warning);
    const after = (await call('AdminServicesTabFields')).returned as Record<string, string>;
    expect(after['Warning']).toMatch(warning);
    expect(after).not.toHaveProperty('Not saved');
    expect((await call('AdminServicesTabFields')).returned).not.toHaveProperty('Warning');
  });

  it('shows staff what the panel did not take as it was entered', async () => {
    const keeps = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(keeps)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, k === 'area_code' ? '11' : keeps(v)]))
          : value;
    at.voice.server.inject({ endpoint: /subscribers/, times: 99, fault: { kind: 'mutate', change: keeps } });
    await call('AdminServicesTabFieldsSave', {
      modulefields: {
        sluice_line_before: { area_code: '11', caller_id: '' },
        sluice_line: { area_code: '21', caller_id: '1140005678' },
      },
    });
    at.voice.server.clearFaults();
    const { Warning: warning, Line: shown } = (await call('AdminServicesTabFields')).returned as Record<string, string>;
    expect(warning).toContain('the panel shows area_code as &quot;11&quot;, which is not what was sent');
    expect(shown).toContain('value="+551140005678"');
  });

  it('stores nothing that the form of the staff does not have', async () => {
    const was = { ...line() };
    const saved = await call('AdminServicesTabFieldsSave', {
      modulefields: {
        sluice_line_before: { channels: '4', external_ref: '', billing_type: '' },
        sluice_line: { channels: '3', external_ref: 'whmcs:service:1', billing_type: 'prepaid' },
        sluice_override_before: { note: '' },
        sluice_override: { note: 'of another form' },
      },
    });
    expect(saved.moduleLog.map(({ request }) => request).join()).not.toMatch(
      /external_ref|billing_type|of another form/,
    );
    expect(line()).toMatchObject({ channels: 3, externalRef: was.externalRef, billingType: was.billingType });
  });

  it('suspends, restores and ends the line', async () => {
    for (const [command, status] of [
      ['SuspendAccount', 'suspended'],
      ['UnsuspendAccount', 'active'],
      ['TerminateAccount', 'terminated'],
    ] as const) {
      expect((await at.command(command, 60)).returned).toBe('success');
      expect(line()?.status).toBe(status);
    }
  });
});

withPhp('the provisioning module for a line of MagnusBilling', () => {
  it('shows staff the fields that this system lets be changed', async () => {
    const at = await startModuleSite('', 'magnusbilling');
    try {
      at.whmcs.addService({
        ...{ id: 60, client: IDS.ana, product: IDS.line, status: 'Pending' },
        ...{ billingCycle: 'Monthly', nextDueDate: '2026-12-15' },
        ...{ orderId: 1042, options: { channels: 2 }, fields: { ddd: '11' } },
      });
      expect((await at.command('CreateAccount', 60)).returned).toBe('success');
      const call = async (name: string, post?: Record<string, unknown>): Promise<unknown> => {
        const asked = { module: 'servers/sluice', call: name, params: at.params(60), ...(post && { post }) };
        return (await at.php([asked]))[0]?.returned;
      };
      expect(toFields(await call('AdminServicesTabFields'))).toEqual(['plan_id', 'channels']);
      const modulefields = { sluice_line_before: { channels: '2' }, sluice_line: { channels: '4' } };
      await call('AdminServicesTabFieldsSave', { modulefields });
      expect(at.voice.subscribers()[0]).toMatchObject({ channels: 4 });
    } finally {
      await at.close();
    }
  });
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { startTelephonyBench } from './telephony-bench.js';

const at = startForEachTest(startTelephonyBench);

interface Changed {
  changed: string[];
  differs: string[];
}

it('the lists of a panel are read, filtered, shown and changed', async () => {
  const lines = await at.run('subscriber list');
  expect([lines.exitCode, lines.json()]).toEqual([
    0,
    { subscribers: [expect.objectContaining({ id: '9001', username: 'joao1042', plan_id: '11', status: 'active' })] },
  ]);
  expect((await at.run('subscriber list --username joao1042')).json()).toEqual(lines.json());
  expect((await at.run('subscriber list --username joao')).json()).toEqual({ subscribers: [] });
  expect((await at.run('subscriber show joao1042')).json()).toEqual(lines.json());
  const numbers = await at.run('did list --number +551140001234');
  expect(numbers.json()).toMatchObject({ dids: [{ number: '+551140001234', subscriber_id: '9001' }] });
  expect((await at.run('did show 1140001234')).json()).toEqual(numbers.json());
  expect((await at.run('plan-catalog show 11')).json()).toMatchObject({ plans: [{ name: 'Corporativo 30/6' }] });
  expect((await at.run('rate list --prefix 5511')).json()).toMatchObject({ rates: [{ plan_id: '11' }] });
  const set = await at.run('subscriber set joao1042 channels=4');
  expect([set.exitCode, set.json()]).toMatchObject([0, { subscribers: [{ id: '9001', channels: 4 }] }]);
  expect(set.json<Changed>()).toMatchObject({ changed: ['channels'], differs: [] });
  expect((await at.run('subscriber set 9001 channels=4')).json<Changed>().changed).toEqual([]);
  expect(at.bench.printed).not.toMatch(/password":|senha|secret/i);
});

it('a secret field of a list is read from standard input, never from the command line', async () => {
  const set = (words: string, input: string) =>
    at.bench.sluice(`${words} --json`, { readStdin: () => Promise.resolve(Buffer.from(input)) });
  for (const words of [
    'subscriber set 9001 sip_password=Argv-Secret-99',
    'trunk create name=t password=Argv-Secret-99',
  ]) {
    const refused = await set(words, 'other-Secret-1\n');
    expect([refused.exitCode, refused.json()]).toMatchObject([2, { error: { code: 'bad_pair' } }]);
    expect(refused.stdout).toContain('password=- and hand it over on standard input');
    expect(refused.stdout).not.toContain('Argv-Secret-99');
  }
  expect((await set('subscriber set 9001 sip_password=-', '\n')).json()).toMatchObject({
    error: { code: 'bad_pair' },
  });
  const changed = await set('subscriber set 9001 sip_password=-', 'New-Secret-77\n');
  expect([changed.exitCode, changed.json<Changed>().changed]).toEqual([0, ['sip_password']]);
  expect(at.panel.subscriber('joao1042').password).toBe('New-Secret-77');
  expect(at.bench.printed).not.toMatch(/Secret-(77|99|1)\b/);
});

describe('a number', () => {
  const number = '1140001234';
  beforeEach(() => at.addService());

  it('is changed and released by words that are checked', async () => {
    expect((await at.run(`did suspend ${number} --dry-run --detailed-exitcode`)).exitCode).toBe(4);
    const linked = await at.run(`did link ${number} --service svc-1`);
    expect([linked.exitCode, linked.json()]).toMatchObject([0, { service: 'svc-1', dids: [{ status: 'active' }] }]);
    const unconfirmed = await at.run(`did release ${number}`);
    expect([unconfirmed.exitCode, unconfirmed.json()]).toMatchObject([2, { error: { code: 'not_confirmed' } }]);
    expect((await at.bench.sluice(`did release ${number} --yes`)).exitCode).toBe(0);
    expect((await at.run(`did suspend ${number}`)).exitCode).toBe(1);
    expect((await at.run(`did set ${number} channel=2`)).exitCode).not.toBe(0);
    expect((await at.run(`did set ${number} --subscriber 9002`)).exitCode).toBe(2);
  });

  it('has its former owners above its calls', async () => {
    expect((await at.run(`did set ${number} --subscriber none`)).exitCode).toBe(0);
    const shown = await at.bench.sluice(`call records --did ${number} --from 2026-01-01`);
    expect(shown.stdout + shown.stderr).toMatch(/The number was with svc-1 of client 42 until /);
  });
});

describe('changes of a catalogue', () => {
  it('are previewed, made and removed', async () => {
    const words = 'rate create plan_id=11 prefix=5521 price_per_minute=0.3100 initial_increment_seconds=30';
    const planned = await at.run(`${words} --dry-run --detailed-exitcode`);
    expect([planned.exitCode, planned.json<{ dryRun: boolean }>().dryRun]).toEqual([4, true]);
    const made = await at.run(words);
    expect(made.json()).toMatchObject({ rates: [{ prefix: '5521', price_per_minute: '0.3100' }], differs: [] });
    const [{ id }] = made.json<{ rates: [{ id: string }] }>().rates;
    expect((await at.run(`rate remove ${id}`)).json()).toMatchObject({ error: { code: 'not_confirmed' } });
    expect((await at.run(`rate remove ${id} --yes`)).exitCode).toBe(0);
    expect((await at.run('rate list --prefix 5521')).json()).toEqual({ rates: [] });
  });

  it.each([
    ['customer create nmae=x', 'did you mean "name"?'],
    ['rate set 701 price_per_minute=0,29', 'is not an amount such as 0.2320'],
    ['carrier set 1 nothing', 'is not KEY=VALUE'],
  ])('refuse values that do not fit, before any call: %s', async (words, message) => {
    const { exitCode, stderr } = await at.bench.sluice(words);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(at.panel.server.calls).toEqual([]);
  });

  it('are shown in lines that fit, whatever a panel has', async () => {
    at.panel.addCustomer({ name: '=cmd|calc\u001b[2J'.padEnd(90, 'x'), email: 'a@example.com' });
    for (const columns of [60, 140]) {
      for (const noun of ['customer', 'subscriber', 'did', 'plan-catalog', 'rate']) {
        let text = '';
        const stdout = { write: (part: string) => (text += part), isTTY: true, columns };
        const { exitCode } = await at.bench.sluice(`--no-color ${noun} list`, { stdout });
        expect([noun, exitCode, text.split('\n').filter((line) => line.length > columns)]).toEqual([noun, 0, []]);
        // oxlint-disable-next-line no-control-regex -- what a terminal would execute
        expect(text).not.toMatch(/\u001b/);
      }
    }
    const { stdout } = await at.bench.sluice('customer list --csv - --columns name');
    expect(stdout).toContain("'=cmd|calc");
  });
});

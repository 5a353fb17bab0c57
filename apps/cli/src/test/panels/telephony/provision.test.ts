import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { LINE, startTelephonyBench } from './telephony-bench.js';

const at = startForEachTest(startTelephonyBench);
beforeEach(() => at.addService());

interface Provisioned {
  actions: { type: string; state: string }[];
  credentials: { username: string; password: string | null; passwordFile: string | null } | null;
  bills?: { state: string; total: string; csv: string }[];
}

/** Runs a command and returns its exit code with the code of its error. */
async function refusal(words: string): Promise<unknown[]> {
  const { exitCode, json } = await at.run(words);
  const { error, service } = json<{ error?: { code: string }; service?: { error: { code: string } | null } }>();
  return [exitCode, (error ?? service?.error)?.code];
}

/** All bytes of the store and of other files in the folder. */
function folderText(): string {
  const files = readdirSync(at.bench.folder, { recursive: true, encoding: 'utf8' }).map((name) => at.bench.path(name));
  return files.flatMap((file) => (statSync(file).isFile() ? [readFileSync(file, 'latin1')] : [])).join('\n');
}

describe('a new line', () => {
  const words = 'service add svc-2 panel=voice product=line client=43 status=pending order_id=7 ddd=11 channels=2';

  it('belongs to the customer that was named, and its password is shown once and is nowhere else', async () => {
    for (const id of ['601', '602']) at.panel.addCustomer({ id, name: 'Ana Lima' });
    await at.bench.sluice(`${words} first_name=Ana last_name=Lima`);
    expect(await refusal('provision create svc-2 --dry-run')).toEqual([1, 'ambiguous_line']);
    const named = 'provision create svc-2 --customer-id 602';
    expect((await at.run(`${named} --dry-run --detailed-exitcode`)).exitCode).toBe(4);
    const made = await at.run(`${named} --show-password`);
    const { credentials } = made.json<Provisioned>();
    expect([made.exitCode, credentials]).toMatchObject([0, { username: 'ana7', passwordFile: null }]);
    const line = at.panel.subscribers().find(({ username }) => username === 'ana7');
    expect(line).toMatchObject({ customerId: '602', password: credentials?.password });
    const log = await at.bench.sluice('log list --api --actions --verbose --json');
    const shown = [log.stdout, (await at.bench.sluice('service show svc-2 --verbose')).stdout, folderText()].join('\n');
    expect(shown).toContain('ana7');
    expect(shown).not.toContain(credentials?.password);
    expect(existsSync(at.bench.path('secrets'))).toBe(false);
    const again = await at.run(named);
    expect([again.exitCode, again.json()]).toMatchObject([0, { actions: [], credentials: null }]);
    expect(await refusal('service set svc-2 astbilling_subscriber_id=')).toEqual([2, 'bad_service']);
  });
});

it('a line has no end, whatever its due date', async () => {
  const words = 'panel=voice product=line client=43 status=pending order_id=7 ddd=11 channels=2 first_name=Ana';
  await at.bench.sluice(`service add svc-2 ${words} next_due_date=2026-12-01 billing_cycle=monthly`);
  const { exitCode, stdout } = await at.bench.sluice('provision create svc-2 --message --password-file secret.txt');
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Login name: ana7\n')]);
  expect(stdout).not.toContain('Valid until');
  const again = await at.run('provision create svc-2');
  expect(again.json()).toMatchObject({ access: { expiresAt: null, daysFromFirstUse: null } });
});

describe('an existing line', () => {
  it('gets another plan and another password, which is in a file of its own', async () => {
    at.panel.add('plans', { id: '12', name: 'Grande' });
    const config = at.bench.read('sluice.yaml');
    at.bench.write('sluice.yaml', `${config}  large: { panel: voice, astbilling: { plan: Grande } }\n`);
    const package_ = await at.run('provision change-package svc-1 large');
    expect([package_.exitCode, at.panel.subscriber(LINE).planId]).toEqual([0, '12']);
    expect(await refusal('provision change-package svc-1 none')).toEqual([1, 'unknown_product']);
    const changed = await at.bench.sluice('provision change-password svc-1');
    const file = at.bench.path(path.join('secrets', 'svc-1'));
    expect([changed.exitCode, changed.stdout]).toEqual([0, expect.stringContaining(file)]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { password } = at.panel.subscriber(LINE);
    expect(readFileSync(file, 'utf8').trim()).toBe(password);
    expect(at.bench.printed).not.toContain(password);
  });

  it('keeps another plan where it was taken over, and the plan of a run says so', async () => {
    at.panel.add('plans', { id: '12', name: 'Grande' });
    at.panel.subscriber(LINE).planId = '12';
    const { exitCode, stdout } = await at.bench.sluice('plan');
    const drift =
      'the plan of the line is 12, but 11 in the service, and stays so until "provision change-package svc-1 line" writes it';
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining(`${drift}\n`)]);
    expect(stdout).toContain('Nothing would be changed; the differences above stay.');
  });

  it('is suspended with its numbers, and one that somebody else suspended needs --force', async () => {
    const states = (): string[] => [at.panel.subscriber(LINE).status, at.panel.did('+551140001234').status];
    expect((await at.run('provision suspend svc-1 --with-dids')).exitCode).toBe(0);
    expect(states()).toEqual(['suspended', 'suspended']);
    expect((await at.run('provision unsuspend svc-1')).exitCode).toBe(0);
    expect(states()).toEqual(['active', 'active']);
    at.panel.subscriber(LINE).status = 'suspended';
    expect(await refusal('provision unsuspend svc-1')).toEqual([1, 'suspended_elsewhere']);
    expect((await at.run('provision unsuspend svc-1 --force')).exitCode).toBe(0);
    expect(states()).toEqual(['active', 'active']);
  });

  it('ends with a final bill whose report is named, or without one', async () => {
    at.addCall('2026-11-05T09:10:00-03:00', '2.0000');
    at.bench.clock.advance(3_600_000);
    expect(await refusal('provision terminate svc-1')).toEqual([2, 'not_confirmed']);
    expect(await refusal('provision terminate svc-1 --yes')).toEqual([1, 'unbilled_calls']);
    const both = 'provision terminate svc-1 --yes --final-invoice --forfeit-unbilled';
    expect(await refusal(both)).toEqual([2, 'bad_option']);
    const typed = (answer: string) =>
      at.bench.sluice('provision terminate svc-1', { ask: () => Promise.resolve(answer) });
    const { username } = at.panel.subscriber(LINE);
    await at.run(`service set svc-1 astbilling_username=${username}`);
    expect((await typed('y')).stderr).toContain('Not confirmed');
    expect((await typed(username)).stderr).toContain('unbilled call');
    expect(at.panel.subscriber(LINE).status).toBe('active');
    const planned = (await at.run('provision terminate svc-1 --final-invoice --dry-run')).json<Provisioned>();
    expect(planned.bills).toMatchObject([{ state: 'planned', total: '2.00', csv: null }]);
    const { stdout } = await at.bench.sluice('provision terminate svc-1 --final-invoice --dry-run');
    expect(stdout).toMatch(/^svc-1 .* 2\.00 +BRL +planned/m);
    expect((await at.run('invoice list')).json()).toEqual({ invoices: [] });
    const ended = await at.run('provision terminate svc-1 --yes --final-invoice');
    const [bill] = ended.json<Provisioned>().bills ?? [];
    expect([ended.exitCode, bill]).toMatchObject([0, { state: 'added', total: '2.00' }]);
    expect(path.dirname(bill?.csv ?? '')).toBe(at.bench.path('reports'));
    expect(readFileSync(bill?.csv ?? '', 'utf8')).toContain('2,0000');
    // The period ends inside a day, whose calls before that time are billed.
    expect(path.basename(bill?.csv ?? '')).toMatch(/_2026-11-05-10\d{4}_[0-9a-f]{12}\.csv$/);
    const text = JSON.stringify((await at.run('invoice list')).json());
    expect(text).toMatch(/, 5 Nov 2026 09:00 to 5 Nov 2026 10:00/);
    expect(at.panel.subscriber(LINE).status).toBe('terminated');
    expect((await at.run('invoice list')).json()).toMatchObject({ invoices: [{ total: '2.00' }] });
  });

  it('is not ended where the first day to bill is not known, and the ways are named', async () => {
    at.addCall('2026-11-05T09:10:00-03:00', '2.0000');
    at.bench.clock.advance(3_600_000);
    at.bench.edit(', billFrom: 2026-10-01', '');
    const { exitCode, stderr } = await at.bench.sluice('provision terminate svc-1 --yes --final-invoice');
    expect([exitCode, stderr.replaceAll(/\s+/g, ' ')]).toEqual([
      1,
      expect.stringMatching(
        /no billFrom: .* or give them up\. Bill a period with "sluice call bill --service svc-1 --period FROM\.\.TO", or give them up with "sluice provision terminate svc-1 --forfeit-unbilled"/,
      ),
    ]);
    expect(at.panel.subscriber(LINE).status).toBe('active');
  });

  it('ends without a bill where its calls are given up', async () => {
    at.addCall('2026-11-05T09:10:00-03:00', '2.0000');
    at.bench.clock.advance(3_600_000);
    const ended = await at.run('provision terminate svc-1 --yes --forfeit-unbilled');
    expect([ended.exitCode, ended.json<Provisioned>().bills]).toEqual([0, undefined]);
    expect((await at.run('invoice list')).json()).toEqual({ invoices: [] });
  });

  it('ends without a bill where there is nothing to bill, also with --final-invoice', async () => {
    at.bench.clock.advance(3_600_000);
    const ended = await at.run('provision terminate svc-1 --yes --final-invoice');
    expect([ended.exitCode, ended.json<Provisioned>().bills]).toEqual([0, undefined]);
    expect(at.panel.subscriber(LINE).status).toBe('terminated');
  });
});

describe('a new line whose answer was lost with the panel', () => {
  const id = 'astbilling_subscriber_id';
  let answer: () => void;
  const lose = async (status: string): Promise<void> => {
    await at.bench.sluice(
      `service add svc-2 panel=voice product=line client=43 ${status} order_id=7 ddd=11 channels=2 first_name=Ana`,
    );
    const { server } = at.panel;
    server.inject({ endpoint: 'POST /subscribers', times: 1, when: 'after', fault: { kind: 'cut' } });
    const match = (): boolean => server.calls.some(({ endpoint }) => endpoint === 'POST /subscribers');
    answer = server.inject({ match, fault: { kind: 'cut' } });
    expect(await refusal('provision create svc-2')).toEqual([3, 'outcome_unknown']);
    at.bench.clock.advance(60_000);
  };

  it.each(['status=pending', 'status=active'])(
    'is no missing line, and is found by the next poll: %s',
    async (status) => {
      await lose(status);
      answer();
      const planned = await at.bench.sluice('plan');
      expect([planned.exitCode, planned.stderr]).toEqual([0, '']);
      expect((await at.bench.sluice('poll')).exitCode).toBe(0);
      const made = at.panel.subscribers().find(({ username }) => username === 'ana7');
      const { refs } = (await at.run('service show svc-2')).json<{ refs: Record<string, string> }>();
      expect(refs[id]).toBe(made?.id);
    },
  );

  it.each(['plan', 'poll', 'poll --service svc-2'])(
    'stays unknown while the panel can not be read: %s',
    async (words) => {
      await lose('status=pending');
      const { exitCode, json } = await at.run(words);
      const { services } = json<{ services: { id: string; error: { code: string } | null }[] }>();
      expect([exitCode, services.find(({ id }) => id === 'svc-2')]).toMatchObject([
        3,
        { error: { code: 'outcome_unknown' } },
      ]);
    },
  );
});

import { readdirSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { LINE, startTelephonyBench } from './telephony-bench.js';

const at = startForEachTest(() => startTelephonyBench('magnusbilling'));

async function listFailed(): Promise<string[]> {
  const { services } = (await at.run('service list --status failed')).json<{ services: { id: string }[] }>();
  return services.map(({ id }) => id);
}

/** Codes of the alarms. */
async function listAlarms(): Promise<string[]> {
  const { alarms } = (await at.run('notice list')).json<{ alarms: { code: string }[] }>();
  return alarms.map(({ code }) => code);
}

/** Makes the line of `svc-2` by a command, and lets somebody delete it on the panel. */
async function loseLine(): Promise<void> {
  const words = 'panel=voice product=line client=43 status=pending order_id=7 ddd=11 channels=2 first_name=Ana';
  await at.bench.giveStore();
  await at.bench.sluice(`service add svc-2 ${words}`);
  const made = await at.run('provision create svc-2 --password-file first.txt');
  expect(made.exitCode).toBe(0);
  at.panel.deleteSubscriber('ana7');
}

it('a line that is gone stays an alarm until a run finds it again, and can be made again', async () => {
  await loseLine();
  expect((await at.run('reconcile')).exitCode).toBe(1);
  expect([await listFailed(), await listAlarms()]).toEqual([['svc-2'], ['line_gone']]);
  for (let polls = 0; polls < 2; polls++) {
    expect((await at.run('poll')).exitCode).toBe(0);
    expect([await listFailed(), await listAlarms()]).toEqual([['svc-2'], ['line_gone']]);
  }
  const { stderr } = await at.bench.sluice('plan');
  expect(stderr).toContain('Create it again with "sluice provision create svc-2"');

  const before = at.panel.subscriber('ana7').id;
  const made = await at.run('provision create svc-2 --password-file second.txt');
  expect([made.exitCode, made.json()]).toMatchObject([0, { actions: [{ type: 'create-subscriber' }] }]);
  const [line] = at.panel.subscribers().filter(({ username, status }) => username === 'ana7' && status === 'active');
  expect(line?.id).not.toBe(before);
  const shown = (await at.run('service show svc-2')).json<{ refs: Record<string, string> }>();
  expect(shown.refs['astbilling_subscriber_id']).toBe(line?.id);
  await at.run('poll');
  expect([await listFailed(), await listAlarms()]).toEqual([[], []]);
  expect((await at.run('reconcile')).exitCode).toBe(0);
});

it('a line that is there again under its id ends the alarm with the next run that looks', async () => {
  await loseLine();
  await at.run('reconcile');
  at.panel.subscriber('ana7').status = 'active';
  await at.run('poll');
  expect([await listFailed(), await listAlarms()]).toEqual([['svc-2'], ['line_gone']]);
  expect((await at.run('reconcile')).exitCode).toBe(0);
  expect([await listFailed(), await listAlarms()]).toEqual([[], []]);
});

it('a creation that is refused leaves no password file', async () => {
  await loseLine();
  const customer = at.panel.addCustomer({ name: 'Rui Costa' });
  at.panel.addSubscriber({ username: 'ana7', customer, plan: '11' });
  const files = readdirSync(at.bench.folder);
  expect(files).toContain('first.txt');
  const refused = await at.run('provision create svc-2 --password-file second.txt');
  expect(refused.exitCode).toBe(1);
  expect(readdirSync(at.bench.folder)).not.toContain('second.txt');
});

it('a service whose line was taken over can name another line', async () => {
  await at.addService();
  const { customerId } = at.panel.subscriber(LINE);
  at.panel.deleteSubscriber(LINE);
  expect((await at.run('reconcile')).exitCode).toBe(1);
  const other = at.panel.addSubscriber({ username: 'joao1043', customer: customerId, plan: '11' });
  expect((await at.run(`service set svc-1 astbilling_subscriber_id=${other}`)).exitCode).toBe(0);
  await at.run('poll');
  expect([await listFailed(), await listAlarms()]).toEqual([[], []]);
});

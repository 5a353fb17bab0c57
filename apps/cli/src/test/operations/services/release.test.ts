import type { LogEntry, RunReport, ServiceDetail } from '@sluice/engine';
import { describe, expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { configText, GB, HOUR, toIds, startEasyDcimBench } from '../../easydcim-bench.js';

const at = startForEachTest(startEasyDcimBench);

/** Adds svc-1 with twice its quota used, and has a poll hold it. */
async function holdByQuota(): Promise<void> {
  await at.addService(1);
  at.use(1, 200);
  await at.poll();
}

const lines = async (words: string): Promise<string[]> =>
  (({ stdout, stderr }) => (stdout + stderr).split('\n'))(await at.bench.sluice(words));

it('hold release of a hold that it can’t end fails and says what ends it', async () => {
  await holdByQuota();
  const refused = await at.bench.sluice('hold release svc-1');
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/svc-1.*quota.*override set svc-1.*protected_until.*hold release svc-1 --until/s);
});

it('hold release of the hold of another limit says what ends it', async () => {
  const limit = 'limits: [{ id: daily, window: day, allowance: 50GB, action: disable-ports }]';
  at.bench.write(
    'sluice.yaml',
    configText(at.panel.url).replace('bare: { panel: dcim', `bare: { panel: dcim, ${limit}`),
  );
  await at.addService(1, { product: 'bare' });
  await at.poll();
  at.use(1, 60);
  expect((await at.bench.sluice('poll --quiet')).stdout).toMatch(
    /^svc-1 on dcim: held \(daily\), 60 GB of 50 GB \(120%\) are used.*; disable port eth0 \(7011\) applied;/,
  );
  const refused = await at.bench.sluice('hold release svc-1');
  expect([refused.exitCode, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/svc-1.*\(daily\).*protected_until.*hold release svc-1 --until DATE/s),
  ]);
  expect(refused.stderr).not.toContain('agent');
  const mistyped = await at.bench.sluice('hold release --all --reason dayly --yes');
  expect([mistyped.exitCode, mistyped.stderr]).toEqual([2, expect.stringMatching(/"dayly".*did you mean "daily"/)]);
  expect(
    (await at.bench.sluice('hold release --all --reason daily --yes --json')).json<RunReport>().totals,
  ).toMatchObject({
    released: 1,
  });
});

it('the release of an overdue service says that it lasts until the next run, and what ends it', async () => {
  at.bench.write('sluice.yaml', configText(at.panel.url, 'poll: { overdue: hold, doubt: { jump: off } }'));
  await at.addService(1);
  await at.poll();
  await at.bench.sluice('service set svc-1 next_due_date=2026-11-20');
  await at.poll();
  const refused = await at.bench.sluice('hold release svc-1');
  expect(refused.stderr).toMatch(/\(billing\).*provision renew svc-1.*svc-1 protected_until=DATE.*unsuspend svc-1/s);
  const again =
    'It was due on 2026-11-20, so the next run holds it unless it is renewed or protected (poll.overdue: hold)';
  expect(await lines('explain svc-1')).not.toContain(again);
  const ended = (await at.bench.sluice('provision unsuspend svc-1')).stdout;
  expect(ended).toMatch(/^svc-1: released \(billing\)/);
  expect(ended).toContain(`${again}\n`);
  expect((await lines('explain svc-1')).slice(1, 2)).toEqual([
    `${again}. To renew it: sluice provision renew svc-1. To protect it until a date: sluice service set svc-1 protected_until=DATE.`,
  ]);
  await at.bench.sluice('service set svc-1 protected_until=2026-12-01');
  expect((await at.bench.sluice('explain svc-1')).stdout).not.toContain(again);
});

it('the hold of an overdue service that runs hold no more is not called paid', async () => {
  const hold = 'poll: { overdue: hold, doubt: { jump: off } }';
  at.bench.write('sluice.yaml', configText(at.panel.url, hold));
  await at.addService(1);
  await at.poll();
  await at.bench.sluice('service set svc-1 next_due_date=2026-11-20');
  await at.poll();
  at.bench.write('sluice.yaml', configText(at.panel.url, hold.replace('overdue: hold', 'overdue: meter')));
  expect((await lines('explain svc-1')).join(' ')).toContain(
    ': its bill was not paid, which is no longer a reason to hold it.',
  );
});

it('a renewal to a date that is past releases nothing, and explain says that a date has to be named', async () => {
  at.bench.write('sluice.yaml', configText(at.panel.url, 'poll: { overdue: hold, doubt: { jump: off } }'));
  await at.addService(1);
  await at.poll();
  await at.bench.sluice('service set svc-1 next_due_date=2026-09-20');
  await at.poll();
  const { order } = toIds(1);
  expect(at.panel.order(order).status).toBe('suspended');
  expect((await lines('explain svc-1')).join(' ')).toContain('sluice provision renew svc-1 --until DATE');
  const renewed = (await at.bench.sluice('provision renew svc-1')).stdout;
  expect(renewed).toMatch(
    /renewed to 2026-10-20 \(was 2026-09-20\); nothing had to be changed.*still held: billing.*2026-10-20 is in the past/s,
  );
  expect(at.panel.order(order).status).toBe('suspended');
  await at.bench.sluice('provision renew svc-1 --until 2026-12-20');
  expect(at.panel.order(order).status).toBe('active');
  await at.poll();
  expect(at.panel.order(order).status).toBe('active');
});

describe('hold release --until', () => {
  it('is named by each command about the service, with its note and what ends it', async () => {
    await holdByQuota();
    await at.bench.sluice('hold release svc-1 --until 2026-11-25 --note transfer --actor bob');
    for (const words of ['hold list svc-1', 'service show svc-1', 'explain svc-1'])
      expect((await at.bench.sluice(words)).stdout).toMatch(/released until.*2026-11-25/);
    expect((await lines('explain svc-1')).slice(0, 2)).toEqual([
      'svc-1 is not held, although 200 GB of 100 GB (200%) are used.',
      'Its limits are released until 2026-11-25 (transfer): neither its quota nor another limit restricts it before. To end that now: sluice hold release svc-1 --until none.',
    ]);
    const released = 'svc-1: its limits are released until 2026-11-25 (transfer)';
    for (const words of ['hold list', 'hold list --product ports', 'hold list --panel dcim'])
      expect(await lines(words)).toContain(released);
    for (const words of ['hold list --product order', 'hold list --status past'])
      expect(await lines(words)).not.toContain(released);
    expect(await lines('hold release svc-1 --until none')).toEqual([
      'svc-1: its limits restrict again from now on; the next poll decides; nothing had to be changed on the panel',
      '',
    ]);
    expect((await lines('explain svc-1'))[0]).toBe(
      'svc-1 is not held, although 200 GB of 100 GB (200%) are used. The next poll decides again: sluice poll --service svc-1.',
    );
    expect((await at.bench.sluice('log list --runs')).stdout).toMatch(
      /svc-1 +hold release by bob +exit 0: transfer +run-/,
    );
  });

  it('refuses other dates and options', async () => {
    await holdByQuota();
    for (const words of [
      '--until 2026-11-20',
      '--until soon',
      '--until 2026-12-01 --reason manual',
      '--all --until 2026-12-01',
    ])
      expect([words, (await at.bench.sluice(`hold release svc-1 ${words}`)).exitCode]).toEqual([words, 2]);
    const none = await at.bench.sluice('hold release svc-1 --until none');
    expect([none.exitCode, none.stderr]).toEqual([1, expect.stringMatching(/"sluice hold list svc-1"\n$/)]);
  });
});

describe('what is said of releases', () => {
  const text = async (words: string): Promise<string> => {
    const { stdout, stderr } = await at.bench.sluice(words);
    return stdout + stderr;
  };

  it('names the date for a service that is not held, and observing for everything', async () => {
    await holdByQuota();
    await at.addService(2);
    await at.poll();
    for (const words of ['--dry-run', ''])
      expect(await text(`hold release svc-2 --until 2026-11-25 ${words}`.trim())).toContain(
        'its limits restrict nothing until 2026-11-25',
      );
    const preview = await text('hold release --all --dry-run');
    expect(preview).toMatch(/OBSERVING dcim: after this release nothing would be changed[^]*1 would be released/);
    expect(preview).not.toMatch(/[^e] released|nothing is changed/);
    await at.bench.sluice('override set svc-1 --quota 1TB');
    expect(await text('plan')).toContain('2 read, 1 held, 1 would be released');
    await at.bench.sluice('override clear svc-1');
    const done = await text('hold release --all --yes');
    expect(done).toMatch(/OBSERVING dcim: from now on nothing is changed any more\n[^]*1 released, 2 changes made/);
    expect(await text('explain svc-1')).toMatch(
      /^svc-1 is not held, although 200 GB .* are used: it is under observe on panel dcim, so nothing is restricted\. To restrict it from the next run on: sluice enforce dcim --only ports\.\n/,
    );
    await at.bench.sluice('hold release svc-1 --until 2026-11-25');
    await at.poll();
    expect(await text('explain svc-1')).not.toContain('sluice enforce');
  });

  it('names the peak that keeps a hold, and what ends it', async () => {
    for (const number of [1, 2, 3]) {
      await at.addService(number);
      at.panel.addTraffic(toIds(number).service, { in: number === 1 ? 5000 * GB : 10 * GB, out: 0 });
    }
    await pollNow();
    at.panel.resetTraffic(toIds(1).service);
    at.panel.addTraffic(toIds(1).service, { in: 96 * GB, out: 0 });
    await pollNow();
    const [held = '', ends = ''] = (await text('explain svc-1')).split('\n');
    expect(held).toMatch(
      /: 96 GB of 100 GB \(96%\) are used, but 4\.88 TB were read earlier in this cycle, and a fall to less than half releases nothing\.$/,
    );
    expect(await text('poll')).not.toMatch(/\d{9} bytes/);
    const [, command = ''] = /after a quota above that peak: sluice (override set .*?);/.exec(ends) ?? [];
    expect(ends).toContain('or until a date: sluice hold release svc-1 --until DATE');
    expect((await at.bench.sluice(command)).exitCode).toBe(0);
    await pollNow();
    expect((await at.bench.sluice('service show svc-1 --json')).json<ServiceDetail>().holds).toEqual([]);
  });

  const pollNow = async (): Promise<void> => {
    at.bench.clock.advance(HOUR);
    expect((await at.poll('--allow-mass')).exitCode).toBe(0);
  };
});

it('--note and --actor are for the log and for what a command creates', async () => {
  await at.addService(1);
  for (const words of ['override set svc-1 --quota 1TB', 'poll']) {
    const { exitCode, stderr } = await at.bench.sluice(`${words} --note why --actor bob`);
    expect([words, exitCode, stderr]).toEqual([words, 0, expect.anything()]);
  }
  const { entries } = (await at.bench.sluice('log list --runs --json')).json<{ entries: LogEntry[] }>();
  expect(entries.map(({ command, actor, note }) => [command, actor, note])).toEqual([
    ['poll', 'bob', 'why'],
    ['override set', 'bob', 'why'],
    ['service add', 'alice', null],
  ]);
  expect((await at.bench.sluice('override list')).stdout).toContain('why');
  expect((await at.bench.sluice(['hold', 'add', 'svc-1', '--actor', ' '])).exitCode).toBe(2);
});

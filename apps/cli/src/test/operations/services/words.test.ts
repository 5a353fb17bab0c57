import { beforeAll, describe, expect, it } from '@jest/globals';
import { startForAllTests } from '../../each-test.js';
import { configText, GB, startEasyDcimBench } from '../../easydcim-bench.js';

const MINUTE = 60_000;

const at = startForAllTests(startEasyDcimBench);
beforeAll(async () => {
  for (const number of [1, 2, 3]) await at.addService(number);
  await at.addService(4, { product: 'bare' });
});

async function text(words: string): Promise<string> {
  const { stdout, stderr } = await at.bench.sluice(words);
  return stdout + stderr;
}

// One story: each part continues the one before.
describe('what an operator reads', () => {
  it('of a service that was never polled is that a poll finds its allowance, unless its product has no quota', async () => {
    expect(await text('explain svc-1')).toContain('\nAllowance\n  none yet: run "sluice poll"\n');
    expect(await text('explain svc-4')).toContain('\nAllowance\n  no quota configured\n');
  });

  it('of previews is what would happen, and of quiet runs what happened', async () => {
    at.panel.addTraffic(501, { in: 119.5 * GB, out: 0 });
    at.panel.addTraffic(502, { in: 47 * GB, out: 0 });
    at.bench.clock.advance(10 * MINUTE);
    const preview = await text('poll --dry-run');
    expect(preview).toContain('would be held');
    expect(preview).toContain('disable port eth0 (7011) planned');
    expect(preview).toMatch(/4 services, 4 read, 1 would be held, 2 changes planned, none made\n$/);
    expect(preview.match(/^notice .*svc-1.*/gm)).toEqual([
      'notice would hold: svc-1 would be held (quota: 119.50 GB of 100 GB are used)',
    ]);
    at.bench.write('sluice.yaml', configText(at.panel.url, 'enforce: observe'));
    expect(await text('poll')).toMatch(/1 would be held, 2 changes planned, none made\n$/);
    expect(await text('explain svc-1')).toContain('It is under observe on panel dcim, so nothing was changed.');
    for (const words of ['usage', 'service list']) expect(await text(words)).toMatch(/svc-1 .* would be held/);
    expect(await text('usage --status over')).toContain('svc-1');
    expect(await text('poll --quiet')).toBe('');
    at.bench.write('sluice.yaml', configText(at.panel.url));
    expect(await text('plan')).toMatch(/\+ disable port eth0 \(7011\)/);
    expect(await text('poll --quiet')).toBe(
      'svc-1 on dcim: held (quota), 119.50 GB of 100 GB used; disable port eth0 (7011) applied; disable port eth1 (7012) applied\n',
    );
    expect(await text('poll --quiet')).toBe('');
  });

  it('of a hold is why, since when, and what ends it', async () => {
    const [held = '', ends = ''] = (await text('explain svc-1')).split('\n');
    expect(held).toBe('svc-1 is held since 20 Nov 2026 12:10: 119.50 GB of 100 GB (119%) are used.');
    expect(ends).toBe(
      'It is released with the next cycle on 15 Dec 2026, or by the poll after a larger quota: sluice override set svc-1 --quota 220GB.',
    );
    await text('override set svc-1 --quota 200GB');
    expect(await text('explain svc-1')).toContain(
      '\nIt has room again: the next run that reads it releases it: sluice poll --service svc-1.\n',
    );
    await text('override clear svc-1');
    const all = await text('explain svc-1');
    expect(all).toMatch(/\n {2}held: the allowance is used up \(rule at-or-over-allowance\), 20 Nov/);
    expect(all).toMatch(/\n {2}quota since 20 Nov 2026 12:10: the allowance is used up\n/);
    const { stdout: listed } = await at.bench.sluice('hold list --columns subject,rule,note --csv -');
    expect(listed).toContain('\nsvc-1,the allowance is used up,\n');
    expect(all).not.toMatch(/[{}"]:|\{/);
    expect(all).toMatch(/before: name eth0, admin enabled yes/);
    expect(await text('explain svc-2')).toMatch(
      /^svc-2 is not held: 47 GB of 100 GB \(47%\) are used in the cycle until 15 Dec 2026\. It is held once 100 GB are used\.\n/,
    );
    expect(await text('explain svc-4')).toMatch(/^svc-4 is not held: it has no quota/);
    expect(await text('hold add svc-2 --note')).toContain('argument missing');
    expect(await text('hold add svc-2')).toBe('svc-2: held (manual); panel updated\n');
    expect(await text('explain svc-2')).toMatch(
      /an operator restricted it\.\nIt is held until an operator releases it\. To release it: sluice hold release svc-2\.\n/,
    );
    expect(await text('hold release svc-2')).toBe('svc-2: released (manual); panel updated\n');
    expect(await text('provision suspend svc-2 --dry-run')).toMatch(
      /^svc-2: provision suspend \(dry run\); 1 change planned, none made\n {2}suspend order 902 planned\n$/,
    );
    expect(await text('provision suspend svc-2')).toBe('svc-2: held (billing); panel updated\n');
    expect(await text('explain svc-2')).toContain('To release it: sluice provision unsuspend svc-2.');
    const verbose = await text('provision unsuspend svc-2 --verbose');
    expect(verbose).toMatch(/^svc-2: released \(billing\); panel updated\n/);
    expect(verbose).toMatch(/product +ports\n[^]*unsuspend order 902 applied\n/);
  });

  it('of an override is the quota before and after, and where it comes from', async () => {
    expect(await text('service show svc-3')).toMatch(
      /mode +TOTAL \(product ports\)\n +quota +100 GB \(product ports\)\n/,
    );
    await at.bench.sluice('service set svc-3 base_quota_override_gb=150 traffic_mode=IN');
    const own = await text('service show svc-3');
    expect(own).toMatch(
      /mode +IN \(traffic_mode of the service\)\n +quota +150 GB \(base_quota_override_gb of the service\)/,
    );
    expect(await text('override set svc-3 --quota 200GB --mode OUT')).toBe(
      'svc-3: quota 200 GB (was 150 GB), mode OUT (was IN, that of the service); in force from the next poll\n',
    );
    await at.bench.sluice('override set svc-3 --mode OUT --note swap');
    expect(await text('override set svc-3 --quota 200GB')).toContain('the override is unchanged');
    const over = await text('service show svc-3');
    expect(over).toMatch(
      /mode +OUT \(override\)\n +quota +200 GB \(override\)\n +override +quota 200 GB, mode OUT since 20 Nov/,
    );
    expect(await text('override clear svc-3')).toContain(
      'quota 150 GB (was 200 GB), mode IN, that of the service (was OUT)',
    );
    await at.bench.sluice('service set svc-3 traffic_mode=');
    expect(await text('override set svc-3 --mode IN')).toContain('mode IN (was that of the product)');
  });

  it('of switches, panels and decisions is in words, not as they are stored', async () => {
    expect(await text('observe dcim')).toBe('OBSERVING panel dcim: nothing is changed (set with a command)\n');
    await at.poll();
    expect(await text('poll --verbose')).toMatch(/\n\S+ +dcim +(ok|unmanaged) \(observing\) /);
    expect(await text('poll --verbose')).not.toContain('would be held (observing)');
    expect(await text('explain svc-2')).toMatch(/ {2}enforce +observe, set with a command since 20 Nov 2026 \d/);
    expect(await text('observe dcim --as-configured')).toBe('panel dcim is enforced (set in the config (enforce))\n');
    await at.poll();
    expect(await text('explain svc-2')).toMatch(/ {2}enforce +on, set in the config \(enforce\)\n/);
    expect(await text('panel list')).toMatch(/\ndcim +EasyDCIM +on, set in the config \(enforce\) +http/);
    expect(await text('panel test')).toMatch(/^dcim \(EasyDCIM, http.*\): ok in/);
    expect(await text('poll --service svc-9')).toMatch(/did you mean "svc-\d"\? List the services/);
  });

  it('after a failed read is the last good figure with its age', async () => {
    await at.poll();
    at.panel.server.inject({ endpoint: /bandwidth/, fault: { kind: 'status', status: 500 } });
    at.bench.clock.advance(12 * MINUTE);
    await at.poll();
    expect(await text('usage')).toMatch(/svc-1 .*119\.50 GB .*12 min ago +held/);
    // What could not be read may well have something to change.
    expect(await text('plan')).not.toContain('Nothing to change');
    expect(await text('service show svc-2')).toMatch(/used +47 GB \(TOTAL, read 12 min ago\)/);
    const explained = await text('explain svc-2');
    expect(explained).toMatch(/The last run could not finish: .*HTTP 500.* The figures were read 12 min ago\.\n/);
    at.panel.server.clearFaults();
  });

  it('of readings that the brake stopped is that they were not used', async () => {
    const brake = 'poll: { doubt: { jump: off }, brake: { share: 1%, atLeast: 1 } }';
    at.bench.write('sluice.yaml', configText(at.panel.url, brake));
    await at.poll();
    for (const number of [2, 3]) at.panel.addTraffic(500 + number, { in: 5000 * GB, out: 0 });
    at.bench.clock.advance(MINUTE);
    const stopped = await text('poll');
    expect(stopped).toMatch(/1 held, 2 would be held, \d+ changes planned, none made\n/);
    expect(await text('explain svc-2')).toMatch(
      /One reading was not used; see below\.\n[^]*not used: the brake stopped the run/,
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { nodeFiles } from '@sluice/engine';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startWhmcsBench } from '../bench/whmcs-bench.js';
import { useOpened } from '../bench/each-test.js';
import { onFiles } from '../bench/on-files.js';

const [at, open] = useOpened(startWhmcsBench);

const fields = (id: number): number[] => [at.whmcs.service(id).bandwidthUsage, at.whmcs.service(id).bandwidthLimit];
const updates = (): number => at.whmcs.server.calls.filter(({ endpoint }) => endpoint === 'UpdateClientProduct').length;
/** Lets an hour pass with this traffic of the first service. */
const use = (traffic: { in: number; out: number }): void => {
  at.panel.addTraffic(501, traffic);
  at.bench.clock.advance(HOUR);
};
const begin = async (section: string): Promise<void> => {
  await open({ section });
  for (const number of [1, 2]) at.addService(number);
  await at.sync();
  use({ in: 20 * GB, out: 10 * GB });
};

describe('whmcs.pushUsage', () => {
  it('writes figures that changed, in the unit of the config, and nothing in a dry run', async () => {
    await begin(', pushUsage: megabytes');
    await at.poll({ dryRun: true });
    expect(updates()).toBe(0);
    await at.poll();
    expect([fields(1), fields(2), updates()]).toEqual([[30 * 1024, 100 * 1024], [0, 100 * 1024], 2]);
    await at.poll();
    expect(updates()).toBe(2);
    await at.sluice.overrides.set('whmcs-2', { quota: '1KB' });
    at.bench.clock.advance(HOUR);
    await at.poll();
    expect([fields(2), updates()]).toEqual([[0, 1], 3]);
    await at.bench.edit('megabytes', 'bytes');
    use({ in: GB, out: 0 });
    await at.sluice.overrides.set('whmcs-2', { unlimited: true });
    await at.sluice.panels.observe('dcim');
    await at.poll();
    expect(updates()).toBe(3);
    await at.sluice.panels.enforce('dcim');
    await at.poll();
    expect([fields(1), fields(2)]).toEqual([
      [31 * GB, 100 * GB],
      [0, 0],
    ]);
  });

  onFiles('writes figures also where the backup of the store fails', async () => {
    await begin(', pushUsage: bytes');
    const list = (): never => {
      throw new Error('the folder of the backups can not be read');
    };
    const { run } = await (await at.bench.restart({ files: { ...nodeFiles, list } })).reconcile();
    expect(run.outcome).toBe('failed');
    expect(fields(1)).toEqual([30 * GB, 100 * GB]);
  });

  it('reports failures as notices, enforces all the same, and writes the figures later', async () => {
    await begin(', pushUsage: bytes');
    use({ in: 100 * GB, out: 0 });
    at.whmcs.deleteService(2);
    const first = await at.poll({ allowMass: true });
    expect([first.run.outcome, first.totals.held]).toEqual(['done', 1]);
    const notPushed = first.notices.filter(({ code }) => code === 'usage_not_pushed');
    expect(notPushed.map(({ service }) => service)).toEqual(['whmcs-2']);
    expect(fields(1)).toEqual([130 * GB, 100 * GB]);
    use({ in: GB, out: 0 });
    at.whmcs.quirks.refusedAddress = '192.0.2.9';
    const second = await at.poll();
    expect([second.run.outcome, second.notices]).toEqual([
      'done',
      [{ code: 'usage_not_pushed', service: null, message: expect.stringContaining('192.0.2.9') }],
    ]);
    at.whmcs.quirks.refusedAddress = null;
    await at.poll();
    expect(fields(1)[0]).toBe(131 * GB);
    await at.bench.restart({
      secret: (value) => {
        if (value === at.whmcs.secret) throw new Error('no secret');
        return value;
      },
    });
    expect((await at.poll()).run.outcome).toBe('done');
  });

  it('reports a failure again when its cause changes, and when it begins again after a success', async () => {
    await begin(', pushUsage: bytes');
    const poll = async (): Promise<number> => {
      at.panel.addTraffic(501, { in: GB, out: 0 });
      at.bench.clock.advance(HOUR / 4);
      const { notices } = await at.poll();
      return notices.filter(({ code, service }) => code === 'usage_not_pushed' && service === null).length;
    };
    at.whmcs.quirks.refusedAddress = '192.0.2.9';
    expect([await poll(), await poll()]).toEqual([1, 0]);
    at.whmcs.quirks.refusedAddress = null;
    at.whmcs.quirks.denied.add('UpdateClientProduct');
    expect([await poll(), await poll()]).toEqual([1, 0]);
    at.whmcs.quirks.denied.clear();
    expect(await poll()).toBe(0);
    at.whmcs.quirks.denied.add('UpdateClientProduct');
    expect([await poll(), await poll()]).toEqual([1, 0]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { startForEachTest } from '../test/each-test.js';
import { startEasyDcimBench } from '../test/easydcim-bench.js';
import { GB, startFlvxBench } from '../test/flvx-bench.js';

const at = startForEachTest(startFlvxBench);

/** The lines on a terminal of so many columns. */
async function print(words: string, width: number): Promise<string[]> {
  at.bench.env.COLUMNS = String(width);
  return (await at.bench.sluice(words)).stdout.trimEnd().split('\n');
}

describe('panel unassigned', () => {
  it('lists what no service names within 60 columns, and more of it within 140, with the way to name one', async () => {
    const named = await at.create(1);
    at.panel.addUser({ user: '刘洋的新加坡中转线路', flow: 50 });
    at.panel.addForward(2, at.tunnels.hk);
    at.panel.traffic(1, { in: GB, out: 2 * GB });
    const narrow = await print('panel unassigned relay', 60);
    expect(Math.max(...narrow.slice(0, -1).map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(narrow[0]).toMatch(/^id +object +name/);
    expect(narrow.slice(1, 3)).toEqual([
      expect.stringMatching(/^2 +user +somebody-else/),
      expect.stringMatching(/^4 +user +刘洋/),
    ]);
    const wide = await print('panel unassigned relay', 140);
    expect(wide[0]).toMatch(/^id +object +name +state +used +limit .*expires .*client +.*addresses/);
    expect(wide[1]).toMatch(/^2 +user +somebody-else +active +3 GB +100 GB .*20 Nov 2027/);
    expect(wide.join('\n')).not.toContain(`${named}  user`);
    expect(wide.slice(3).join(' ').replaceAll(/\s+/g, ' ')).toBe(
      `2 of 3 on the panel. Name one with "sluice service add ID panel=relay product=PRODUCT flvx_user_id=2 flvx_username=somebody-else"`,
    );
  });

  it('prints the document with --json, the columns of the import with --csv, and nothing but that it is well', async () => {
    const listed = await at.bench.sluice('panel unassigned relay --json');
    expect([listed.exitCode, listed.stderr]).toEqual([0, '']);
    expect(listed.json()).toEqual({
      entries: [
        {
          ...{ panel: 'relay', object: 'user', id: '2', endedService: null, name: 'somebody-else', addresses: [] },
          ...{ clientName: null, clientEmail: null, state: 'active', limitBytes: 100 * GB, unlimited: false },
          ...{ usedBytes: 0, expiresAt: '2027-11-20T12:00:00.000Z', createdAt: '2026-11-20T12:00:00.000Z' },
          refs: { flvx_user_id: '2', flvx_username: 'somebody-else' },
        },
      ],
      onPanel: 1,
    });
    const { stdout } = await at.bench.sluice('panel unassigned relay --columns id,refs --csv -');
    expect(stdout.split(/\r?\n/)[1]).toBe('2,flvx_user_id=2 flvx_username=somebody-else');
    await at.addService(1, { values: ['flvx_user_id=2'] });
    expect((await at.bench.sluice('panel unassigned relay')).stdout).toBe(
      'Nothing: services name all that the panel has.\n',
    );
  });

  it('fails with the panel and what to do where its list can’t be read', async () => {
    at.panel.server.inject({ endpoint: /user\/list/, fault: { kind: 'html' } });
    const failed = await at.bench.sluice('panel unassigned relay');
    expect([failed.exitCode, failed.stdout]).toEqual([1, '']);
    expect(failed.stderr).toMatch(/Panel "relay".*sluice doctor --contract/s);
    expect((await at.bench.sluice('panel unassigned rely')).stderr).toContain('did you mean "relay"?');
  });
});

it('doctor --contract counts it and names the command; doctor alone does not ask', async () => {
  const { bench, panel, close } = await startEasyDcimBench();
  try {
    for (const n of [1, 2, 3])
      panel.addService({ id: 500 + n, orderId: 900 + n, serverId: 300 + n, user: 11, ports: [] });
    const { stdout } = await bench.sluice('doctor --contract');
    expect(stdout).toContain(
      'unassigned (dcim): 3 services of the panel are named by no service. "sluice panel unassigned dcim" lists them',
    );
    panel.server.clearCalls();
    expect((await bench.sluice('doctor')).stdout).not.toContain('unassigned');
    expect(panel.server.calls.filter(({ path }) => path.includes('orders'))).toEqual([]);
  } finally {
    await close();
  }
});

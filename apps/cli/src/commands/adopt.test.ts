import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { startForEachTest } from '../test/each-test.js';
import { startEasyDcimBench } from '../test/easydcim-bench.js';

const at = startForEachTest(startEasyDcimBench);

function addToPanel(...numbers: number[]): void {
  for (const n of numbers)
    at.panel.addService({
      ...{ id: 500 + n, orderId: 900 + n, serverId: 300 + n, user: 10 + n },
      ports: [{ id: 7000 + n, name: 'eth0' }],
    });
}

describe('adopt', () => {
  it('writes a row for each service of the panel, and changes and stores nothing', async () => {
    addToPanel(1, 2);
    const { exitCode, stdout } = await at.bench.sluice('adopt dcim --from panel');
    expect([exitCode, stdout]).toEqual([
      0,
      `dcim from panel: 2 services. Nothing was changed.

Files for review in adopted-dcim: services.csv
Next: sluice adopt apply adopted-dcim
`,
    ]);
    expect(at.bench.read('adopted-dcim/services.csv')).toBe(
      `id,panel,product,client_email,easydcim_service_id,easydcim_order_id,easydcim_server_id
dcim-501,dcim,bare,client-11@example.test,501,901,301
dcim-502,dcim,bare,client-12@example.test,502,902,302
`,
    );
    await at.bench.store(async (store) => {
      expect([await store.services.list(), await store.runs.list()]).toEqual([[], []]);
    });
  });

  it('names a product without a quota that the config does not have', async () => {
    addToPanel(1);
    at.bench.edit(/^ {2}bare: .*$/m, '');
    const { exitCode, stdout } = await at.bench.sluice('adopt dcim --from panel');
    expect(exitCode).toBe(3);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'To be decided: 1 product dcim-plain: no quota of its services is known: state one, or they are never held',
    );
    expect(at.bench.read('adopted-dcim/products.yaml')).toBe(`products:
  dcim-plain:
    # No quota of these services is known: state one here, such as quota: { total: 10TB }.
    panel: dcim
`);
  });

  it('names a service that has a row of the store already, and leaves it out', async () => {
    await at.addService(1);
    addToPanel(2);
    const { exitCode, stdout } = await at.bench.sluice('adopt dcim --from panel');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Left out: 1\n  service 501: it is service "svc-1" already\n');
    expect(at.bench.read('adopted-dcim/services.csv')).not.toContain(',501,');
  });

  it('refuses a source, a panel and a folder that do not do, before it reads anything', async () => {
    addToPanel(1);
    const said = async (words: string): Promise<unknown[]> => {
      const { exitCode, stderr } = await at.bench.sluice(words);
      return [exitCode, stderr];
    };
    expect(await said('adopt dcim')).toEqual([2, expect.stringContaining('Name what to adopt from with --from')]);
    expect(await said('adopt dcim --from hiddify')).toEqual([
      2,
      expect.stringMatching(/"hiddify"; known: panel, whmcs, easydcim-bw/),
    ]);
    expect(await said('adopt dcmi --from panel')).toEqual([1, expect.stringContaining('did you mean "dcim"?')]);
    expect(await said('adopt dcim --from whmcs')).toEqual([2, expect.stringContaining('no billing system')]);
    expect(await said('adopt apply nowhere')).toEqual([2, expect.stringContaining('is not a folder')]);
    mkdirSync(at.bench.path('full'));
    at.bench.write('full/notes.txt', 'mine');
    expect(await said('adopt dcim --from panel --out full')).toEqual([2, expect.stringContaining('has files already')]);
    expect([readdirSync(at.bench.path('full')), at.panel.server.calls]).toEqual([['notes.txt'], []]);
  });

  it('writes nothing where a list of the panel can’t be read whole', async () => {
    addToPanel(1);
    at.panel.server.inject({ endpoint: /orders/, fault: { kind: 'html' } });
    const { exitCode } = await at.bench.sluice('adopt dcim --from panel');
    expect([exitCode, existsSync(at.bench.path('adopted-dcim'))]).toEqual([1, false]);
  });

  it('prints the queries of a source, or writes them with the script that runs them', async () => {
    const printed = await at.bench.sluice('adopt dcim --from easydcim-bw --print-queries');
    expect(printed.stdout).toMatch(/^-- mod_easydcim_bw_guard_service_state\.csv: .*\nSELECT /);
    expect(printed.stdout).not.toMatch(/INSERT|UPDATE|DELETE|token|password\b.*SELECT/);
    const written = await at.bench.sluice('adopt dcim --from easydcim-bw --print-queries --out old');
    expect(written.stdout).toContain('  sh old/export.sh DATABASE\n');
    expect(at.bench.read('old/tbladdonmodules.sql')).toMatch(/^-- .*\nSELECT .*;\n$/s);
    expect(at.panel.server.calls).toEqual([]);
  });
});

describe('adopt apply', () => {
  it('stores all rows or none, and names every mistake with its file and line', async () => {
    addToPanel(1, 2);
    await at.bench.sluice('adopt dcim --from panel');
    const services = at.bench.read('adopted-dcim/services.csv');
    const config = at.bench.read('sluice.yaml');
    at.bench.write('adopted-dcim/services.csv', services.replace('502,dcim,bare', '502,dcim,baer'));
    const refused = await at.bench.sluice('adopt apply adopted-dcim');
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/services\.csv.*\n {2}line 3, dcim-502: /),
    ]);
    at.bench.write('adopted-dcim/services.csv', services);
    at.bench.write('adopted-dcim/overrides.csv', 'service,quota_gb\ndcim-501,12,5\ndcim-502,much\nnobody,3\n');
    at.bench.write('adopted-dcim/preferences.csv', 'service,enabled\ndcim-501,maybe\n');
    const { exitCode, stderr } = await at.bench.sluice('adopt apply adopted-dcim');
    expect(exitCode).toBe(2);
    for (const line of ['line 2: 3 cells', 'line 3, dcim-502: quota_gb: "much"', 'line 4, nobody: there is no service'])
      expect(stderr).toContain(line);
    expect(stderr).toContain('line 2, dcim-501: enabled: "maybe" is neither yes nor no');
    expect(at.bench.read('sluice.yaml')).toBe(config);
    await at.bench.store(async (store) => {
      expect(await store.services.list()).toEqual([]);
    });
  });

  it('adopts nothing where a port was enabled again meanwhile', async () => {
    addToPanel(1);
    await at.bench.sluice('adopt dcim --from panel');
    at.bench.write('adopted-dcim/holds.csv', 'service,reason,ports\ndcim-501,quota,7001\n');
    const { exitCode, stderr } = await at.bench.sluice('adopt apply adopted-dcim');
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/holds\.csv.*\n {2}line 2, dcim-501: .*7001/)]);
    await at.bench.store(async (store) => {
      expect(await store.services.list()).toEqual([]);
    });
    at.panel.staffDisablePort(7001);
    expect((await at.bench.sluice('adopt apply adopted-dcim')).exitCode).toBe(0);
    await at.bench.store(async (store) => {
      expect(await store.evidence.open({ services: ['dcim-501'] })).toMatchObject([{ target: '7001', adopted: true }]);
    });
  });

  it('counts an override and a preference that replace others as changed', async () => {
    addToPanel(1);
    await at.bench.sluice('adopt dcim --from panel');
    at.bench.write('adopted-dcim/overrides.csv', 'service,quota_gb\ndcim-501,12.5\n');
    at.bench.write('adopted-dcim/preferences.csv', 'service,enabled\ndcim-501,no\n');
    const apply = async (): Promise<string[]> =>
      (await at.bench.sluice('adopt apply adopted-dcim')).stdout.split('\n').slice(1, 3);
    const said = (counts: string): string[] => [`overrides: 1 row: ${counts}`, `preferences: 1 row: ${counts}`];
    expect(await apply()).toEqual(said('1 added, 0 changed, 0 unchanged'));
    expect(await apply()).toEqual(said('0 added, 0 changed, 1 unchanged'));
    at.bench.write('adopted-dcim/overrides.csv', 'service,quota_gb\ndcim-501,13\n');
    at.bench.write('adopted-dcim/preferences.csv', 'service,enabled,threshold_gb\ndcim-501,no,5\n');
    expect(await apply()).toEqual(said('0 added, 1 changed, 0 unchanged'));
  });
});

import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR, MINUTE } from '../bench/engine-bench.js';
import { startAgency } from './agency.js';

const at = useBench(startAgency);

describe('reconcile', () => {
  it('includes the sweep, also of a panel without services', async () => {
    await at.sluice.provision.terminate('svc-1');
    await at.sluice.services.remove('svc-1');
    await at.limit('north', 5);
    at.panel.use(at.loose, 5 * GB);
    at.bench.clock.advance(HOUR);
    const planned = await at.sluice.plan();
    expect([planned.run.changes, planned.agents?.[0]?.actions]).toEqual([
      true,
      [{ type: 'disable-user', target: at.loose, name: expect.any(String) as unknown, state: 'planned' }],
    ]);
    at.bench.clock.advance(MINUTE);
    const reconciled = await at.sluice.reconcile();
    expect([reconciled.run.outcome, reconciled.agents?.[0]?.name]).toEqual(['done', 'north']);
    expect(at.panel.user(at.loose).enable).toBe(false);
    expect((await at.sluice.plan()).run).toMatchObject({ outcome: 'done', changes: false });
  });

  it('does not sweep where no agent has a limit, nor for a single service', async () => {
    at.panel.server.clearCalls();
    await at.sluice.reconcile();
    await at.limit('north', 5);
    at.panel.server.clearCalls();
    expect((await at.sluice.reconcile({ service: 'svc-1' })).agents).toBeUndefined();
    expect(at.panel.server.calls.some(({ endpoint }) => endpoint === 'GET /api/v2/admin/admin_user/')).toBe(false);
  });

  it('says which panel could not be swept', async () => {
    await at.limit('north', 5);
    at.panel.server.inject({ endpoint: 'GET /api/v2/admin/admin_user/', fault: { kind: 'status', status: 502 } });
    at.bench.clock.advance(HOUR);
    const reconciled = await at.sluice.reconcile();
    expect(reconciled.run.outcome).toBe('partial');
    expect(reconciled.panels).toMatchObject([{ panel: 'vpn', error: { code: 'PANEL_SERVER_ERROR' } }]);
  });
});

import { copyFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { closeAfterTest, startForEachTest } from '../each-test.js';
import { GB, HOUR } from '../easydcim-bench.js';
import { startFlvxBench } from '../flvx-bench.js';
import { Bench } from '../harness.js';
import { copyTo, on } from './copied-store.js';

const at = startForEachTest(startFlvxBench);
let other: Bench;
let user: number;
beforeEach(async () => {
  other = closeAfterTest(new Bench(at.bench.clock));
  user = await at.create(1);
  at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  await poll(at.bench);
});

const poll = async (bench: Bench): Promise<RunReport> =>
  (await bench.sluice('poll --json', on(bench === at.bench ? 'first' : 'second'))).json<RunReport>();

const exceed = (): void => {
  at.panel.world.users.get(user)!.inFlow += 200 * GB;
  at.bench.clock.advance(HOUR);
};

/** The customer resumes what was paused, as his token can. */
const drift = (): void => {
  for (const forward of at.panel.world.forwards.values()) if (forward.userId === user) forward.status = 1;
  at.bench.clock.advance(HOUR);
};

describe('a copy of a store', () => {
  it('is named with the command that takes the panel over', async () => {
    copyTo(other, at.bench);
    exceed();
    await poll(at.bench);
    const remedy = 'sluice doctor --take-over --panel relay';
    const refused = await other.sluice('poll', on('second'));
    expect([refused.exitCode, refused.stderr]).toEqual([6, expect.stringContaining(remedy)]);
    expect((await other.sluice('metrics')).stdout).toContain('sluice_brake{panel="relay"} 1');
    expect((await other.sluice('doctor', on('second'))).stdout).toContain(remedy);
    expect((await other.sluice(remedy.replace('sluice ', ''), on('second'))).exitCode).toBe(0);
    expect((await at.bench.sluice('observe relay', on('first'))).stderr).toBe('');
  });

  it('goes on after a restore in its place, and names the command for one elsewhere', async () => {
    await at.bench.sluice('db backup copy.db');
    exceed();
    await poll(at.bench);
    const restored = await at.bench.sluice('db restore copy.db --yes --json', on('first'));
    expect(restored.json<{ behind: string[] }>().behind).toEqual([]);
    expect(restored.stderr).not.toContain('take-over');
    expect((await poll(at.bench)).error).toBeNull();
    drift();
    expect(await poll(at.bench)).toMatchObject({ error: null, run: { outcome: 'done', changes: true } });

    Object.assign(other.env, at.bench.env);
    other.write('sluice.yaml', at.bench.read('sluice.yaml'));
    copyFileSync(at.bench.path('copy.db'), other.path('copy.db'));
    const elsewhere = await other.sluice('db restore copy.db --yes --json', on('second'));
    expect(elsewhere.json<{ behind: string[] }>().behind).toEqual(['relay']);
    expect(elsewhere.stderr).toContain('sluice doctor --take-over');
    drift();
    expect((await poll(other)).error?.code).toBe('store_moved');
    await other.sluice('doctor --take-over', on('second'));
    expect((await poll(other)).error).toBeNull();
  });

  it('is behind on no panel that got another name since the backup', async () => {
    exceed();
    await poll(at.bench);
    await at.bench.sluice('db backup copy.db');
    const config = at.bench.read('sluice.yaml');
    at.bench.write('sluice.yaml', config.replace('  relay: {', '  hk: {').replaceAll('panel: relay', 'panel: hk'));
    drift();
    expect(await poll(at.bench)).toMatchObject({ error: null, run: { outcome: 'done', changes: true } });
    const restored = await at.bench.sluice('db restore copy.db --yes --json', on('first'));
    expect(restored.json<{ behind: string[] }>().behind).toEqual([]);
    drift();
    expect(await poll(at.bench)).toMatchObject({ error: null, run: { outcome: 'done', changes: true } });
  });
});

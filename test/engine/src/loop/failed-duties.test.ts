import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { nodeFiles } from '@sluice/engine';
import { keepMessages } from '../bench/client-channel.js';
import { intercept } from '../bench/intercept.js';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { DAY, HOUR } from '../bench/engine-bench.js';
import { onFiles } from '../bench/on-files.js';

const pings: string[] = [];
const channel = keepMessages();
/** Whether no file beside the store can be replaced. */
let isFull = false;

const at = useBench(() => {
  pings.length = 0;
  isFull = false;
  return startEasyDcimBench('heartbeat: "https://watch.test/id"\nnotify: [{ hook: x, events: [hold] }]', {
    channels: [channel.kind],
    files: {
      ...nodeFiles,
      replace(...file) {
        if (isFull) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        nodeFiles.replace(...file);
      },
    },
    ping: (url) => {
      pings.push(new URL(url).pathname.replace('/id', '') || 'success');
      return Promise.resolve();
    },
  });
});

const backups = (): string => path.join(at.bench.folder, 'sluice.db-backups');
/** Nothing can be written where the backups are. */
const blockBackups = (): void => {
  if (existsSync(backups())) rmSync(backups(), { recursive: true });
  writeFileSync(backups(), 'not a folder');
};

async function logged(command: string): Promise<unknown[]> {
  const { entries } = await at.sluice.log.list({ kinds: ['run'], command, limit: 5 });
  return entries.map((entry) => (entry as { outcome: unknown }).outcome);
}

async function readMetric(name: string, wanted: Record<string, string>): Promise<number | undefined> {
  const found = (await at.sluice.metrics()).metrics.find((metric) => metric.name === name);
  return found?.samples.find(({ labels }) => Object.entries(wanted).every(([key, value]) => labels[key] === value))
    ?.value;
}

describe('a run over panels whose work after them fails', () => {
  onFiles('has failed in its answer, the log, the metrics and the heartbeat', async () => {
    await at.addService(1);
    await at.sluice.panels.observe('dcim');
    blockBackups();
    const { run, error } = await at.sluice.reconcile();
    expect([run.outcome, error]).toEqual(['failed', expect.anything()]);
    expect(await logged('reconcile')).toEqual(['failed']);
    expect(await readMetric('sluice_run_last_success_timestamp_seconds', { command: 'reconcile' })).toBeUndefined();
    expect(await readMetric('sluice_run_outcome', { command: 'reconcile', outcome: 'failed' })).toBe(1);
    expect(await readMetric('sluice_run_outcome', { command: 'reconcile', outcome: 'done' })).toBe(0);
    expect(pings).toEqual(['/start', '/fail']);
    rmSync(backups());
    at.bench.clock.advance(HOUR);
    expect((await at.sluice.reconcile()).run.outcome).toBe('done');
    expect(await logged('reconcile')).toEqual(['done', 'failed']);
    expect(readdirSync(backups())).toContainEqual(expect.stringMatching(/^daily-/));
    expect(pings).toEqual(['/start', '/fail', '/start', 'success']);
  });

  onFiles('is cleaned up after all the same, where there was no backup', async () => {
    await at.addService(1);
    await at.sluice.panels.observe('dcim');
    await at.sluice.reconcile();
    at.bench.clock.advance(60 * DAY);
    blockBackups();
    const oldest = async (): Promise<string | undefined> =>
      (await at.bench.store.apiCalls.list({ limit: 1 }))[0]?.at.slice(0, 10);
    expect(await oldest()).toBe('2026-11-20');
    expect((await at.sluice.reconcile()).run.outcome).toBe('failed');
    expect(await oldest()).toBe('2027-01-19');
  });

  it('is a failed poll for doctor where the file of open holds can not be written', async () => {
    await at.addService(1);
    await at.addService(2);
    await at.poll();
    at.use(1, 200);
    isFull = true;
    const { run, error } = await at.poll();
    isFull = false;
    expect([run.outcome, error?.code]).toEqual(['failed', 'holds_file_not_written']);
    expect(at.panel.port(toIds(1).port(1)).adminState).toBe('down');
    const found = (await at.sluice.panels.doctor({})).checks.find(({ name }) => name === 'last poll');
    expect([found?.status, found?.code, found?.object]).toEqual(['warning', 'poll_failed', run.id]);
    expect(channel.sent.map(({ code }) => code)).toEqual(['hold']);
  });

  onFiles('did not end where the process is killed in it', async () => {
    await at.addService(1);
    let isKilled = false;
    const list = (): string[] => {
      isKilled = true;
      return [];
    };
    const store = intercept(at.bench.store, () => (isKilled ? Promise.reject(new Error('killed')) : null));
    await expect((await at.bench.restart({ store, files: { ...nodeFiles, list } })).reconcile()).rejects.toThrow();
    await at.bench.restart();
    expect(await logged('reconcile')).toEqual([null]);
    expect(await readMetric('sluice_run_last_success_timestamp_seconds', { command: 'reconcile' })).toBeUndefined();
    at.bench.clock.advance(HOUR);
    expect((await at.sluice.reconcile()).run.outcome).toBe('done');
  });
});

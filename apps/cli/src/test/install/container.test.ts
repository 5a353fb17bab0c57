import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startFakeEasyDcim, type FakeEasyDcim } from '@sluice/fake-panels';
import { ROOT } from './documented-steps.js';

const IMAGE = 'sluice-container-test';
const skipped = reasonToSkip();
const check = skipped === null ? it : it.skip;

function reasonToSkip(): string | null {
  if (process.env['SLUICE_LONG'] !== '1') return 'npm run test:long builds the image';
  const { status, error } = spawnSync('docker', ['info'], { stdio: 'ignore' });
  if (error !== undefined) return 'Docker is not installed here';
  return status === 0 ? null : "Docker's daemon is not running here";
}

let folder = '';
let panel: FakeEasyDcim;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-container-'));
  chmodSync(folder, 0o777);
  panel = await startFakeEasyDcim({ token: 'tok-1234' });
});
afterAll(async () => {
  await panel.close();
  rmSync(folder, { recursive: true, force: true });
});

const docker = (...words: string[]) => promisify(execFile)('docker', words, { encoding: 'utf8' });

/** Asks what the image's own check asks. */
async function untilHealthy(id: string): Promise<void> {
  const ask =
    "fetch('http://127.0.0.1:8787/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))";
  for (let tries = 0; tries < 100; tries++) {
    const isUp = await docker('exec', id, 'node', '-e', ask).then(
      () => true,
      () => false,
    );
    if (isUp) return;
  }
  throw new Error('the server in the container does not answer');
}

describe('the container', () => {
  check(
    `polls a panel as a user without rights${skipped === null ? '' : ` (skipped: ${skipped})`}`,
    async () => {
      panel.addService({ id: 501, orderId: 901, serverId: 301, user: 11, ports: [{ id: 7011, name: 'eth0' }] });
      writeFileSync(
        path.join(folder, 'sluice.yaml'),
        `timeZone: UTC
panels: { dcim: { kind: easydcim, url: "${panel.url}", allowHttp: true, token: "\${env:DCIM_TOKEN}" } }
products: { free: { panel: dcim, quota: unlimited } }
`,
        { mode: 0o644 },
      );
      await docker('build', '--quiet', '--tag', IMAGE, ROOT);
      const inside = [
        'run',
        '--rm',
        '--network',
        'host',
        '--volume',
        `${folder}:/data`,
        '--env',
        'DCIM_TOKEN=tok-1234',
      ];
      const pairs = ['panel=dcim', 'product=free', 'billing_cycle=monthly', 'next_due_date=2026-12-15'];
      await docker(...inside, IMAGE, 'service', 'add', 'svc-1', ...pairs, 'easydcim_service_id=501');
      const { stdout } = await docker(...inside, IMAGE, 'poll', '--json');
      expect(JSON.parse(stdout)).toMatchObject({ totals: { services: 1, read: 1 } });
      expect((await docker('run', '--rm', '--entrypoint', 'id', IMAGE, '-u')).stdout.trim()).not.toBe('0');
      await expect(docker(...inside, IMAGE)).rejects.toThrow('there is no token');
      const token = (await docker(...inside, IMAGE, 'api-token', 'create', 'prometheus', '--scope', 'read')).stdout;
      const server = ['run', '--detach', ...inside.slice(1), IMAGE];
      const id = (await docker(...server)).stdout.trim();
      try {
        await untilHealthy(id);
        expect((await fetch('http://127.0.0.1:8787/metrics')).status).toBe(401);
        const headers = { authorization: `Bearer ${token.trim()}` };
        const metrics = await (await fetch('http://127.0.0.1:8787/metrics', { headers })).text();
        expect(metrics).toContain('sluice_services{panel="dcim",status="ok"} 1\n');
      } finally {
        await docker('stop', id);
      }
    },
    1_800_000,
  );
});

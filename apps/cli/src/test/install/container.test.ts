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
    },
    1_800_000,
  );
});

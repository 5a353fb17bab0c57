import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { refuseElsewhere } from './elsewhere.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-elsewhere-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('refuses jobs that a crontab of the system or a timer of Sluice starts', () => {
  const at = (name: string): string => path.join(folder, name);
  const of = { config: '/srv/sluice/sluice.yaml', home: '/root' };
  const places = { crontabs: [at('crontab'), at('cron.d')], units: [at('units')] };
  const refuse = (): void => {
    refuseElsewhere(of, places);
  };
  expect(refuse).not.toThrow();
  mkdirSync(at('cron.d'));
  mkdirSync(at('units'));
  writeFileSync(at('cron.d/backup'), '5 4 * * * root /usr/bin/poll-backups\n# sluice poll\n');
  writeFileSync(at('units/sluice-poll.timer'), '# Written by Sluice for /srv/other.yaml\n[Timer]\n');
  expect(refuse).not.toThrow();
  writeFileSync(at('units/sluice-poll.timer'), '# Written by Sluice for /srv/sluice/sluice.yaml\n[Timer]\n');
  expect(refuse).toThrow(/units\/sluice-poll\.timer runs a job of this config already/);
  writeFileSync(at('cron.d/sluice'), '*/5 * * * * sluice sluice poll --config /srv/sluice/sluice.yaml\n');
  expect(refuse).toThrow(/cron\.d\/sluice runs a job of this config already/);
});

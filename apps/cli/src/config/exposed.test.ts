import { chmodSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { manualClock } from '@sluice/fake-panels';
import { Bench } from '../test/harness.js';
import { exposedConfig } from './exposed.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench(manualClock('2026-11-20T12:00:00Z'));
});
afterEach(() => {
  bench.close();
});

const configured = (token: string, url = 'https://dcim.example.com', kind = 'easydcim'): string => `panels:
  p: { kind: ${kind}, url: "${url}", ${kind === 'hiddify' ? 'apiKey' : 'token'}: "${token}" }
products: { ded: { panel: p, quota: 1TB } } # \${cmd:in a comment}
`;
const withMode = async (mode: number, text: string, words = 'service list'): Promise<[number, string[]]> => {
  bench.write('sluice.yaml', text);
  chmodSync(bench.path('sluice.yaml'), mode);
  const { exitCode, stderr } = await bench.sluice(words);
  return [exitCode, stderr.split('\n').slice(0, -1)];
};
const warning = (text: string): string =>
  `sluice: warning: every user of this machine can ${text.replaceAll('FILE', bench.path('sluice.yaml'))}`;

describe('a config that other users can write', () => {
  it('is refused where it names a program', async () => {
    const [exitCode, stderr] = await withMode(0o662, configured('${cmd:/bin/echo x}'));
    expect(exitCode).toBe(2);
    expect(stderr.join('\n')).toMatch(/every user of this machine can write .* can run programs .*chmod o-w/s);
    for (const words of ['poll --json', 'doctor', 'db check', 'config check']) {
      expect([words, (await bench.sluice(words)).exitCode]).toEqual([words, 2]);
    }
    chmodSync(bench.path('sluice.yaml'), 0o660);
    expect((await bench.sluice('service list')).exitCode).toBe(0);
  });

  it('is warned about once per run otherwise, also with --quiet and --json', async () => {
    const expected = [0, [warning('write FILE. Run "chmod o-w FILE"')]];
    for (const words of ['service list', 'service list --quiet', 'service list --json', 'db check']) {
      expect([words, ...(await withMode(0o666, configured('${env:T}'), words))]).toEqual([words, ...expected]);
    }
    const checked = await bench.sluice('config check');
    expect([checked.exitCode, checked.stderr]).toEqual([0, '']);
    expect(checked.stdout).toContain('warning every user of this machine can write');
  });
});

describe('a config that other users can read', () => {
  it('is warned about once per run if it contains a secret', async () => {
    const expected = [0, [warning('read FILE, which contains secrets. Run "chmod 640 FILE"')]];
    expect(await withMode(0o644, configured('literal'))).toEqual(expected);
    expect(await withMode(0o644, configured('${env:T}', 'https://vpn.example.com/s3cret', 'hiddify'))).toEqual(
      expected,
    );
    expect(await withMode(0o644, configured('${env:T}'))).toEqual([0, []]);
    expect(await withMode(0o640, configured('literal'))).toEqual([0, []]);
  });
});

describe('a config with a program that another user can change', () => {
  const folder = { mode: 0o755, uid: 0, gid: 0 };
  const own = { file: '/etc/sluice/sluice.yaml', mode: 0o640, uid: 1000, gid: 1000, folder };
  const self = { uid: 1000, gid: 1000 };
  const errors = (config: Partial<typeof own>, token = '${cmd:x}'): string[] =>
    exposedConfig({ ...own, ...config }, { panels: { p: { token } } }, [], self)
      .filter(({ severity }) => severity === 'error')
      .map(({ message }) => message);

  it('is refused by its group, its owner and its folder', () => {
    const refused = [
      [{ mode: 0o660, gid: 50 }, 'group 50 can write', 'chmod g-w /etc/sluice/sluice.yaml'],
      [{ uid: 1001 }, 'user 1001 can write', 'chown 1000 /etc/sluice/sluice.yaml'],
      [{ folder: { ...folder, mode: 0o777 } }, 'every user of this machine can write', 'chmod o-w /etc/sluice"'],
      [{ folder: { ...folder, mode: 0o775, gid: 50 } }, 'group 50 can write', 'chmod g-w /etc/sluice"'],
      [{ folder: { ...folder, uid: 1001 } }, 'user 1001 can write', 'chown 1000 /etc/sluice"'],
    ] as const;
    for (const [config, who, fix] of refused) {
      expect(errors(config)).toEqual([expect.stringContaining(who)]);
      expect(errors(config)).toEqual([expect.stringContaining(fix)]);
      expect(errors(config, '${env:T}')).toEqual([]);
    }
  });

  it('is accepted of this user and of root, with a group of its own, and in a sticky folder', () => {
    for (const config of [
      {},
      { mode: 0o660 },
      { uid: 0, gid: 0, mode: 0o664 },
      { folder: { ...folder, mode: 0o1777 } },
      { folder: { ...folder, mode: 0o775, uid: 1000, gid: 1000 } },
    ])
      expect(errors(config)).toEqual([]);
  });

  it('is warned about to all who can read a secret, even if they can write it too', async () => {
    const [, stderr] = await withMode(0o666, configured('literal'));
    expect(stderr).toEqual([
      warning('write FILE. Run "chmod o-w FILE"'),
      warning('read FILE, which contains secrets. Run "chmod 640 FILE"'),
    ]);
  });
});

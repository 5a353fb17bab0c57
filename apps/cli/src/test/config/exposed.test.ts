import { chmodSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { benchForEachTest } from '../each-test.js';

const bench = benchForEachTest();

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

  it('is warned about beside who can write it', async () => {
    const expected = [
      warning('write FILE. Run "chmod o-w FILE"'),
      warning('read FILE, which contains secrets. Run "chmod 640 FILE"'),
    ];
    expect(await withMode(0o666, configured('literal'))).toEqual([0, expected]);
  });
});

import { chmodSync, chownSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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

  it('is refused otherwise, too, where no command names it', async () => {
    for (const words of ['service list', 'poll', 'config check']) {
      const [exitCode, stderr] = await withMode(0o666, configured('${env:T}'), words);
      expect([words, exitCode]).toEqual([words, 2]);
      if (words !== 'config check')
        expect(stderr.join()).toContain(`name it with "--config ${bench.path('sluice.yaml')}"`);
    }
    expect((await bench.sluice('service list --config sluice.yaml')).exitCode).toBe(0);
    bench.env['SLUICE_CONFIG'] = bench.path('sluice.yaml');
    expect((await bench.sluice('service list')).exitCode).toBe(0);
  });

  const isRoot = process.getuid?.() === 0;
  const reason = isRoot ? '' : ' (skipped: only root can give a file to another user)';
  (isRoot ? it : it.skip)(`gets no secret of the environment in the folder of its owner${reason}`, async () => {
    const heard: string[] = [];
    const server = createServer(({ headers }, response) => {
      heard.push(String(headers.authorization));
      response.end('{}');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    Object.assign(bench.env, { DCIM: 'a-secret-of-root', BEAT: `http://127.0.0.1:${port}/beat` });
    const text = configured('${env:DCIM}', `http://127.0.0.1:${port}`).replace('token:', 'allowHttp: true, token:');
    bench.write('sluice.yaml', `${text}heartbeat: "\${env:BEAT}"\n`);
    for (const each of ['.', 'sluice.yaml']) chownSync(bench.path(each), 65_534, 65_534);
    try {
      for (const words of ['panel test', 'poll', 'doctor --contract'])
        expect([words, (await bench.sluice(words)).exitCode]).toEqual([words, 2]);
      expect(heard).toEqual([]);
      await bench.sluice('panel test --config sluice.yaml');
      expect(heard.join()).toContain('a-secret-of-root');
    } finally {
      chownSync(bench.path('.'), 0, 0);
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('is warned about once per run where it is named, also with --quiet and --json', async () => {
    bench.env['SLUICE_CONFIG'] = bench.path('sluice.yaml');
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
    bench.env['SLUICE_CONFIG'] = bench.path('sluice.yaml');
    const expected = [
      warning('write FILE. Run "chmod o-w FILE"'),
      warning('read FILE, which contains secrets. Run "chmod 640 FILE"'),
    ];
    expect(await withMode(0o666, configured('literal'))).toEqual([0, expected]);
  });
});

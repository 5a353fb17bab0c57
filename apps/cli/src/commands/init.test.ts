import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { startFakeEasyDcim, type FakeEasyDcim } from '@sluice/fake-panels';
import { checkConfigText } from '@sluice/config-file';
import { configKinds, KINDS } from '../kinds.js';
import type { PanelOutcome } from '../terminal/reports/panel-test.js';
import { benchForEachTest, closeAfterTest } from '../test/each-test.js';
import { type Outcome } from '../test/harness.js';

const TOKEN = 'tok-51aa-very-secret-token';
const DCIM = 'name=dcim,kind=easydcim,url=https://dcim.example.com,token-env=DCIM_TOKEN';

const bench = benchForEachTest();

interface Answer {
  question: RegExp;
  answer: string;
}

/** Answers the questions in their order; each must be the one that is expected. */
function operator(script: [RegExp, string][]): {
  ask: (question: string, options?: { secret?: boolean }) => Promise<string>;
  asked: { question: string; secret: boolean }[];
  left: () => number;
} {
  const answers: Answer[] = script.map(([question, answer]) => ({ question, answer }));
  const asked: { question: string; secret: boolean }[] = [];
  return {
    asked,
    left: () => answers.length,
    ask: (question, options) => {
      asked.push({ question, secret: options?.secret === true });
      const next = answers.shift();
      if (!next?.question.test(question)) {
        return Promise.reject(new Error(`asked "${question}" instead of ${String(next?.question)}`));
      }
      return Promise.resolve(next.answer);
    },
  };
}

const start: [RegExp, string][] = [
  [/^Time zone/, 'Europe/Berlin'],
  [/^Currency/, 'EUR'],
];

function document(outcome: Outcome): { file: string; panels: PanelOutcome[]; next: string[] } {
  return outcome.json();
}

/** The problems of the written config with all its examples made real. */
function withExamples(text: string): { message: string }[] {
  const uncommented = text
    .replace('panels: {}', 'panels:')
    .split('\n')
    .map((line) => (/^#\S|^# {2,}\S/.test(line) ? line.slice(1) : line))
    .join('\n');
  expect(uncommented).not.toBe(text);
  return checkConfigText(uncommented, 'sluice.yaml', configKinds({})).problems.filter(
    (problem) => problem.severity === 'error',
  );
}

describe('init with options', () => {
  it('writes a private, commented config that starts with "enforce: observe" and holds', async () => {
    const outcome = await bench.sluice([
      ...['init', '--no-test', '--json', '--panel', DCIM],
      ...['--time-zone', 'America/Sao_Paulo', '--currency', 'BRL', '--state', 'data/state.db'],
    ]);
    expect(outcome.exitCode).toBe(0);
    expect(document(outcome)).toEqual({
      file: bench.path('sluice.yaml'),
      panels: [
        {
          name: 'dcim',
          kind: 'easydcim',
          url: 'https://dcim.example.com',
          capabilities: [],
          enforce: null,
          ok: null,
          latencyMs: null,
          credentialsUntil: null,
          warnings: [],
          error: null,
        },
      ],
      next: ['sluice panel test', 'sluice service import services.csv', 'sluice poll'],
    });
    expect(statSync(bench.path('sluice.yaml')).mode & 0o777).toBe(0o600);
    const text = bench.read('sluice.yaml');
    expect(text).toContain('\nenforce: observe\n');
    expect(text).toContain('\n    token: ${env:DCIM_TOKEN}\n');
    const { config, problems } = checkConfigText(text, bench.path('sluice.yaml'), configKinds({}));
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      timeZone: 'America/Sao_Paulo',
      currency: 'BRL',
      state: './data/state.db',
      enforce: 'observe',
      panels: { dcim: { kind: 'easydcim', url: 'https://dcim.example.com', token: '${env:DCIM_TOKEN}' } },
    });
    expect((await bench.sluice('config check')).exitCode).toBe(0);
    // Nothing but the config and the schema for editors was made.
    expect(readdirSync(bench.folder)).toEqual(['sluice.schema.json', 'sluice.yaml']);
  });

  it('has examples of products that are right once they are uncommented', async () => {
    const panels = KINDS.map(({ kind }) => {
      const secrets = { flvx: 'password-env=P', hiddify: 'api-key-env=K' };
      const secret = (secrets as Record<string, string>)[kind] ?? 'token-env=T';
      return `name=the-${kind},kind=${kind},url=https://${kind}.example.com/path,${secret}`;
    });
    panels.push('name=by-token,kind=flvx,url=https://by-token.example.com,token-env=T');
    const twice = 'name=null,kind=easydcim,url=https://second.example.com,token-credential=second-token';
    for (const [name, specs, currency] of [
      ['all.yaml', [...panels, twice], ['--currency', 'EUR']],
      ['none.yaml', [], []],
      ['one.yaml', [DCIM], []],
    ] as const) {
      const words = specs.flatMap((spec) => ['--panel', spec]);
      const { exitCode } = await bench.sluice(['init', name, '--no-test', '--quiet', ...words, ...currency]);
      expect(exitCode).toBe(0);
      expect((await bench.sluice(['config', 'check', '--config', name])).exitCode).toBe(0);
      expect(withExamples(bench.read(name))).toEqual([]);
    }
    expect(bench.read('all.yaml')).toContain('    token: ${credential:second-token}\n');
    expect(bench.read('all.yaml')).toContain('    username: admin\n');
    expect(bench.read('all.yaml')).toContain(
      '    # Credentials: username and password, or token.\n    token: ${env:T}\n',
    );
  });

  it('leaves a config that is there alone, unless --force says otherwise', async () => {
    bench.write('sluice.yaml', 'mine');
    const refused = await bench.sluice(['init', '--no-test', '--panel', DCIM]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain(`${bench.path('sluice.yaml')} exists`);
    expect(bench.read('sluice.yaml')).toBe('mine');
    const forced = await bench.sluice(['init', '--no-test', '--force', '--quiet', '--panel', DCIM]);
    expect([forced.exitCode, forced.stdout, forced.stderr]).toEqual([0, '', '']);
    expect(bench.read('sluice.yaml')).toContain('kind: easydcim');
    expect(statSync(bench.path('sluice.yaml')).mode & 0o777).toBe(0o600);
    expect(readdirSync(bench.folder)).toEqual(['sluice.schema.json', 'sluice.yaml']);
  });

  it('writes where it is told, and its next commands name a file that is not found by itself', async () => {
    const { stdout } = await bench.sluice(['init', 'etc/of us/sluice.yaml', '--panel', DCIM, '--no-test']);
    expect(stdout).toContain(`sluice poll --config '${bench.path('etc/of us/sluice.yaml')}'`);
    expect(existsSync(bench.path('etc/of us/sluice.yaml'))).toBe(true);
    mkdirSync(bench.path('.config/sluice'), { recursive: true });
    const found = await bench.sluice(['--config', '.config/sluice/sluice.yaml', 'init', '--no-test', '--panel', DCIM]);
    expect(found.stdout).toContain('sluice poll  ');
  });

  it('takes a secret from standard input into a file of its own', async () => {
    const spec = 'kind=flvx,url=https://relay.example.com,username=ops,password-stdin=file';
    const { exitCode, stdout } = await bench.sluice(['init', 'conf/sluice.yaml', '--no-test', '--panel', spec], {
      readStdin: () => Promise.resolve(Buffer.from(`${TOKEN}\n`)),
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`The password of relay is in ${bench.path('conf/relay.password')} (mode 0600).`);
    expect(bench.read('conf/relay.password')).toBe(`${TOKEN}\n`);
    expect(statSync(bench.path('conf/relay.password')).mode & 0o777).toBe(0o600);
    expect(bench.read('conf/sluice.yaml')).toContain('password: ${file:./relay.password}');
    expect(bench.printed + bench.read('conf/sluice.yaml')).not.toContain(TOKEN);
  });

  it('never replaces a file that holds a secret', async () => {
    bench.write('dcim.token', 'older');
    const spec = 'kind=easydcim,url=https://dcim.example.com,token-stdin=file';
    await bench.sluice(['init', '--no-test', '--panel', spec], {
      readStdin: () => Promise.resolve(Buffer.from(TOKEN)),
    });
    expect(bench.read('dcim.token')).toBe('older');
    expect(bench.read('dcim.token-2')).toBe(`${TOKEN}\n`);
    expect(bench.read('sluice.yaml')).toContain('${file:./dcim.token-2}');
  });

  it('leaves nothing behind where the schema beside the config can not be written', async () => {
    mkdirSync(bench.path('sluice.schema.json'));
    const spec = 'kind=easydcim,url=https://dcim.example.com,token-stdin=file';
    const { exitCode, stderr } = await bench.sluice(['init', '--no-test', '--panel', spec], {
      readStdin: () => Promise.resolve(Buffer.from(TOKEN)),
    });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("sluice.schema.json can't be written")]);
    expect(readdirSync(bench.folder)).toEqual(['sluice.schema.json']);
  });

  it('finds the files of secrets from where they are named', async () => {
    bench.write('token.txt', TOKEN);
    const spec = (file: string): string => `kind=easydcim,url=https://dcim.example.com,token-file=${file}`;
    const written = async (name: string, file: string): Promise<string> => {
      await bench.sluice(['init', name, '--no-test', '--panel', spec(file)]);
      return /token: (.*)/.exec(bench.read(name))?.[1] ?? '';
    };
    expect(await written('a.yaml', 'token.txt')).toBe('${file:./token.txt}');
    expect(await written('conf/b.yaml', 'token.txt')).toBe(`\${file:${bench.path('token.txt')}}`);
    expect(await written('c.yaml', '~/secrets/token')).toBe('${file:./secrets/token}');
  });

  it.each([
    ['kind=easydcm,url=https://a,token-env=T', 'did you mean "easydcim"'],
    ['url=https://a,token-env=T', 'kind=… is missing'],
    ['kind=easydcim,token-env=T', 'url=… is missing'],
    ['kind=easydcim,url=dcim.example.com,token-env=T', 'begin with https://'],
    ['kind=easydcim,url=http://a,token-env=T', 'allow-http=true'],
    ['kind=easydcim,url=https://me:pw@a,token-env=T', 'contains a username or password'],
    ['kind=hiddify,url=https://a,api-key-env=K', 'has no secret path'],
    ['kind=flvx,url=https://a/#/login,token-env=T', 'contains a query or fragment'],
    ['kind=easydcim,url=https://a', 'name one source of the token'],
    ['kind=easydcim,url=https://a,token-env=T,token-file=t', 'name one source of the token'],
    ['kind=easydcim,url=https://a,token=abc,token-env=T', 'others can see a secret'],
    ['kind=easydcim,url=https://a,tokn-env=T', 'name one source of the token'],
    ['kind=easydcim,url=https://a,token-env=T,nam=x', 'did you mean "name"'],
    ['kind=easydcim,url=https://a,token-env=1T', 'not a valid name of an environment variable'],
    ['kind=easydcim,url=https://a,token-file={x}', 'the path is empty or contains a brace'],
    ['kind=easydcim,url=https://a,token-stdin=yes', 'file or config'],
    ['kind=flvx,url=https://a,username=ops,token-env=T', 'use username and password, or token, not both'],
    ['kind=flvx,url=https://a,token=abc', 'name one source of the token'],
    ['name=a b,kind=easydcim,url=https://a,token-env=T', 'not a valid panel name'],
    ['kind=easydcim,kind=flvx,url=https://a,token-env=T', 'kind is repeated'],
    ['easydcim', 'key=value pairs'],
  ])('refuses the panel %s', async (spec, message) => {
    const { exitCode, stderr } = await bench.sluice(['init', '--no-test', '--panel', spec]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain('nothing was written');
    expect(stderr).not.toMatch(/=abc|me:pw/);
    expect(readdirSync(bench.folder)).toEqual([]);
  });

  it.each([
    [['--time-zone', 'Berlin'], 'not an IANA time zone; did you mean "Europe/Berlin"?'],
    [['--currency', 'euro'], 'not a currency'],
    [['--state', 'postgres://x'], 'is not an address such as postgres://user@host/database'],
    [['--panel', DCIM, '--panel', DCIM], 'the name "dcim" is used twice'],
    [['--panel', 'kind=oracle,url=https://a,token-env=T'], 'is not a kind of panel; known: easydcim, flvx, hiddify'],
  ])('refuses %j', async (words, message) => {
    const { exitCode, stderr } = await bench.sluice(['init', '--no-test', ...words]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(readdirSync(bench.folder)).toEqual([]);
  });
});

describe('init with a panel to test', () => {
  let panel: FakeEasyDcim;
  beforeEach(async () => {
    panel = closeAfterTest(await startFakeEasyDcim({ token: TOKEN, now: bench.clock.now, timeZone: 'UTC' }));
  });

  const spec = (): string => `kind=easydcim,url=${panel.url},allow-http=true,token-env=DCIM_TOKEN`;

  it('tests it, says the outcome and what to do next', async () => {
    bench.env['DCIM_TOKEN'] = TOKEN;
    const outcome = await bench.sluice(['init', '--json', '--panel', spec()]);
    expect(outcome.exitCode).toBe(0);
    expect(document(outcome).panels).toMatchObject([
      { name: 'dcim', kind: 'easydcim', url: panel.url, ok: true, error: null, capabilities: expect.any(Array) },
    ]);
    expect(document(outcome).next).toEqual([
      'sluice adopt dcim --from panel',
      'sluice doctor --contract',
      'sluice poll',
    ]);
    const tested = (await bench.sluice('panel test --json')).json<{ panels: PanelOutcome[] }>().panels;
    expect(document(outcome).panels.map((each) => ({ ...each, latencyMs: 0 }))).toEqual(
      tested.map((each) => ({ ...each, latencyMs: 0 })),
    );
  });

  it('keeps the config when a panel refuses, and says so', async () => {
    bench.env['DCIM_TOKEN'] = 'wrong-token';
    const { exitCode, stdout } = await bench.sluice(['init', '--panel', spec()]);
    expect(exitCode).toBe(3);
    expect(stdout).toContain('PANEL_AUTH');
    expect(stdout).toContain('sluice panel test');
    expect((await bench.sluice('config check')).exitCode).toBe(0);
  });

  it('names the secret that is not there', async () => {
    const outcome = await bench.sluice(['init', '--json', '--panel', spec()]);
    expect(outcome.exitCode).toBe(3);
    expect(document(outcome).panels[0]?.error).toMatchObject({ code: 'secret_missing' });
    expect(document(outcome).panels[0]?.error?.message).toContain('DCIM_TOKEN');
  });

  it('never prints the secret path of an address', async () => {
    bench.env['KEY'] = '5f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d7';
    const vpn = (url: string): string[] => ['--panel', `kind=hiddify,url=${url},api-key-env=KEY,allow-http=true`];
    for (const [index, url] of [`${panel.url}/s3cretpath`, 'http://127.0.0.1:1/s3cretpath'].entries()) {
      for (const more of [[], ['--json'], ['--verbose']]) {
        const shown = await bench.sluice(['init', '--force', ...vpn(url), ...more]);
        expect([index, shown.exitCode]).toEqual([index, 3]);
        expect(shown.stdout).toContain(`${new URL(url).origin}/***/`);
      }
    }
    await bench.sluice(['init', 'x.yaml', ...vpn('vpn.example.com/s3cretpath')]);
    await bench.sluice(['init', 'x.yaml', ...vpn('http://me:pw@vpn.example.com/s3cretpath')]);
    expect(bench.printed).not.toContain('s3cretpath');
  });

  it('offers to write what a panel has as files for review', async () => {
    bench.env['DCIM_TOKEN'] = TOKEN;
    panel.addService({ id: 501, orderId: 901, serverId: 301, user: 11, ports: [{ id: 7011, name: 'eth0' }] });
    const { ask, left } = operator([
      ...start,
      [/^Kind of the panel/, 'easydcim'],
      [/^Name of the panel/, ''],
      [/^Address of the panel/, panel.url],
      [/^Plain http/, 'y'],
      [/^Which/, '1'],
      [/variable \[DCIM_TOKEN\]/, ''],
      [/^Kind of another panel/, ''],
      [/^Name of a first product on dcim/, '-'],
      [/^Write what dcim has now into files for review \(.*\)\? \[y\/N\]/, 'y'],
    ]);
    const { exitCode, stdout } = await bench.sluice('init', { ask });
    expect([exitCode, left()]).toEqual([0, 0]);
    expect(stdout).toMatch(/dcim from panel: 1 service, .*Nothing was changed\./);
    expect(bench.read('adopted-dcim/services.csv')).toContain('501,901,301');
  });

  it('calls nothing with --no-test', async () => {
    await bench.sluice(['init', '--no-test', '--panel', spec()]);
    expect(panel.server.calls).toEqual([]);
  });

  it('asks an operator, never shows a secret that was typed, and keeps it in a file', async () => {
    const { ask, asked, left } = operator([
      ...start,
      [/^Kind of the panel/, 'easydcim'],
      [/^Name of the panel in the config \[dcim\]/, ''],
      [/^Address of the panel/, panel.url],
      [/^Plain http/, 'y'],
      [/^Which/, '4'],
      [/^The token \(not shown\)/, 'wrong-token-1'],
      [/^Enter the panel again/, ''],
      // The answers are kept: the address without a second question about plain http.
      [/^Name of the panel in the config \[dcim\]/, ''],
      [new RegExp(`^Address of the panel \\[${panel.url.replaceAll('.', '\\.')}/?\\]`), ''],
      [/^Keep the token as entered before/, ''],
      [/^Enter the panel again/, 'y'],
      [/^Name of the panel in the config \[dcim\]/, ''],
      [/^Address of the panel \[/, ''],
      [/^Keep the token as entered before/, 'n'],
      [/^Which/, '4'],
      [/^The token \(not shown\)/, TOKEN],
      [/^Kind of another panel/, ''],
      [/^Name of a first product on dcim; - for none \[ded-10tb\]/, 'ded-5'],
      [/^Traffic included in a billing cycle.*\[10TB\]/, '5TB'],
      [/^Write what dcim has now into files for review \(.*\)\? \[y\/N\]/, ''],
    ]);
    const { exitCode, stdout } = await bench.sluice('init', { ask });
    expect([exitCode, left()]).toEqual([0, 0]);
    expect(stdout).toMatch(/dcim \(EasyDCIM, .*\): ok in \d+ ms/);
    expect(stdout.indexOf('PANEL_AUTH')).toBeLessThan(stdout.indexOf('ok in'));
    expect(existsSync(bench.path('sluice.db'))).toBe(false);
    expect(asked.filter(({ secret }) => secret).map(({ question }) => question)).toEqual([
      'The token (not shown): ',
      'The token (not shown): ',
    ]);
    const { config } = checkConfigText(bench.read('sluice.yaml'), bench.path('sluice.yaml'), configKinds({}));
    expect(config?.products).toMatchObject({ 'ded-5': { panel: 'dcim', quota: { total: 5 * 1024 ** 4 } } });
    const added = await bench.sluice(
      'service add svc-1 panel=dcim product=ded-5 billing_cycle=monthly next_due_date=2026-12-15 easydcim_service_id=501',
    );
    expect([added.exitCode, added.stderr]).toEqual([0, '']);
    expect(bench.read('dcim.token')).toBe(`${TOKEN}\n`);
    expect(bench.read('sluice.yaml')).toContain('token: ${file:./dcim.token}');
    expect(bench.printed + bench.read('sluice.yaml')).not.toContain(TOKEN);
    expect(statSync(bench.path('dcim.token')).mode & 0o777).toBe(0o600);
  });
});

describe('init on a terminal', () => {
  it('takes every way of giving a secret', async () => {
    const panelAnswers = (kind: string, name: string, way: string, ...more: [RegExp, string][]): [RegExp, string][] => [
      [/^Kind/, kind],
      [/^Name of the panel/, name],
      [/^Address of the panel/, `https://${name}.example.com/path`],
      ...(kind === 'flvx' ? [[/^username of the panel \[admin\]/, 'ops'] as [RegExp, string]] : []),
      [/^Which/, way],
      ...more,
    ];
    const { ask, left } = operator([
      [/^Time zone/, ''],
      [/^Currency/, ''],
      ...panelAnswers('easydcim', 'a', '', [/variable \[A_TOKEN\]/, '']),
      ...panelAnswers('flvx', 'b', '2', [/^Path/, 'secrets/b']),
      ...panelAnswers('hiddify', 'c', '3', [/^Name of the credential \[c\.api-key\]/, '']),
      ...panelAnswers('easydcim', 'd', '5', [/^The token/, TOKEN]),
      [/^Kind/, 'flvx'],
      [/^Name of the panel/, 'e'],
      [/^Address of the panel/, 'https://e.example.com'],
      [/^username of the panel \[admin\]; - to use a token instead: /, '-'],
      [/^Which/, '1'],
      [/variable \[E_TOKEN\]/, ''],
      [/^Kind/, ''],
      [/^Panel of a first product \(a, b, c, d, e\) \[a\]/, 'b'],
      [/^Name of a first product on b/, '-'],
    ]);
    bench.env['TZ'] = 'Asia/Tokyo';
    const { exitCode } = await bench.sluice('init --no-test', { ask });
    expect([exitCode, left()]).toEqual([0, 0]);
    const { config } = checkConfigText(bench.read('sluice.yaml'), bench.path('sluice.yaml'), configKinds({}));
    expect(config).toMatchObject({
      timeZone: 'Asia/Tokyo',
      panels: {
        a: { token: '${env:A_TOKEN}' },
        b: { username: 'ops', password: '${file:./secrets/b}' },
        c: { apiKey: '${credential:c.api-key}' },
        // The operator chose to have this one in the file.
        d: { token: TOKEN },
        e: { token: '${env:E_TOKEN}' },
      },
    });
    expect(config?.currency).toBeUndefined();
    expect(bench.printed).not.toContain(TOKEN);
  });

  it('asks again where an answer does not do', async () => {
    const { ask, left } = operator([
      [/^Time zone/, 'Berlin'],
      [/^Time zone/, 'Europe/Berlin'],
      [/^Currency/, 'eur'],
      [/^Currency/, 'EUR'],
      [/^Kind/, 'plesk'],
      [/^Kind/, 'easydcim'],
      [/^Name of the panel/, ''],
      [/^Address of the panel/, 'dcim'],
      [/^Address of the panel/, 'http://dcim.example.com'],
      [/^Plain http/, 'perhaps'],
      [/^Plain http/, ''],
      [/^Address of the panel/, 'https://dcim.example.com'],
      [/^Which/, '9'],
      [/^Which/, '4'],
      [/^The token/, ''],
      [/^The token/, ' a b '],
      [/^The token/, TOKEN],
      [/^Kind/, 'easydcim'],
      [/^Name of the panel/, ''],
      [/^Name of the panel/, 'second'],
      [/^Address of the panel/, 'https://second.example.com'],
      [/^Which/, '1'],
      [/variable/, ''],
      [/^Kind/, ''],
      [/^Panel of a first product/, 'x'],
      [/^Panel of a first product/, ''],
      [/^Name of a first product/, 'a b'],
      [/^Name of a first product/, ''],
      [/^Traffic/, 'lots'],
      [/^Traffic/, 'unlimited'],
    ]);
    const { exitCode, stdout } = await bench.sluice('init --no-test', { ask });
    expect([exitCode, left()]).toEqual([0, 0]);
    for (const said of [
      'not an IANA time zone',
      'not a currency',
      'not a kind of panel',
      'begin with https://',
      'already',
      '"x" is not a panel',
      'not a valid product name',
      '"lots"',
    ]) {
      expect(stdout).toContain(said);
    }
    const { config } = checkConfigText(bench.read('sluice.yaml'), bench.path('sluice.yaml'), configKinds({}));
    expect(config?.products).toMatchObject({ 'ded-10tb': { panel: 'dcim', quota: { total: 'unlimited' } } });
    expect(withExamples(bench.read('sluice.yaml'))).toEqual([]);
  });

  it('points editors at a schema beside the config, which works offline and is not written over another file', async () => {
    await bench.sluice(['init', '--no-test', '--panel', DCIM]);
    const [, schema = ''] = /^# yaml-language-server: \$schema=\.\/(\S+)\n/.exec(bench.read('sluice.yaml')) ?? [];
    const printed = (await bench.sluice('config schema')).json();
    expect(JSON.parse(bench.read(schema))).toEqual(printed);
    bench.write(schema, '{"title": "mine"}');
    await bench.sluice(['init', '--no-test', '--force', '--panel', DCIM]);
    expect(bench.read(schema)).toBe('{"title": "mine"}');
  });

  it('gives up when a question stays without an answer, and has written nothing', async () => {
    const { ask } = operator([...start, ...Array.from({ length: 5 }, (): [RegExp, string] => [/^Kind/, 'x'])]);
    const { exitCode, stderr } = await bench.sluice('init', { ask });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('nothing was written');
    expect(readdirSync(bench.folder)).toEqual([]);
  });

  it('asks only for what the options leave open, and nothing with --json', async () => {
    const { ask, left } = operator([[/^Kind/, '']]);
    const open = await bench.sluice('init --time-zone UTC --currency EUR', { ask });
    expect([open.exitCode, left()]).toEqual([0, 0]);
    expect(open.stdout).toContain('sluice config check');
    const silent = operator([]);
    const outcome = await bench.sluice('init other.yaml --json', { ask: silent.ask });
    expect(document(outcome).panels).toEqual([]);
    expect(silent.asked).toEqual([]);
  });

  it('refuses a folder that can not be written before it asks anything, in plain words', async () => {
    bench.write('taken', 'a file');
    const { ask, asked } = operator([]);
    const { exitCode, stderr } = await bench.sluice('init taken/sluice.yaml', { ask });
    expect([exitCode, stderr]).toEqual([
      2,
      `sluice: ${bench.path('taken/sluice.yaml')} can't be written: a part of its path is a file, not a folder. Name another file\n`,
    ]);
    expect(asked).toEqual([]);
  });

  it('refuses a config that is there before it asks anything', async () => {
    bench.write('sluice.yaml', 'mine');
    const { ask, asked } = operator([]);
    expect((await bench.sluice('init', { ask })).exitCode).toBe(2);
    expect(asked).toEqual([]);
  });
});

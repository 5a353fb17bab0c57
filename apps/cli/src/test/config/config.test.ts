import { describe, expect, it } from '@jest/globals';
import { benchForEachTest } from '../each-test.js';
import { describedSchema } from '@sluice/engine';
import { BILLING, CHANNELS, configKinds, KINDS } from '../../kinds.js';
import { checkConfigText, type ConfigProblem } from '@sluice/config-file';
import { parseDuration, parseShare } from '@sluice/panel-kind';

const bench = benchForEachTest();

async function check(text: string): Promise<{ exitCode: number; problems: ConfigProblem[] }> {
  bench.write('sluice.yaml', text);
  const { exitCode, json } = await bench.sluice('config check --json');
  return { exitCode, problems: json<{ problems: ConfigProblem[] }>().problems };
}

const GOOD = `timeZone: Europe/Berlin
panels:
  dcim:
    kind: easydcim
    url: https://dcim.example.com
    token: \${env:TOKEN}
products:
  ded: { panel: dcim, quota: { total: 10TB }, action: both }
`;

describe('config check', () => {
  it('finds nothing wrong in a good file', async () => {
    expect(await check(GOOD)).toEqual({ exitCode: 0, problems: [] });
  });

  it('names the included file in which something is wrong', async () => {
    bench.write('products.yaml', 'products:\n  small: { panel: dcim, quota: { total: 1TB } }\n');
    const including = `include: [products.yaml]\n${GOOD}`;
    expect(await check(including)).toEqual({ exitCode: 0, problems: [] });
    bench.write('products.yaml', 'products:\n  small:\n    panel: dcmi\n    quota: { total: 1TB }\n');
    const { exitCode, problems } = await check(including);
    expect([exitCode, problems]).toMatchObject([2, [{ path: 'products.small.panel', file: 'products.yaml', line: 3 }]]);
    const { stdout } = await bench.sluice('config check');
    expect(stdout).toMatch(/^error products\.yaml, line 3: products\.small\.panel: /);
    expect((await bench.sluice('service list')).stderr).toContain('products.yaml, line 3');
  });

  it('warns of secrets of every section that are written in the file', async () => {
    const { exitCode, problems } = await check(`${GOOD}serve: { token: literal-token-of-the-server }
heartbeat: https://watch.example.com/ping/6f0c
notify:
  - { webhook: https://hooks.example.com/T0/s3cr3t, secret: literal-key }
  - { name: other, webhook: "\${env:HOOK}", secret: "\${file:key}" }
  - { telegram: "1", token: 1:bot-token }
  - { mail: a@example.com, from: a@example.com, smtp: smtp://a@example.com, password: mail-password }
childEnv: [VAULT_ADDR]
`);
    const message = 'the secret is written in the file itself; use ${env:NAME} or ${file:/path} instead';
    expect(exitCode).toBe(0);
    expect(problems.map(({ path, ...found }) => [path, found.message === message && found.severity])).toEqual(
      ['serve.token', 'heartbeat', 'notify.0.webhook', 'notify.0.secret', 'notify.2.token', 'notify.3.password'].map(
        (path) => [path, 'warning'],
      ),
    );
    const wrong = await check(`${GOOD}childEnv: [VAULT_ADDR=x]\n`);
    expect(wrong.problems.map(({ path }) => path)).toEqual(['childEnv.0']);
  });

  it('warns that programs get less of the environment, until the config says what they need', async () => {
    const warned = async (more: string): Promise<string[]> =>
      (await check(`${GOOD}${more}`)).problems.map(({ severity, path }) => `${severity} ${path}`);
    for (const names of ['notify: [{ command: /bin/x }]\n', 'heartbeat: "${cmd:/bin/x}"\n']) {
      expect(await warned(names)).toEqual(['warning childEnv']);
      expect(await warned(`${names}childEnv: []\n`)).toEqual([]);
    }
  });

  it('has one interval of polls, wherever it is stated', async () => {
    const interval = (more: string): unknown =>
      checkConfigText(`${GOOD}${more}`, 'sluice.yaml', configKinds({})).config?.poll.interval;
    expect([interval('schedule: { poll: 5m }'), interval('poll: { interval: 5m }')]).toEqual([300_000, 300_000]);
    expect(interval('poll: { overdue: hold }\nschedule: { poll: 5m }')).toBe(300_000);
    expect(interval('poll: { interval: 5m }\nschedule: { poll: 300s }')).toBe(300_000);
    const wrong = async (more: string): Promise<unknown> =>
      (await check(`${GOOD}${more}`)).problems.map(({ path }) => path);
    expect(await wrong('poll: { interval: 15m }\nschedule: { poll: 5m }\n')).toEqual(['schedule.poll']);
    expect(await wrong('schedule: { poll: 5 }\n')).toEqual(['schedule.poll']);
    expect(await wrong('schedule: { reconcile: "24:00" }\n')).toEqual(['schedule.reconcile']);
  });

  it('reports an unreadable message beside other errors, in the order of the lines', async () => {
    const text = GOOD.replace('action: both', 'credentials: { message: mail.txt }, quotta: 1');
    const { exitCode, problems } = await check(`nope: 1\n${text}also: 2\n`);
    expect([exitCode, problems.map(({ line, path }) => `${String(line)} ${path}`)]).toEqual([
      2,
      ['1 nope', '9 products.ded.credentials.message', '9 products.ded.quotta', '10 also'],
    ]);
  });

  it('names the nearest known key and the line of an unknown one', async () => {
    const { exitCode, problems } = await check(GOOD.replace('    token:', '    tokn: x\n    token:'));
    expect(exitCode).toBe(2);
    expect(problems).toEqual([
      { severity: 'error', path: 'panels.dcim.tokn', line: 6, message: 'unknown key "tokn"; did you mean "token"?' },
    ]);
  });

  it('collects every problem before it reports', async () => {
    const { problems } = await check(
      GOOD.replace('Europe/Berlin', 'Mars/Olympus')
        .replace('10TB', '10 boxes')
        .replace('both', 'explode')
        .concat('\npolls: {}\n'),
    );
    expect(problems.map(({ path, line }) => [path, line])).toEqual(
      expect.arrayContaining([
        ['timeZone', 1],
        ['products.ded.quota.total', 8],
        ['polls', 10],
      ]),
    );
  });

  it('sees that the parts fit together', async () => {
    const { problems } = await check(
      `${GOOD}  lost: { panel: nowhere }\n  relay: { panel: dcim, quota: 1GB, action: pause, provision: auto, packages: [none], flvx: { tunnelId: 1 } }\npackages:\n  p: { traffic: 1GB, price: "1.00" }\n`,
    );
    const errors = problems.filter(({ severity }) => severity === 'error').map(({ path }) => path);
    expect(errors.sort()).toEqual([
      'packages.p.currency',
      'products.lost.panel',
      'products.relay.action',
      'products.relay.flvx',
      'products.relay.packages',
      'products.relay.provision',
    ]);
  });

  it('refuses every key whose feature does not exist yet, all at once, beside the other problems', async () => {
    const { exitCode, problems } = await check(`timeZone: Mars/Olympus
whmcs: { url: https://b.example.com, identifier: i, secret: "\${env:S}" }
billing: whmcs
limits: [{ id: fair-use }]
currency: EUR
panels:
  dcim: { kind: easydcim, url: https://dcim.example.com, token: "\${env:TOKEN}" }
products:
  ded:
    { panel: dcim, quota: 1TB }
  two: { panel: dcim, quota: 1TB, whmcs: {}, limits: [{ id: x }], autoBuy: { package: none } }
`);
    expect(exitCode).toBe(2);
    expect(problems.map(({ path, line }) => `${line} ${path}`).sort()).toEqual(
      [
        '1 timeZone',
        '4 limits',
        '11 products.two.autoBuy.package',
        '11 products.two.limits.0.action',
        '11 products.two.limits.0.allowance',
        '11 products.two.limits.0.window',
      ].sort(),
    );
    const others = ['timeZone', 'products.two.'];
    const unbuilt = problems.filter(({ path }) => !others.some((other) => path.startsWith(other)));
    expect(unbuilt.filter(({ message }) => !/not (available|supported) yet\. /.test(message))).toEqual([]);
  });

  it('checks channels of notices: their keys, names, events, readers and templates', async () => {
    const shown = async (entries: string): Promise<string[]> => {
      const { problems } = await check(`${GOOD}${entries}`);
      return problems.map(({ severity, path, message }) => `${severity} ${path}: ${message}`).sort();
    };
    expect(
      await shown(`heartbeat: ftp://watch.example.com
notify:
  - { telegram: "1", tokn: x }
  - { name: one, command: /bin/x, events: [hold, digst] }
`),
    ).toEqual([
      'error heartbeat: is not an address that begins with https:// or http://',
      'error notify.0.token: this key is missing',
      'error notify.0.tokn: unknown key "tokn"; did you mean "token"?',
      'error notify.1.events.1: "digst" is not valid here; did you mean "digest"?',
    ]);
    expect(
      await shown(`notify:
  - { webhook: "ftp://a", secret: x, timeout: 1m }
  - { mail: "a@example.com, b@example.com", from: c@example.com, smtp: "smtp://u:p@host" }
  - { name: two, command: /bin/x, for: client, events: [hold, digest], clients: { "7": x } }
  - { name: two, command: /bin/x, clients: { "7": x }, template: { hold: "{servce}", helo: "{message}" } }
`),
    ).toEqual([
      'error notify.0.timeout: is longer than 30s',
      'error notify.0.webhook: is not an address that begins with https:// or http://',
      'error notify.1.mail: is not an e-mail address',
      'error notify.1.smtp: has a password: move it to "password"',
      'error notify.2.events: clients are not notified of "digest"; known: threshold, hold, release, purchase, auto-buy-refused',
      'error notify.3.clients: is only for entries with "for: client"',
      'error notify.3.name: "two" is the name of another entry: name each of them',
      expect.stringMatching(/^error notify.3.template.helo: there is no event or language "helo"/),
      expect.stringMatching(
        /^error notify.3.template.hold: there is no placeholder \{servce\}; did you mean "service"/,
      ),
    ]);
  });

  it('refuses a name under which something else is called', async () => {
    const paths = async (more: string): Promise<string[]> =>
      (
        await check(`panels:
  dcim: { kind: easydcim, url: https://dcim.example.com, token: "\${env:T}" }
  webhook: { kind: easydcim, url: https://other.example.com, token: "\${env:T}" }
  whmcs: { kind: easydcim, url: https://third.example.com, token: "\${env:T}" }
${more}`)
      ).problems
        .map(({ path, message }) => `${path}: ${message}`)
        .sort();
    expect(await paths('')).toEqual([]);
    expect(
      await paths(`whmcs: { url: https://b.example.com, identifier: "\${env:I}", secret: "\${env:S}" }
notify:
  - { webhook: "https://a.example.com", secret: x }
  - { name: dcim, command: /bin/x }
  - { command: /bin/y }
  - { command: /bin/z }
`),
    ).toEqual([
      'notify.0.name: "webhook" is the name of a panel: use another one',
      'notify.1.name: "dcim" is the name of a panel: use another one',
      'notify.3.name: "command" is the name of another entry: name the one that is new, or what waits for the other is sent to it',
      'panels.whmcs: calls to WHMCS have this name in the log: use another one',
    ]);
  });

  it('refuses limits that the kind of panel can not keep', async () => {
    const { problems } = await check(`panels:
  relay: { kind: flvx, url: https://relay.example.com, username: a, password: "\${env:P}" }
products:
  good: { panel: relay, limits: [{ id: fair-use, window: day, allowance: 10GB, action: throttle }] }
  bad:
    panel: relay
    quota: 1TB
    limits:
      - { id: quota, window: day, allowance: 10GB, action: pause }
      - { id: twice, window: day, allowance: 10GB, action: suspend }
      - { id: twice, window: month, allowance: "20.00", action: pause }
  odd: { panel: relay, limits: [{ id: Odd name, window: hour, allowance: 10, action: pause }] }
`);
    expect(problems.map(({ path, message }) => `${path}: ${message}`).sort()).toEqual([
      'products.bad.limits.0.id: "quota" is reserved: use another id',
      'products.bad.limits.1.action: "suspend" is not an action of flvx; known: pause, redirect, throttle',
      'products.bad.limits.2.allowance: unsupported: FLVX does not report charges of calls within a poll; remove the limit',
      'products.bad.limits.2.id: "twice" is the id of another limit of this product',
      'products.odd.limits.0.allowance: the unit is missing: write a size such as 10GB or 10TB',
      'products.odd.limits.0.id: is not an id: use small letters, digits and hyphens',
      'products.odd.limits.0.window: "hour" is not valid here; known: day, week, month, cycle',
    ]);
  });

  it('accepts accounts without a command only on panels with accounts, with a place for passwords', async () => {
    const config = (relay: string, more = ''): string => `panels:
  dcim: { kind: easydcim, url: https://dcim.example.com, token: "\${env:TOKEN}" }
  relay: { kind: flvx, url: https://relay.example.com, token: "\${env:TOKEN}" }
  vpn: { kind: hiddify, url: https://vpn.example.com/path, apiKey: "\${env:TOKEN}" }
products:
  vpn: { panel: vpn, quota: 1TB, provision: auto, terminate: auto }
${relay}
${more}`;
    const auto = '  relay: { panel: relay, quota: 1TB, provision: auto, terminate: auto';
    const ded = '  ded: { panel: dcim, quota: 1TB, provision: auto, terminate: auto }';
    const whmcs = 'whmcs: { url: https://b.example.com, identifier: "${env:I}", secret: "${env:S}" }';
    const refused = await check(config(`${auto} }\n${ded}`));
    expect(refused.problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'products.relay.credentials: there is no place for the passwords: set writeTo to a folder or whmcs',
      'products.ded.provision: EasyDCIM has no accounts that Sluice could create or remove: remove the key, or use "manual"',
      'products.ded.terminate: EasyDCIM has no accounts that Sluice could create or remove: remove the key, or use "manual"',
    ]);
    const toWhmcs = `${auto}, credentials: { writeTo: whmcs } }`;
    const { problems } = await check(config(toWhmcs));
    expect(problems.map(({ path }) => path)).toEqual(['products.relay.credentials.writeTo']);
    expect((await check(config(toWhmcs, whmcs))).exitCode).toBe(0);
    expect((await check(config(`${auto}, credentials: { writeTo: ./secrets } }`))).exitCode).toBe(0);
  });

  it('warns of a product without a quota, except of lines, which have none', async () => {
    const bare = GOOD.replace('quota: { total: 10TB }, ', '');
    expect((await check(bare)).problems.map(({ path }) => path)).toEqual(['products.ded.quota']);
    const voice =
      '  voice: { kind: astbilling, url: "https://voice.example.com/api", token: "${env:TOKEN}", currency: BRL, billFrom: 2026-12-01 }\n';
    const lines = GOOD.replace(
      'products:\n',
      `${voice}products:\n  line: { panel: voice, astbilling: { plan: "7" } }\n`,
    );
    expect((await check(lines)).problems).toEqual([]);
    expect((await check(lines.replace(', billFrom: 2026-12-01', ''))).problems).toEqual([
      {
        ...{ severity: 'warning', path: 'panels.voice', line: expect.any(Number) },
        message: expect.stringMatching(/^no job bills its calls: set billFrom to the first day to bill/),
      },
    ]);
  });

  it('names what the billing system lacks for lines of calls', async () => {
    const voice =
      '  voice: { kind: astbilling, url: "https://voice.example.com/api", token: "${env:TOKEN}", currency: BRL, billFrom: 2026-12-01 }\n';
    const lines = GOOD.replace(
      'products:\n',
      `${voice}products:\n  line: { panel: voice, astbilling: { plan: "7" } }\n`,
    );
    const billed = (calls: string): string =>
      `${lines}billing: whmcs\nwhmcs: { url: "https://billing.example.com", identifier: "\${env:TOKEN}", secret: "\${env:TOKEN}"${calls} }\n`;
    const found = async (calls: string) =>
      (await check(billed(calls))).problems.map(({ severity, message }) => `${severity} ${message}`);
    expect(await found('')).toEqual([
      'warning calls are not billed in WHMCS without whmcs.calls.taxed',
      'warning calls are not billed in WHMCS without whmcs.calls.onlyWriter: true',
    ]);
    expect(await found(', calls: { taxed: true, onlyWriter: true }')).toEqual([]);
  });

  it('accepts what switches nothing on, and warns of auto-buy without a package on offer', async () => {
    const { exitCode, problems } = await check(`${GOOD.replace('both', 'both, provision: manual, terminate: manual')}
billing: ledger
currency: EUR
notify: []
autoBuy: { enabled: false, package: extra }
packages: { extra: { traffic: 1TB, price: "10.00" } }
`);
    expect([exitCode, problems]).toEqual([0, []]);
    const sold = `${GOOD}currency: JPY\nautoBuy: { enabled: true, package: extra }\n`;
    const found = await check(`${sold}packages: { extra: { traffic: 1TB, price: "10" } }\n`);
    expect(found.problems.map(({ severity, path }) => `${severity} ${path}`)).toEqual(['warning products.ded.autoBuy']);
    const wrong = await check(
      `${sold.replace('true', 'true, thresholdGb: 1, thresholdPercent: 2')}packages: { extra: { traffic: 1TB, price: "10.50" } }\n`,
    );
    const errors = wrong.problems.filter(({ severity }) => severity === 'error').map(({ path }) => path);
    expect(errors.sort()).toEqual(['autoBuy', 'packages.extra.price']);
    const kuwaiti = `${GOOD}currency: KWD\nwhmcs: { url: "https://bill.example", identifier: "\${env:A}", secret: "\${env:B}" }\n`;
    const thirds = `packages: { extra: { traffic: 1TB, price: "1.505" }, even: { traffic: 1TB, price: "1.500" } }\n`;
    expect((await check(`${kuwaiti}${thirds}`)).exitCode).toBe(0);
    const rounded = await check(`${kuwaiti}${thirds}billing: whmcs\n`);
    expect(rounded.problems).toMatchObject([
      {
        path: 'packages.extra.price',
        message: `package "extra" can't be charged exactly for 1.505 KWD: WHMCS has amounts with 2 decimals in every currency and at most 14 digits before them`,
      },
    ]);
    const large = thirds.replace('1.505', '123456789012345').replace('1.500', '12345678901234.50');
    const long = await check(`${kuwaiti}${large}billing: whmcs\n`);
    expect(long.problems).toMatchObject([{ path: 'packages.extra.price' }]);
  });

  it.each([
    ['', 'installation: voice, ', 'voice'],
    ['installation: sp1, ', 'installation: sp1, ', 'sp1'],
  ])('refuses the same identity of bills on two panels: %s', async (first, second, name) => {
    const voice = (panel: string, own: string): string =>
      `  ${panel}: { kind: astbilling, url: "https://${panel}.example.com/api", ${own}token: "\${env:TOKEN}", currency: BRL, billFrom: 2026-12-01 }\n`;
    const found = await check(GOOD.replace('products:', `${voice('voice', first)}${voice('other', second)}products:`));
    expect(found.problems).toMatchObject([
      { path: 'panels.other.installation', message: expect.stringContaining(`"${name}" is in the identity`) },
    ]);
    const apart = GOOD.replace('products:', `${voice('voice', first)}${voice('other', '')}products:`);
    expect((await check(apart)).problems).toEqual([]);
  });

  it('finds what the text of a line on an invoice may not contain', async () => {
    const found = await check(`${GOOD}invoiceLines: { purchase: "{trafic}", calls: "{username} {last}" }\n`);
    expect(found.problems.filter(({ severity }) => severity === 'error')).toMatchObject([
      { path: 'invoiceLines.purchase', message: expect.stringContaining('did you mean "traffic"?') },
    ]);
    const lines = await check(`${GOOD}invoiceLines: { calls: { en: "{period}", fa: "{perod}", tr: "x" } }\n`);
    expect(lines.problems).toMatchObject([{ path: 'invoiceLines.calls.tr' }]);
    const languages = await check(`${GOOD}invoiceLines: { calls: { en: "{period} {name}", fa: "{perod}" } }\n`);
    expect(languages.problems).toMatchObject([
      { path: 'invoiceLines.calls.fa', message: expect.stringContaining('did you mean "period"?') },
    ]);
    const url = await check(`${GOOD}brand: { topUpUrl: billing }\n`);
    expect(url.problems).toMatchObject([{ path: 'brand.topUpUrl' }]);
  });

  it.each([
    ['name', '"Exa\\u001b[31mmple"', 'control character'],
    ['name', '"elpmaxe\\u202E"', 'mark of direction'],
    ['contact', '"one\\ntwo"', 'line end'],
    ['contact', '"mailto:"', 'is a link without an address'],
    ['name', `"${'x'.repeat(61)}"`, 'at most 60 characters'],
    ['name', '"  "', 'the value is empty'],
    ['colour', '#0b5cad', 'since # begins a comment'],
    ['colour', 'blue', 'such as "#0b5cad"'],
    ['colour', '"#12345"', 'such as "#0b5cad"'],
    ['logo', 'logo.svg', "logo.svg can't be read (ENOENT)"],
    ['mention', 'never', 'write true or false'],
  ])('finds what a brand may not be: %s: %s', async (key, value, why) => {
    const { exitCode, problems } = await check(`${GOOD}brand:\n  ${key}: ${value}\n`);
    expect([exitCode, problems]).toMatchObject([2, [{ path: `brand.${key}`, message: expect.stringContaining(why) }]]);
  });

  it('accepts a brand in any language', async () => {
    bench.write('logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
    const brand = [
      `name: 'می\u200Cزبان <b>&"'`,
      'logo: ./logo.svg',
      'colour: "#FA0"',
      'contact: "تلفن: 021 000"',
      'terms: https://example.com/terms',
      'mention: false',
    ];
    expect(await check(`${GOOD}brand:\n  ${brand.join('\n  ')}\n`)).toEqual({ exitCode: 0, problems: [] });
  });

  const panel = (kind: string, url: string): string =>
    `panels:\n  one: { kind: ${kind}, url: "${url}", allowHttp: true }\n`;
  const KINDS_OF_PANELS = [
    'easydcim, token: "${env:T}"',
    'flvx, token: "${env:T}"',
    'astbilling, token: "${env:T}", currency: EUR, billFrom: 2026-12-01',
    'hiddify, apiKey: "${env:T}"',
  ];

  it.each([
    ...[
      'panel.example.com/abc',
      'https:/x',
      'http//x',
      'https://',
      'https://a b/c',
      'https://x:99999/c',
      'https://[::1',
    ],
    ...['ftp://x/c', 'file:///etc/passwd', 'https://admin:S3cret@x/c', '  ', '${env:URL}', '${file:/run/url}'],
  ])('refuses an address that no client of a panel can use: %s', async (url) => {
    for (const kind of KINDS_OF_PANELS) {
      const { exitCode, problems } = await check(panel(kind, url));
      const errors = problems.filter(({ severity }) => severity === 'error');
      expect([kind, exitCode, errors]).toMatchObject([kind, 2, [{ path: 'panels.one.url', line: 2 }]]);
      expect(JSON.stringify(problems)).not.toContain('S3cret');
    }
  });

  it.each(['billing.example.com', 'https://x:99999/', 'https://me:S3cret@x/'])(
    'refuses an address of WHMCS that no client can use: %s',
    async (url) => {
      const { exitCode, problems } = await check(
        `${GOOD}whmcs: { url: "${url}", identifier: "\${env:I}", secret: "\${env:S}" }\n`,
      );
      expect([exitCode, problems]).toMatchObject([
        2,
        [{ path: 'whmcs.url', message: expect.stringMatching(/^The address /) }],
      ]);
    },
  );

  it.each([
    ['serve.publicUrl', 'https://me:S3cret@sluice.example.com'],
    ['serve.publicUrl', 'https://sluice.example.com?x'],
    ['serve.publicUrl', 'https://sluice.example.com/#a'],
    ['brand.topUpUrl', 'https://me:S3cret@pay.example.com/add'],
    ['brand.terms', 'https://me:S3cret@example.com/terms'],
    ['brand.terms', 'javascript:alert(1)'],
    ['brand.contact', 'https://me:S3cret@example.com/help'],
  ])('refuses an address that would tell or break what clients get: %s %s', async (at, url) => {
    const [section = '', key = ''] = at.split('.');
    const { exitCode, problems } = await check(`${GOOD}${section}: { ${key}: "${url}" }\n`);
    const errors = problems.filter(({ severity }) => severity === 'error');
    expect([exitCode, errors.map(({ path }) => path)]).toEqual([2, [at]]);
    expect(JSON.stringify(problems)).not.toContain('S3cret');
  });

  it('refuses no address that the client of the panel can use', async () => {
    for (const [kind, refused, used] of [
      ...KINDS_OF_PANELS.slice(0, 3).map((each) => [
        each,
        ['https://x/?a=1', 'https://x/#/login'],
        [' https://x ', 'https://x'],
      ]),
      [
        KINDS_OF_PANELS[3],
        ['https://x', 'https://x/admin/'],
        [' https://x/c/#Owner', 'https://x/c/?a=1', 'https://x/c'],
      ],
    ] as [string, string[], string[]][]) {
      for (const url of refused) expect([kind, url, (await check(panel(kind, url))).exitCode]).toEqual([kind, url, 2]);
      for (const url of used)
        expect([kind, url, await check(panel(kind, url))]).toEqual([kind, url, { exitCode: 0, problems: [] }]);
    }
    const plain = panel(KINDS_OF_PANELS[0]!, ' http://x').replace('allowHttp: true', 'allowHttp: false');
    expect((await check(plain)).problems).toMatchObject([
      { severity: 'error', message: expect.stringContaining('plain HTTP') },
    ]);
  });

  it('leaves out the spaces around an address, of which only some are ignored elsewhere', async () => {
    bench.env['T'] = 'x';
    for (const space of [' ', '\u00A0', '\u3000']) {
      expect(await check(panel(KINDS_OF_PANELS[0]!, `${space}https://x${space}`))).toEqual({
        exitCode: 0,
        problems: [],
      });
      const { exitCode, json } = await bench.sluice('panel list --json');
      expect([exitCode, json()]).toMatchObject([0, { panels: [{ url: 'https://x' }] }]);
    }
  });

  it('warns of a literal secret, of plain http and of unchecked certificates', async () => {
    const { exitCode, problems } = await check(
      GOOD.replace('${env:TOKEN}', 'abc\n    allowHttp: true\n    tls: { rejectUnauthorized: false }').replace(
        'https:',
        'http:',
      ),
    );
    expect(exitCode).toBe(0);
    expect(problems.map(({ severity, path }) => [severity, path])).toEqual([
      ['warning', 'panels.dcim.url'],
      ['warning', 'panels.dcim.token'],
      ['warning', 'panels.dcim.tls.rejectUnauthorized'],
    ]);
    expect((await check(GOOD.replace('https:', 'http:'))).exitCode).toBe(2);
  });
});

describe('errors in a config', () => {
  it('report a package of auto-buy that is not on offer once', async () => {
    const product = 'quota: 1TB, autoBuy: { enabled: true, thresholdGb: 5, package: x }';
    const { problems } = await check(
      `${GOOD.replace(/products:[^]*/, '')}products: { p: { panel: dcim, ${product} } }\n`,
    );
    expect(problems.filter(({ path }) => path.includes('autoBuy')).map(({ path }) => path)).toEqual([
      'products.p.autoBuy.package',
    ]);
  });

  const messages = async (text: string): Promise<string[]> =>
    (await check(text)).problems
      .filter(({ severity }) => severity === 'error')
      .map((each) => `${each.path}: ${each.message}`);

  it('show no secret that is written without quotes', async () => {
    const written = (token: string): Promise<string[]> =>
      messages(`panels:\n  a: { kind: easydcim, url: "https://a.example.com", token: ${token} }\n`);
    expect(await written('12345678901')).toEqual(['panels.a.token: put it in quotes']);
    expect(await written('*XSECRETX')).toEqual([
      ': an alias (*name) has no anchor: put a text that begins with * in quotes',
    ]);
    for (const secret of [
      '|XSECRETX',
      '>XSECRETX',
      '!XSECRETX!',
      '!XSECRETX!2',
      '"XSECRE\\TX"',
      '@XSECRETX',
      '%XSECRETX',
    ]) {
      for (const token of [`heartbeat: ${secret}`, `serve: { token: ${secret} }`]) {
        const found = await messages(`panels: {}\n${token}\n`);
        expect([token, found]).toEqual([token, expect.arrayContaining([expect.any(String)])]);
        expect([token, found.join()]).toEqual([token, expect.not.stringMatching(/XSECRE|TX/)]);
      }
    }
    expect(await messages(`panels:\n  a:\n    token: |XSECRETX\n`)).toEqual([
      ': a text that begins with | or > has to begin on the next line: put it in quotes',
    ]);
    expect(await messages('panels: {}\nserve: { token: 12345678901 }\nheartbeat: 12345678901\n')).toEqual([
      'serve.token: put it in quotes',
      'heartbeat: put it in quotes',
    ]);
  });

  it('say what to write, all in one round and with the references', async () => {
    const found = await messages(`timeZone: 5
enforce: yes
poll: { interval: 15, overdue: hold, brake: { share: 20, atLeast: "5" } }
currency: [EUR]
panels:
  a: { kind: easydcim, url: "https://a.example.com" }
  b: { kind: easydcm, url: "https://b.example.com", token: x }
  c: { kind: easydcim, url: "https://c.example.com", token: x, allowHttp: 1, concurrency: many, retries: 99 }
  d: { kind: flvx, url: "", username: 17, password: x }
  e: { kind: hiddify, url: "https://e.example.com/p", apiKey: x }
  f: { url: "https://f.example.com" }
  g: nothing
packages:
  x: { traffic: 100, price: 10.00, currency: EUR }
products:
  one: { panel: eh, quota: 100, packages: [y] }
  two: { panel: e, quota: { total: 1TB }, mode: both, action: pause, autoBuy: { package: x } }
  three: { panel: a, quota: 1TB, limits: 7 }
  four:
  five: { panel: e, quota: 1TB, action: pause, flvx: { tunnelId: 1 } }
`);
    expect(found.sort()).toEqual(
      [
        'timeZone: put it in quotes: "5"',
        'enforce: "yes" is not valid here; known: on, observe',
        'poll.interval: the unit is missing: write a duration such as 30s, 15m or 7d',
        'poll.brake.share: the percent sign is missing: write 20%',
        'poll.brake.atLeast: "5" is not a number: write digits without quotes, such as 5',
        'currency: a list is not a text: write one value',
        'panels.a.token: this key is missing',
        'panels.b.kind: "easydcm" is not valid here; did you mean "easydcim"?',
        'panels.c.allowHttp: 1 is not valid here: write true or false',
        'panels.c.concurrency: "many" is not a number: write digits without quotes, such as 5',
        'panels.c.retries: 99 is above the maximum: write at most 10',
        'panels.d.url: the value is empty: write one',
        'panels.d.username: put it in quotes: "17"',
        'panels.f.kind: this key is missing; known: easydcim, flvx, hiddify, astbilling, magnusbilling',
        'panels.g: "nothing" is not a section: write keys with values below this key, or { key: value }',
        'packages.x.traffic: the unit is missing: write a size such as 100GB or 100TB',
        'packages.x.price: put it in quotes, such as "10.00"',
        'products.one.panel: there is no panel "eh"; did you mean "e"?',
        'products.one.quota: the unit is missing: write a size such as 100GB or 100TB',
        'products.one.packages: there is no package "y"; did you mean "x"?',
        'products.two.mode: "both" is not valid here; known: IN, OUT, TOTAL',
        'products.two.autoBuy.package: "x" is not among the packages of this product',
        'products.three.limits: 7 is not a list: write [a, b], or a line with "- " for each entry',
        'products.four: an empty value is not a section: write keys with values below this key, or { key: value }',
        'products.five.action: "pause" is not an action of hiddify; known: disable',
        'products.five.flvx: panel "e" is of kind hiddify: remove this section',
      ].sort(),
    );
    expect(await messages('')).toEqual(['panels: this key is missing']);
  });

  it('are never a sentence of the validation library', () => {
    const odd = ['null', '7', '-1', '1.5', 'true', '""', '"x"', '[]', '[1]', '{}', '{ a: 1 }'];
    const { properties = {} } = describedSchema(KINDS, BILLING, CHANNELS);
    const lines = (value: string): string[] => [
      ...Object.keys(properties).map((key) => `${key}: ${value}`),
      ...KINDS.flatMap(({ kind, panelShape, productSchema }) => [
        ...[...Object.keys(panelShape), 'url', 'timeout', 'tls', 'proxy', 'enforce'].map(
          (key) => `panels: { p: { kind: ${kind}, ${key}: ${value} } }`,
        ),
        ...(productSchema === undefined
          ? []
          : [`panels: { p: { kind: ${kind} } }\nproducts: { x: { panel: p, ${kind}: ${value} } }`]),
      ]),
      ...['panel', 'quota', 'mode', 'action', 'packages', 'credentials', 'allowSharedPorts', 'limits', 'autoBuy'].map(
        (key) => `products: { x: { ${key}: ${value} } }`,
      ),
    ];
    const found = new Set<string>();
    for (const value of odd) {
      for (const line of lines(value)) {
        for (const { message } of checkConfigText(line, 'sluice.yaml', configKinds({})).problems) found.add(message);
      }
    }
    expect(found.size).toBeGreaterThan(20);
    expect(
      [...found].filter((text) => /invalid|expected|received|too (small|big)|unrecogni[sz]ed|must be/i.test(text)),
    ).toEqual([]);
  });
});

describe('the config file', () => {
  it('is looked for by option, then environment, then folder', async () => {
    bench.write('sluice.yaml', GOOD);
    bench.write('other.yaml', GOOD.replace('dcim:', 'second:').replace('panel: dcim', 'panel: second'));
    bench.env['TOKEN'] = 'x';
    const panels = async (words: string): Promise<string[]> =>
      (await bench.sluice(words)).json<{ panels: { name: string }[] }>().panels.map(({ name }) => name);
    expect(await panels('panel list --json')).toEqual(['dcim']);
    bench.env['SLUICE_CONFIG'] = bench.path('other.yaml');
    expect(await panels('panel list --json')).toEqual(['second']);
    expect(await panels('panel list --json --config sluice.yaml')).toEqual(['dcim']);
  });

  it('that is missing names the places', async () => {
    const { exitCode, stderr } = await bench.sluice('panel list');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('sluice init');
  });

  it('has a JSON Schema that knows every key', async () => {
    const schema = (await bench.sluice('config schema')).json<{ properties: Record<string, unknown> }>();
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining(['panels', 'products', 'poll', 'retention', 'enforce']),
    );
  });
});

describe('two names for one panel', () => {
  const two = (url: string, kind = 'easydcim, token: "${env:TOKEN}"'): string =>
    GOOD.replace('products:', `  again: { kind: ${kind}, url: "${url}", allowHttp: true }\nproducts:`);
  const insecure = /^plain HTTP/;

  it.each([
    'https://dcim.example.com',
    'https://dcim.example.com/',
    'HTTPS://DCIM.Example.com:443//',
    'http://dcim.example.com:80/',
    'https://dcim.example.com./api/v3/',
    'https://dcim.example.com/backend',
  ])('are warned about: %s', async (url) => {
    const { exitCode, problems } = await check(two(url));
    expect(exitCode).toBe(0);
    expect(problems.filter(({ message }) => !insecure.test(message))).toEqual([
      {
        severity: 'warning',
        path: 'panels.again.url',
        line: 7,
        message: expect.stringMatching(/"dcim" and "again" .*ports.*restrict.*one of the names/) as unknown,
      },
    ]);
  });

  it.each([
    'https://dcim.example.com:8443',
    'https://dcim.example.com/second',
    'https://dcim2.example.com',
    'http://dcim.example.com:8080',
    'not an address',
  ])('are not where the address is another one: %s', async (url) => {
    const { problems } = await check(two(url));
    expect(problems.filter(({ message }) => message.includes('"again"'))).toEqual([]);
  });

  it('are not where the kinds differ, and a secret path is not printed', async () => {
    const flvx = 'flvx, username: admin, password: "${env:TOKEN}"';
    expect((await check(two('https://dcim.example.com', flvx))).problems).toEqual([]);
    const hiddify = (url: string): string => `{ kind: hiddify, url: "${url}", apiKey: "\${env:KEY}" }`;
    const { problems } = await check(`timeZone: UTC
panels:
  vpn: ${hiddify('https://vpn.example.com/s3cretpath/1f0a2b3c-4d5e-4f60-8a7b-9c0d1e2f3a4b/')}
  vpn2: ${hiddify('https://vpn.example.com/s3cretpath')}
  vpn3: ${hiddify('https://vpn.example.com/other')}
products: {}
`);
    expect(problems.map(({ path }) => path)).toEqual(['panels.vpn2.url']);
    expect(JSON.stringify(problems)).not.toContain('s3cret');
  });

  it('are named by doctor, too', async () => {
    bench.env['TOKEN'] = 'x';
    bench.write('sluice.yaml', two('https://dcim.example.com/').replaceAll('dcim.example.com', 'dcim.invalid'));
    const checked = await bench.sluice('doctor --json');
    const { checks } = checked.json<{ checks: { object: string; status: string; message: string }[] }>();
    expect(checks).toContainEqual(
      expect.objectContaining({
        object: 'panels.again.url',
        status: 'warning',
        message: expect.stringContaining('"dcim"'),
      }),
    );
  });
});

describe('values', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
  ])('%s is a duration', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '15', 'm', '-1s', '1w'])('"%s" is none', (text) => {
    expect(() => parseDuration(text)).toThrow('is not a duration');
  });

  it('percentages lie between 0 and 100', () => {
    expect(parseShare('20%')).toBe(0.2);
    expect(() => parseShare('120%')).toThrow('is not a percentage');
  });
});

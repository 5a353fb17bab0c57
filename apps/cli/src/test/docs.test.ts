import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { startForEachTest } from './each-test.js';
import { DAY, GB, HOUR, startEasyDcimBench } from './easydcim-bench.js';

const DOCS = path.resolve(import.meta.dirname, '../../../../docs');

/** A command of the documentation and the exit code that it promises (`# exit 4`; 0 without a word). */
interface DocumentedCommand {
  words: string;
  exitCode: number;
}

function commandsIn(file: string): DocumentedCommand[] {
  const text = readFileSync(path.join(DOCS, file), 'utf8');
  const blocks = [...text.matchAll(/```console\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  return blocks.flatMap((block) =>
    block
      .split('\n')
      .filter((line) => line.startsWith('$ sluice '))
      .map((line) => {
        const [command = '', comment = ''] = line.slice('$ sluice '.length).split('#');
        return { words: command.trim(), exitCode: Number(/exit (\d+)/.exec(comment)?.[1] ?? 0) };
      }),
  );
}

const at = startForEachTest(startEasyDcimBench);
beforeEach(() => {
  at.bench.write(
    'sluice.yaml',
    `timeZone: UTC
enforce: observe
panels:
  dcim: { kind: easydcim, url: "${at.panel.url}", allowHttp: true, token: "\${env:DCIM_TOKEN}" }
currency: EUR
notify: [{ command: /bin/true }]
packages: { extra-1tb: { traffic: 1TB, price: "10.00" } }
products:
  ded-100: { panel: dcim, quota: { total: 100GB }, action: disable-ports, packages: [extra-1tb] }
`,
  );
  for (const number of [1, 2]) {
    at.panel.addService({
      id: 500 + number,
      orderId: 900 + number,
      serverId: 300 + number,
      user: 10 + number,
      ports: [{ id: 7001 + number * 10, name: 'eth0', ...(number === 2 ? { adminState: 'down' as const } : {}) }],
    });
    at.panel.addTraffic(500 + number, { in: (number === 1 ? 150 : 50) * GB, out: 0 });
    at.panel.addTraffic(500 + number, { in: GB, out: GB, at: at.bench.clock.now() - 9 * DAY });
  }
  at.bench.write(
    'services.csv',
    `id,panel,product,client,billing_cycle,next_due_date,easydcim_service_id,easydcim_order_id,easydcim_server_id
svc-1,dcim,ded-100,4711,monthly,2026-12-15,501,901,301
svc-2,dcim,ded-100,4712,monthly,2026-12-15,502,902,302
`,
  );
  at.bench.write(
    'purchases.csv',
    'service,package,bytes,price,currency,at,actor\nsvc-1,extra-1tb,1099511627776,10.00,EUR,2026-11-19 10:00,manual\n',
  );
  at.bench.clock.advance(HOUR);
});

/** What a chapter takes for granted because the one before it made it. */
const BEFORE: Record<string, string[]> = {
  'going-back.md': ['service import services.csv', 'enforce dcim --yes', 'poll'],
};
const READY = ['service import services.csv', 'poll'];

/** Followed line by line, about the command's installation, or on another panel: other tests run them. */
const ELSEWHERE = ['first-hour.md', 'install.md', 'moving-in.md', 'telephony.md'];

describe('every command in the documentation', () => {
  for (const file of readdirSync(DOCS).filter((name) => name.endsWith('.md') && !ELSEWHERE.includes(name))) {
    const commands = commandsIn(file);
    it(`${file}: ${commands.length} commands do what is promised`, async () => {
      for (const words of BEFORE[file] ?? READY) await at.bench.sluice(words);
      at.bench.clock.advance(HOUR);
      const outcomes: string[] = [];
      for (const { words } of commands) {
        const outcome = await at.bench.sluice(words);
        outcomes.push(`${words}: exit ${outcome.exitCode}${outcome.exitCode === 2 ? ` ${outcome.stderr}` : ''}`);
        at.bench.clock.advance(60_000);
      }
      expect(outcomes.map((line) => line.split('\n')[0])).toEqual(
        commands.map(({ words, exitCode }) => expect.stringContaining(`${words}: exit ${exitCode}`)),
      );
    });
  }
});

it('the pages on errors and upgrades list every code that the sources can give', () => {
  const text = ['errors.md', 'upgrading.md'].map((name) => readFileSync(path.join(DOCS, name), 'utf8')).join('\n');
  const listed = new Set([...text.matchAll(/^\| `([A-Za-z_]+)`/gm)].map((match) => match[1] ?? ''));
  const missing = [...new Set(codesInSources())].filter((code) => !listed.has(code));
  expect(missing).toEqual([]);
});

/** `custom` is the schema library's word for an issue, no error of ours. */
const NOT_CODES = ['custom'];

/** Codes as the sources write them: `code: 'x'`, and the first argument of the error constructors. */
function codesInSources(): string[] {
  const root = path.resolve(DOCS, '..');
  const folders = [
    'apps/cli/src',
    'packages/config-file/src',
    'packages/engine/src',
    'packages/notice-channels/src',
    'packages/panel-http/src',
    'packages/panel-kind/src',
    'packages/state-store/src',
    'packages/whmcs-client/src/billing',
    ...['astbilling-client', 'easydcim-client', 'flvx-client', 'hiddify-agent-traffic'].map(
      (name) => `packages/${name}/src/panel`,
    ),
  ];
  const files = folders.flatMap((folder) => sourcesIn(path.join(root, folder)));
  const patterns = [
    /\bcode: '([A-Za-z_]+)'/g,
    /\b(?:SluiceError|usageError|notFound|failedStep|StoreError|refuse|unreadable)\(\s*'([a-z_]+)'/g,
    /\bserviceNotice\(\w+, '([a-z_]+)'/g,
    /\bcheck\('\w+', .*, '([a-z_]+)'\)/g,
    /'(PANEL_[A-Z_]+)'/g,
  ];
  return files.flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const found = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));
    return found.filter(
      (code) => !NOT_CODES.includes(code) && (code.startsWith('PANEL_') || code === code.toLowerCase()),
    );
  });
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !/(^|\/)(test|demo)\//.test(name))
    .map((name) => path.join(folder, name));
}

import { spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { buildOldShop } from '@sluice/fake-panels';
import { benchForEachTest, closeAfterTest } from '../each-test.js';
import { writeMysql } from './fake-mysql.js';

const MOST_COMMANDS = 6;
const MOST_ANSWERS = 15;

const bench = benchForEachTest('2026-11-30T09:30:00Z');

/** An operator who answers what is asked, in any order, and only that. */
function operator(answers: readonly [RegExp, string][]): {
  ask: (question: string) => Promise<string>;
  asked: string[];
} {
  const asked: string[] = [];
  const ask = (question: string): Promise<string> => {
    asked.push(question);
    const [, answer] = answers.find(([about]) => about.test(question)) ?? [];
    return answer === undefined ? Promise.reject(new Error(`asked "${question}"`)) : Promise.resolve(answer);
  };
  return { ask, asked };
}

interface Planned {
  totals: object;
  services: { id: string; holds: object[]; wouldHold: object[]; allowance: { remainingBytes: number | null } }[];
}

it('leads from an empty folder to the plan for 300 services with six commands, and no file is edited', async () => {
  const shop = closeAfterTest(await buildOldShop({ now: bench.clock.now }));
  const { ask, asked } = operator([
    [/^Time zone/, shop.timeZone],
    [/^Currency/, 'EUR'],
    [/^Kind of the panel/, 'easydcim'],
    [/^Name of the panel/, ''],
    [/^Address of the panel/, shop.panel.url],
    [/^Plain http/, 'y'],
    [/^Which/, '1'],
    [/variable \[DCIM_TOKEN\]/, ''],
    [/^Kind of another panel/, ''],
    [/^Name of a first product/, '-'],
    [/^Write what dcim has now/, 'n'],
  ]);
  bench.env['DCIM_TOKEN'] = shop.token;
  const PATH = `${await writeMysql(bench.path('bin'), shop.exports)}:${process.env['PATH'] ?? ''}`;
  const commands: string[] = [];
  const run = async (words: string, exitCode: number): Promise<string> => {
    commands.push(words);
    const outcome = await bench.sluice(words, { ask });
    expect([words, outcome.exitCode, outcome.stderr]).toEqual([words, exitCode, '']);
    return outcome.stdout;
  };

  await run('init', 0);
  const shown = await run('adopt dcim --from easydcim-bw --print-queries --out old', 0);
  const [, script = ''] = /^ +sh (\S+) DATABASE$/m.exec(shown) ?? [];
  commands.push(`sh ${script} whmcs`);
  const exported = spawnSync('sh', [script, 'whmcs'], { cwd: bench.folder, env: { PATH }, encoding: 'utf8' });
  expect([exported.status, exported.stderr]).toEqual([0, '']);
  expect(exported.stdout).toContain('whmcs_services: exported\n');
  expect(exported.stdout).toMatch(/^mod_easydcim_bw_packages: not exported: ERROR 1146 .* doesn't exist$/m);
  await run('adopt dcim --from easydcim-bw --in old', 3);
  await run('adopt apply adopted-dcim', 0);
  const { totals, services } = JSON.parse(await run('plan --json', 4)) as Planned;

  const { adoptable, unpaid } = shop.expected;
  expect(totals).toMatchObject({ services: 300, read: 300, failed: 0, held: 10, wouldHold: 1, planned: 0 });
  const listIds = (is: (service: Planned['services'][number]) => boolean): string[] =>
    services.filter(is).map(({ id }) => id);
  expect(listIds(({ allowance }) => allowance.remainingBytes === 0)).toEqual([...adoptable, unpaid]);
  expect(listIds(({ holds }) => holds.length > 0)).toEqual(adoptable);
  expect(listIds(({ wouldHold }) => wouldHold.length > 0)).toEqual([unpaid]);
  expect(shop.panel.server.changingCalls()).toEqual([]);
  expect(commands.length).toBeLessThanOrEqual(MOST_COMMANDS);
  expect(asked.length).toBeLessThanOrEqual(MOST_ANSWERS);
});

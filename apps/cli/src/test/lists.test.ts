import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { displayWidth } from '../terminal/layout.js';
import { listNodes } from '../terminal/completion/script.js';
import { wholeProgram } from '../cli.js';
import { startForAllTests } from './each-test.js';
import { GB, HOUR, toIds, startEasyDcimBench } from './easydcim-bench.js';
import type { Outcome } from './harness.js';

const program = wholeProgram('0');
const at = startForAllTests(startEasyDcimBench);
const run = (words: string): Promise<Outcome> => at.bench.sluice(words);

beforeAll(async () => {
  await at.addService(2, { values: ['client==1+1'] });
  await at.addService(10, { values: ['client=日本語の長い名前の会社'] });
  await at.addService(1, { product: 'order' });
  at.panel.addTraffic(toIds(1).service, { in: 50 * GB, out: 0 });
  at.panel.addTraffic(toIds(2).service, { in: 85 * GB, out: 0 });
  at.panel.addTraffic(toIds(10).service, { in: 80 * GB, out: 40 * GB });
  at.bench.clock.advance(HOUR);
  expect((await at.poll()).exitCode).toBe(0);
  await run('override set svc-2 --mode TOTAL');
});

/** The first words of the rows of a table. */
async function ids(words: string): Promise<string[]> {
  const { stdout, stderr, exitCode } = await run(words);
  expect([words, exitCode, stderr]).toEqual([words, 0, '']);
  const [, ...rows] = stdout.trim().split('\n');
  return rows.map((row) => row.split(' ')[0]!).filter((id) => id !== '');
}

/** The output on a terminal of so many columns. */
async function shown(words: string, columns: number): Promise<string[]> {
  let text = '';
  const stdout = { write: (part: string) => (text += part), isTTY: true, columns };
  await at.bench.sluice(`--no-color ${words}`, { stdout });
  return text.trimEnd().split('\n');
}

describe('lists', () => {
  it('are in natural order, or sorted by any column', async () => {
    expect(await ids('usage')).toEqual(['svc-1', 'svc-2', 'svc-10']);
    expect(await ids('service list --sort -service')).toEqual(['svc-10', 'svc-2', 'svc-1']);
    expect(await ids('usage --sort total')).toEqual(['svc-1', 'svc-2', 'svc-10']);
    expect(await ids('usage --sort share:desc')).toEqual(['svc-10', 'svc-2', 'svc-1']);
    expect(await ids('usage --sort client')).toEqual(['svc-2', 'svc-10', 'svc-1']);
    const { exitCode, stderr } = await run('usage --sort price');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('The columns are name, service, panel, product')]);
  });

  it('are filtered, documents too', async () => {
    expect(await ids('usage --over 80%')).toEqual(['svc-2', 'svc-10']);
    expect(await ids('service list --status held,failed')).toEqual(['svc-10']);
    expect(await ids('usage --product order')).toEqual(['svc-1']);
    expect(await ids('hold list --panel dcim --status open')).toEqual(['svc-10']);
    expect(await ids('override list')).toEqual(['svc-2']);
    expect((await run('usage --client nobody')).stdout).toBe('Nothing matches these filters.\n');
    expect(await ids('service list --search の長い')).toEqual(['svc-10']);
    expect((await run('service list --search nobody')).stdout).toBe('Nothing was found for "nobody".\n');
    expect((await run('usage --over most')).exitCode).toBe(2);
    const { services } = (await run('usage --over 100 --json')).json<{ services: { id: string }[] }>();
    expect(services.map(({ id }) => id)).toEqual(['svc-10']);
    const { entries } = (await run('log list --panel dcim --json')).json<{ entries: { panel: string }[] }>();
    expect(new Set(entries.map(({ panel }) => panel))).toEqual(new Set(['dcim']));
  });

  it('refuse filters that name nothing there is', async () => {
    const refused = {
      'usage --status hold': 'did you mean "held"?',
      'usage --panel dcm': 'did you mean "dcim"?',
      'service list --product nope': 'known: ports, order, both, inbound, free, bare',
      'hold list --status ended': 'known: open, past',
      'hold list --panel dcm': 'did you mean "dcim"?',
      'override list --product port': 'did you mean "ports"?',
      'log list --panel dcm': 'did you mean "dcim"?',
      'log list --follow --panel dcm': 'did you mean "dcim"?',
      'agent list --status hold': 'did you mean "held"?',
      'usage graph svc-1 --csv - --sort nope': '--sort',
      'usage history svc-1 --over 99%': '--over',
    };
    for (const [words, hint] of Object.entries(refused)) {
      const { exitCode, stdout, stderr } = await run(words);
      expect([words, exitCode, stdout, stderr]).toEqual([words, 2, '', expect.stringContaining(hint)]);
    }
    expect((await run('usage history svc-1 --csv -')).stdout).toMatch(/^start,end,/);
    expect((await run('usage history svc-1 --columns start,total')).stdout).toMatch(/^start +total\n/);
    const offered = (command: string): string[] =>
      listNodes(program)
        .find(({ words }) => words.join(' ') === command)!
        .options.flatMap(({ names }) => names);
    for (const option of ['--refresh', '--over', '--panel', '--status'])
      expect([option, offered('usage history').includes(option), offered('usage graph').includes(option)]).toEqual([
        option,
        false,
        false,
      ]);
    expect(offered('usage graph')).toContain('--json');
    let help = '';
    const stdout = { write: (part: string) => (help += part) };
    await at.bench.sluice('usage graph --help', { stdout });
    expect(help).toContain('--json');
    expect(help).not.toContain('--over');
  });

  it('have ties in natural order too', async () => {
    expect(await ids('service list --sort due')).toEqual(['svc-1', 'svc-2', 'svc-10']);
    expect(await ids('service list --sort -due')).toEqual(['svc-1', 'svc-2', 'svc-10']);
    const set = await run('service set --where panel=dcim client=x --dry-run');
    expect(set.stdout.match(/svc-\d+/g)).toEqual(['svc-1', 'svc-2', 'svc-10']);
    expect((await run('explain nothing-alike')).stderr).toContain('known: svc-1, svc-2, svc-10');
    const { stdout } = await run('doctor --contract --verbose');
    expect([...new Set(stdout.match(/svc-\d+/g))]).toEqual(['svc-1', 'svc-2', 'svc-10']);
  });

  it('show the chosen columns, and a percentage with a bar', async () => {
    const { stdout } = await run('usage --columns service,share,bar --over 80');
    expect(stdout.split('\n').map((line) => line.trimEnd())).toEqual([
      'service  share',
      'svc-2      85%  █████████░',
      'svc-10    120%  ██████████',
      '',
    ]);
  });

  it('are written as CSV that no spreadsheet runs', async () => {
    const columns = '--columns service,client,total,read';
    const { stdout } = await run(`usage ${columns} --csv -`);
    expect(stdout.split('\n')).toEqual([
      'service,client,total,read',
      expect.stringMatching(/^svc-1,,53687091200,2026-11-20T13:00:\d\d\.\d{3}Z$/),
      expect.stringMatching(/^svc-2,'=1\+1,/),
      expect.stringMatching(/^svc-10,日本語の長い名前の会社,/),
      '',
    ]);
    expect((await run('usage --over 100 --csv usage.csv')).stdout).toBe(`${at.bench.path('usage.csv')}: 1 row\n`);
    expect(at.bench.read('usage.csv')).toMatch(/^name,service,panel,product,client name,client,mode,in,out,total,/);
    expect((await run('usage --json --csv -')).exitCode).toBe(2);
    await at.bench.sluice(['service', 'set', 'svc-1', 'client=\u001b[31mred\u202e']);
    expect((await run('service list --columns client --csv -')).stdout.split('\n')[1]).toBe(' [31mred ');
    await at.bench.sluice(['service', 'set', 'svc-1', `client=${'x'.repeat(100_000)}`]);
    expect((await run('service list')).stdout.length).toBeLessThan(110_000);
    expect((await run('service list')).stdout).toContain('x'.repeat(100_000));
    await run('service set svc-1 client=');
  });

  it('fit the terminal, and use its width', async () => {
    for (const width of [40, 60, 80, 200])
      for (const words of ['usage', 'service list', 'hold list', 'override list', 'log list', 'panel list']) {
        const widest = Math.max(...(await shown(words, width)).map(displayWidth));
        expect([words, width, widest <= width]).toEqual([words, width, true]);
      }
    const [narrow = ''] = await shown('usage', 60);
    const [wide = '', , , last = ''] = await shown('usage', 200);
    expect(narrow).not.toContain('mode');
    expect(wide).toMatch(/^service +panel +product +client +mode/);
    expect(last).toContain('日本語の長い名前の会社');
    // Wide characters take two columns, so that what follows stands below its head.
    const [start, end] = [last.slice(0, last.indexOf('TOTAL')), wide.slice(0, wide.indexOf('mode'))];
    expect(displayWidth(start)).toBe(end.length);
    expect((await shown('service list --columns client', 12))[3]).toBe('日本語の長…');
  });

  it('have a head in the log, which names the objects', async () => {
    const [head, ...rows] = (await run('log list --actions')).stdout.trim().split('\n');
    expect(head).toMatch(/^at +kind +panel +service +what +type +outcome +id/);
    expect(rows[0]).toMatch(
      /^20 Nov 2026 13:00 +action +dcim +svc-10 +disable port eth\d \(710\d\) +disable-port +applied +act-/,
    );
    // Where an id has no room, it is left out: half of one is of no use.
    const narrow = await shown('log list --actions', 80);
    expect(narrow[1]).toMatch(/disable port eth\d \(710\d\) +applied$/);
    const calls = (await run('log list --api --columns what')).stdout;
    expect(calls).not.toContain('{');
  });

  it('are shown in help with an example, as every command and group is', () => {
    const visit = (command: Command): string[] => {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      return [...(/\nExamples?:\n/.test(help) ? [] : [command.name()]), ...command.commands.flatMap(visit)];
    };
    expect(visit(program)).toEqual([]);
  });

  it('all have the same options', () => {
    const nodes = listNodes(program);
    const lists = nodes.filter(({ words }) => /(^usage|list|history|users)$/.test(words.join(' ')));
    expect(lists.length).toBeGreaterThanOrEqual(9);
    const lacking = lists.filter(({ options }) => {
      const names = options.flatMap((option) => option.names);
      return !['--sort', '--columns', '--csv'].every((name) => names.includes(name));
    });
    expect(lacking.map(({ words }) => words.join(' '))).toEqual([]);
  });
});

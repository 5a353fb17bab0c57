import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { manualClock } from '@sluice/fake-panels';
import { listNodes } from '../terminal/completion/script.js';
import { wholeProgram } from '../cli.js';
import { COMMAND } from '../test/command-process.js';
import { Bench } from '../test/harness.js';

const bench = new Bench(manualClock('2026-11-20T12:00:00Z'));
const shells = ['bash', 'zsh', 'fish'] as const;

beforeAll(async () => {
  for (const shell of shells) {
    const { exitCode, stdout, stderr } = await bench.sluice(`completion ${shell}`);
    if (exitCode !== 0) throw new Error(stderr);
    bench.write(`completion.${shell}`, stdout);
  }
  bench.write('services.csv', '');
  bench.write('settings.yaml', '');
});
afterAll(() => {
  bench.close();
});

function bash(script: string): string {
  const command = `sluice() { '${process.execPath}' '${COMMAND}' "$@"; }\n`;
  const env = { PATH: process.env['PATH'], HOME: bench.folder, SLUICE_CONFIG: bench.path('names.yaml') };
  const options = { cwd: bench.folder, env, encoding: 'utf8' } as const;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', command + script], options);
  if (status !== 0 || stderr !== '') throw new Error(`${String(status)}: ${stderr}`);
  return stdout;
}

const AGENTS = [1, 2, 3, 4, 5].map((number) => `aaaaaaaa-0000-4000-8000-00000000000${number}`);
const AGENT_NAMES = ['north', 'south', 'south', 'two words;', "o'neil"];

/** Writes a config, and a store with agents of odd names, two of which are the same. */
async function setUpNames(): Promise<void> {
  bench.write(
    'names.yaml',
    `panels:
  dcim: { kind: easydcim, url: https://dcim.example.com, token: x }
  vpn: { kind: hiddify, url: https://vpn.example.com/path, apiKey: x }
products: { ded-100: { panel: dcim }, vpn-50: { panel: vpn } }
`,
  );
  for (const [index, id] of ['svc-1', 'svc-2', 'vpn:1'].entries()) {
    const pairs = ['panel=dcim', 'product=ded-100', `easydcim_service_id=${index + 1}`];
    const { exitCode, stderr } = await bench.sluice(['--config', 'names.yaml', 'service', 'add', id, ...pairs]);
    if (exitCode !== 0) throw new Error(stderr);
  }
  await bench.store(async ({ panelLists }) => {
    await panelLists.put('dcim', 'speedLimits', { ids: ['3', '12'], at: '2026-11-20T12:00:00.000Z' });
    await panelLists.put('vpn', 'tunnelGroups', { ids: ['7', '8', '71'], at: '2026-11-20T12:00:00.000Z' });
  });
  const agent = { panel: 'vpn', role: 'agent', parent: null, limitBytes: null, limitSince: null, account: null };
  const state = { figures: null, verdict: null, thresholds: [], missingSince: null, gone: false };
  await bench.store((store) =>
    store.agents.put(AGENTS.map((uuid, index) => ({ ...agent, ...state, uuid, name: AGENT_NAMES[index] ?? '' }))),
  );
}

/** What bash offers with the cursor at the end of the last word. */
function offered(...words: string[]): string[] {
  const list = ['sluice', ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  return bash(`
    source ./completion.bash
    COMP_WORDS=(${list}) COMP_CWORD=${words.length}
    _sluice
    if (( \${#COMPREPLY[@]} )); then printf '%s\\n' "\${COMPREPLY[@]}"; fi`)
    .split('\n')
    .filter((line) => line !== '');
}

describe('the completion for bash', () => {
  it('registers itself when it is sourced', () => {
    expect(bash('source ./completion.bash; complete -p sluice')).toBe('complete -F _sluice sluice\n');
  });

  it('offers the commands, and those that begin with what was typed', () => {
    expect(offered('')).toEqual(expect.arrayContaining(['poll', 'reconcile', 'service', 'completion', 'help']));
    expect(offered('prov')).toEqual(['provision']);
  });

  it('offers the subcommands of a group, also behind options with values', () => {
    expect(offered('db', '')).toEqual(expect.arrayContaining(['check', 'backup', 'restore', 'migrate']));
    expect(offered('--config', 'service', '--json', 'db', 'ba')).toEqual(['backup']);
  });

  it('offers the options of the command and those that all have', () => {
    expect(offered('poll', '--')).toEqual(
      expect.arrayContaining(['--panel', '--service', '--dry-run', '--allow-mass', '--config', '--json', '--help']),
    );
    expect(offered('poll', '--allow')).toEqual(['--allow-mass']);
    expect(offered('plan', '--allow')).toEqual([]);
    expect(offered('poll', '--version')).toEqual([]);
  });

  it('offers the fixed choices of an argument or option, and nothing where anything may stand', () => {
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(offered('service', 'export', '--format', '')).toEqual(['csv', 'json', 'yaml']);
    expect(offered('schedule', 'show', '--format', 's')).toEqual(['systemd']);
    expect(offered('completion', 'bash', '')).toEqual([]);
    expect(offered('agent', 'create-user', 'north', '--mode', 'm')).toEqual(['monthly']);
    expect(offered('explain', 'svc-1', '')).toEqual([]);
    expect(offered('usage', '--status', 'un')).toEqual(['unreadable', 'unmanaged']);
    expect(offered('hold', 'list', '--status', '')).toEqual(['open', 'past']);
    expect(offered('purchase', 'list', '--sort', 'p')).toEqual(['package', 'price']);
    expect(offered('log', 'list', '--columns', 't')).toEqual(['type']);
    expect(offered('service', 'set', 'svc-1', 'next')).toEqual(['next_due_date=']);
    expect(offered('service', 'set', '--where', 'prod')).toEqual(['product=']);
    expect(offered('poll', '--wait-lock', '')).toEqual([]);
  });

  it('offers services, panels, products and agents of the config and the store', async () => {
    await setUpNames();
    expect(offered('explain', 'svc')).toEqual(['svc-1', 'svc-2']);
    expect(offered('explain', 'v')).toEqual(['vpn\\:1']);
    // bash cuts what is typed at each colon, and replaces only what follows the last one.
    expect(offered('explain', 'vpn', ':')).toEqual(['1']);
    expect(offered('explain', 'vpn', ':', '1')).toEqual(['1']);
    expect(offered('service', 'set', 'vpn', ':', '1', 'cli')).toEqual(['client=', 'client_name=', 'client_email=']);
    expect(offered('poll', '--service', 'svc-2')).toEqual(['svc-2']);
    expect(offered('usage', 'svc')).toEqual(['svc-1', 'svc-2']);
    expect(offered('usage', 'h')).toEqual(['history']);
    expect(offered('poll', '--panel=d')).toEqual(['--panel=dcim']);
    expect(offered('panel', 'test', 'dcim', '')).toEqual(['dcim', 'vpn']);
    expect(offered('provision', 'change-package', 'svc-1', 'ded')).toEqual(['ded-100']);
    expect(offered('enforce', 'dcim', '--only', '')).toEqual(['ded-100', 'vpn-50']);
    expect(offered('agent', 'show', '')).toEqual(['north', AGENTS[1], AGENTS[2], 'two\\ words\\;', "o\\'neil"]);
    expect(offered('agent', 'show', 'two\\ w')).toEqual(['two\\ words\\;']);
    expect(offered('relay', 'speed-limits', '')).toEqual(['3', '12']);
    expect(offered('relay', 'tunnel-groups', '7')).toEqual(['7', '71']);
    expect(offered('--config', 'names.yaml', 'poll', '--panel', '')).toEqual(['dcim', 'vpn']);
  });

  it('offers nothing and prints nothing where there is no config or no store', async () => {
    for (const words of ['services', 'panels', 'agents', 'speed-limits', 'unknown']) {
      const elsewhere = await bench.sluice(`completion --config missing.yaml --complete ${words}`);
      expect({ ...elsewhere, json: null }).toEqual({ exitCode: 0, stdout: '', stderr: '', json: null });
    }
  });

  it('offers files for options and arguments that are files', () => {
    expect(offered('service', 'import', 'ser')).toEqual(['services.csv']);
    expect(offered('--config', 'set')).toEqual(['settings.yaml']);
    // bash cuts a word at "=" unless the user told it not to.
    expect(offered('--config', '=', 'set')).toEqual(['settings.yaml']);
    expect(offered('--config=set')).toEqual(['--config=settings.yaml']);
  });

  it('takes no word for a command behind an argument or behind --', () => {
    expect(offered('usage', 'hist')).toEqual(['history']);
    expect(offered('usage', 'svc-1', 'hist')).toEqual([]);
    expect(offered('explain', '--', '--at')).toEqual([]);
  });
});

describe.each(['zsh', 'fish'] as const)('the completion for %s', (shell) => {
  it('knows every command and every option of the program', () => {
    const script = bench.read(`completion.${shell}`);
    const nodes = listNodes(wholeProgram('0'));
    expect(nodes.length).toBeGreaterThan(40);
    for (const node of nodes) {
      expect(script).toContain(`'${node.words.join(' ')}'`);
      for (const { names } of node.options) {
        const long = names.at(-1)!.replace(/^--/, '');
        expect(script).toMatch(shell === 'fish' ? new RegExp(`-l ${long} `) : new RegExp(`'--${long}:`));
      }
    }
  });

  const installed = spawnSync(shell, ['--version']).status === 0;
  const check = installed ? it : it.skip;
  check(`is accepted by the shell${installed ? '' : ` (skipped: ${shell} is not installed here)`}`, () => {
    const { status, stderr } = spawnSync(shell, ['-n', bench.path(`completion.${shell}`)], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

it('the program as completion sees it keeps quotes, choices and folders of any command apart', () => {
  const program = new Command('sluice').option('-c, --config <file>', 'the config');
  program.command('make').description("it's new").argument('<things...>').option('--into <folder>', 'where');
  const [root, make] = listNodes(program);
  expect(root?.subcommands[0]).toEqual({ name: 'make', description: "it's new" });
  expect(make?.arguments).toEqual([{ value: { kind: 'any' }, variadic: true }]);
  expect(make?.options).toEqual([
    { names: ['--into'], description: 'where', value: { kind: 'folder' } },
    { names: ['-h', '--help'], description: 'display help for command', value: null },
    { names: ['-c', '--config'], description: 'the config', value: { kind: 'file' } },
  ]);
});

it('completion names the shells that it knows when asked for another', async () => {
  const { exitCode, stderr } = await bench.sluice('completion tcsh');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('bash, zsh, fish');
});

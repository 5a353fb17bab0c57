import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { manualClock } from '@sluice/fake-panels';
import { buildProgram } from '../cli.js';
import type { Deps } from '../context.js';
import { Bench } from '../test/harness.js';
import { listNodes } from './completion.js';

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
  const { stdout, stderr, status } = spawnSync('bash', ['-c', script], { cwd: bench.folder, encoding: 'utf8' });
  if (status !== 0 || stderr !== '') throw new Error(`${String(status)}: ${stderr}`);
  return stdout;
}

/** What bash offers with the cursor at the end of the last word. */
function offered(...words: string[]): string[] {
  const list = ['sluice', ...words].map((word) => `'${word}'`).join(' ');
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
    expect(offered('explain', '')).toEqual([]);
    expect(offered('poll', '--service', '')).toEqual([]);
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
    const nodes = listNodes(
      buildProgram({ deps: { version: '0' } as Deps, exit: () => undefined, run: () => Promise.resolve(0) }),
    );
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

describe('the program as completion sees it', () => {
  it('keeps quotes, choices and folders of any command apart', () => {
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
});

describe('completion', () => {
  it('names the shells that it knows when asked for another', async () => {
    const { exitCode, stderr } = await bench.sluice('completion tcsh');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('bash, zsh, fish');
  });
});

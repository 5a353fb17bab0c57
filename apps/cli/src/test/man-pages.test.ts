import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { manPages } from '../terminal/manual/man-pages.js';
import { listNodes } from '../terminal/completion/script.js';
import { wholeProgram } from '../cli.js';
import { manualParts } from '../manual.js';

const program = wholeProgram('0');
const pages = manPages(program, manualParts('0.1.0'));
const folder = mkdtempSync(path.join(tmpdir(), 'sluice-man-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What `man` shows of a page, on one line; warnings of the formatter make the test fail. */
function shown(name: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, pages.get(name) ?? '');
  const env = { ...process.env, MANWIDTH: '80', MAN_KEEP_FORMATTING: '', LC_ALL: 'C.UTF-8' };
  const { stdout, stderr } = spawnSync('man', ['--warnings', '-l', file], { env, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.replace(/\s+/g, ' ');
}

const installed = spawnSync('man', ['--version']).status === 0;
const check = installed ? it : it.skip;
const reason = installed ? '' : ' (skipped: man is not installed here)';

describe('the manual', () => {
  it('has a page for each top-level command, which the package ships', () => {
    const groups = listNodes(program)[0]!.subcommands.map(({ name }) => name);
    const names = ['sluice.1', ...groups.filter((name) => name !== 'help').map((name) => `sluice-${name}.1`)];
    expect([...pages.keys()]).toEqual(names);
    const manifest = readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8');
    const { man } = JSON.parse(manifest) as { man: string[] };
    expect(man).toEqual(names.map((name) => `./man/${name}`).sort());
  });

  it('describes each command, argument and option, with its examples', () => {
    for (const node of listNodes(program).filter(({ words }) => words.length > 0 && !words.includes('help'))) {
      const text = (pages.get(`sluice-${node.words[0]!}.1`) ?? '').replaceAll('\\-', '-');
      if (node.subcommands.length === 0) {
        expect(text).toContain(`sluice ${node.words.join(' ')}`);
        const [general] = listNodes(program);
        const common = new Set(['--help', ...general!.options.flatMap(({ names }) => names)]);
        const own = node.options.map(({ names }) => names.at(-1)!).filter((name) => !common.has(name));
        for (const name of own) expect(text).toContain(name);
      }
    }
    expect(pages.get('sluice-db.1')).toContain('sluice db backup sluice\\-2026\\-11\\-20.db.gz');
    expect(pages.get('sluice.1')!.replaceAll('\\-', '-')).toContain('--config');
  });

  it("says, like the help, that the next check finds users that were made in the panel's own forms", () => {
    const said = "a user made in the panel's own forms is not refused, but found by the next check";
    const help = program.commands.find((command) => command.name() === 'agent')!.helpInformation();
    expect(help.replaceAll(/\s+/g, ' ')).toContain(said);
    expect(pages.get('sluice-agent.1')).toContain(said.replaceAll("'", '\\(aq'));
    expect(program.helpInformation()).not.toContain('forms');
  });

  check(`is formatted by man without a warning${reason}`, () => {
    expect(shown('sluice.1')).toContain('--config <file>');
    expect(shown('sluice-service.1')).toContain('--format <format> default: csv (csv, json, yaml)');
    for (const name of pages.keys()) expect(shown(name)).toContain('sluice 0.1.0');
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfigFile } from '@sluice/config-file';
import type { Programs } from './schedule/index.js';
import { askForConfig, scheduleRuns } from './test/readme-examples.js';

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-setup-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the README', () => {
  it('shows the examples that are tested here', () => {
    const readme = read('../README.md');
    const examples = read('./test/readme-examples.ts')
      .replaceAll("'../index.js'", "'@sluice/setup'")
      .replaceAll("'../schedule/index.js'", "'@sluice/setup/schedule'")
      .matchAll(/\/\/ example: .*\n([\s\S]*?)\/\/ end of example/g);
    for (const [, example = 'missing'] of examples) expect(readme).toContain(example.trim());
  });

  it('writes a config that its other example schedules, once', async () => {
    const file = path.join(folder, 'sluice.yaml');
    const answers = ['Europe/Berlin', 'EUR', ''];
    await askForConfig(file, [], () => Promise.resolve(answers.shift() ?? ''));
    expect(loadConfigFile(file, { kinds: [] })).toMatchObject({
      timeZone: 'Europe/Berlin',
      currency: 'EUR',
      panels: {},
    });

    let table: Buffer = Buffer.from('MAILTO=ops\n');
    const programs: Programs = ([, option], input) => {
      if (option === '-' && input !== undefined) table = input;
      return Promise.resolve({ exitCode: 0, stdout: table, stderr: '' });
    };
    expect(await scheduleRuns(file, [], { programs, elsewhere: { home: '/', crontabs: [], units: [] } })).toEqual([
      'the crontab of this user',
    ]);
    expect(table.toString()).toMatch(/^MAILTO=ops\n# BEGIN sluice .*\n.* \/opt\/my-program poll /);
    expect(await scheduleRuns(file, [], { programs, elsewhere: { home: '/', crontabs: [], units: [] } })).toEqual([]);
  });
});

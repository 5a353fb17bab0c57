import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfigFile } from '@sluice/config-file';
import type { PanelKind } from '@sluice/panel-kind';
import { pathInConfig } from './check-answers.js';
import { collectAnswers } from './collect-answers.js';
import { type Ask, Interview } from './interview.js';
import { type Machine, planCrontab } from './schedule/install-crontab.js';
import { planSchedule } from './schedule/plan.js';
import type { Programs } from './schedule/programs.js';
import { writeConfig } from './write-config.js';

async function askForConfig(file: string, kinds: readonly PanelKind[], ask: Ask): Promise<void> {
  const inConfig = (answer: string): string => pathInConfig(answer, { cwd: process.cwd(), home: undefined }, '.');
  const { answers } = await collectAnswers({
    file,
    known: { kinds },
    given: { timeZone: null, currency: null, state: './sluice.db', panels: [] },
    interview: new Interview({ ask, say: console.log, pathInConfig: inConfig, kinds }),
    env: process.env,
    open: null,
    onTest: () => undefined,
  });
  writeConfig(file, answers, false);
}

async function scheduleRuns(file: string, kinds: readonly PanelKind[], machine: Machine): Promise<string[]> {
  const plan = planSchedule({
    config: loadConfigFile(file, { kinds }),
    kinds,
    host: hostname(),
    user: null,
    invocation: ({ command }) => ['/opt/my-program', command, file],
  });
  const { changes, apply } = await planCrontab(plan, machine, false);
  if (changes.length > 0) await apply();
  return changes;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-setup-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('setting up', () => {
  it('writes a config whose runs are scheduled once', async () => {
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

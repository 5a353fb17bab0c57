// example: a first config
import { type Ask, collectAnswers, Interview, pathInConfig, writeConfig } from '../index.js';
import type { PanelKind } from '@sluice/panel-kind';

export async function askForConfig(file: string, kinds: readonly PanelKind[], ask: Ask): Promise<void> {
  const inConfig = (answer: string): string => pathInConfig(answer, { cwd: process.cwd(), home: undefined }, '.');
  const { answers } = await collectAnswers({
    file,
    known: { kinds },
    given: { timeZone: null, currency: null, state: './sluice.db', panels: [] },
    interview: new Interview({ ask, say: console.log, pathInConfig: inConfig, kinds }),
    env: process.env,
    open: null, // a function that opens the engine tests the panels as they are entered
    onTest: () => undefined,
  });
  writeConfig(file, answers, false);
}
// end of example

// example: the jobs of a crontab
import { hostname } from 'node:os';
import { loadConfigFile } from '@sluice/config-file';
import { type Machine, planCrontab, planSchedule } from '../schedule/index.js';

export async function scheduleRuns(file: string, kinds: readonly PanelKind[], machine: Machine): Promise<string[]> {
  const plan = planSchedule({
    config: loadConfigFile(file, { kinds }),
    kinds,
    host: hostname(),
    user: null,
    invocation: (command) => ['/opt/my-program', command, file],
  });
  const { changes, apply } = await planCrontab(plan, machine, false);
  if (changes.length > 0) await apply();
  return changes;
}
// end of example

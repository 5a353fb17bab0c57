import type { Deps } from '../context.js';
import { crontabEntries, crontabLines, crontabRemarks } from '../output/schedule/crontab.js';
import type { SchedulePlan } from '../output/schedule/plan.js';
import { replaceJobs } from './crontab-block.js';
import type { Installation } from './installation.js';
import { programFailed, runProgram } from './programs.js';

/** Plans the change of the user's crontab; `remove` removes the jobs of the config. */
export async function planCrontab(plan: SchedulePlan, deps: Deps, remove: boolean): Promise<Installation> {
  const entries = remove ? [] : crontabEntries(plan);
  const before = await readCrontab(deps);
  const after = replaceJobs(before, plan.config, remove ? null : crontabLines(entries));
  return {
    format: 'crontab',
    entries,
    changes: after.equals(before) ? [] : [`the crontab of ${plan.user ?? 'this user'}`],
    text: remove ? '' : `${crontabLines(entries).join('\n')}\n`,
    remarks: remove ? [] : crontabRemarks(plan),
    apply: async () => {
      const words = ['crontab', '-'];
      const ended = await runProgram(deps, words, after);
      if (ended.exitCode !== 0) throw programFailed(words, ended);
      if ((await readCrontab(deps)).equals(after)) return;
      throw programFailed(words, { ...ended, stderr: 'the crontab that it reports is not the one that was written' });
    },
  };
}

async function readCrontab(deps: Deps): Promise<Buffer> {
  const words = ['crontab', '-l'];
  const ended = await runProgram(deps, words);
  if (ended.exitCode === 0) return ended.stdout;
  if (/no crontab for/i.test(ended.stderr)) return Buffer.alloc(0);
  throw programFailed(words, ended);
}

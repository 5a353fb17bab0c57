import { crontabEntries, crontabLines, crontabRemarks } from './crontab.js';
import { replaceJobs } from './crontab-block.js';
import { type Elsewhere, refuseElsewhere } from './elsewhere.js';
import type { Installation, SchedulePlan } from './plan.js';
import { programFailed, type Programs, requireProgram } from './programs.js';

/** What a schedule is installed on. */
export interface Machine {
  programs: Programs;
  elsewhere: Elsewhere;
}

/**
 * Plans the change of the user's crontab; `remove` removes the jobs of the config.
 *
 * @throws SluiceError `crontab_unclear`, `program_failed`
 */
export async function planCrontab(
  plan: SchedulePlan,
  { programs, elsewhere }: Machine,
  remove: boolean,
): Promise<Installation> {
  const of = { config: plan.config, home: elsewhere.home };
  if (!remove) refuseElsewhere(of, elsewhere);
  const entries = remove ? [] : crontabEntries(plan);
  const lines = crontabLines(entries);
  const before = await readCrontab(programs);
  const after = replaceJobs(before, of, remove ? null : lines);
  return {
    entries,
    changes: after.equals(before) ? [] : [`the crontab of ${plan.user ?? 'this user'}`],
    text: remove ? '' : `${lines.join('\n')}\n`,
    remarks: remove ? [] : crontabRemarks(plan),
    apply: async () => {
      const words = ['crontab', '-'];
      await requireProgram(programs, words, after);
      if ((await readCrontab(programs)).equals(after)) return;
      const stderr = 'the crontab that it reports is not the one that was written';
      throw programFailed(words, { exitCode: 0, stderr });
    },
  };
}

async function readCrontab(programs: Programs): Promise<Buffer> {
  const words = ['crontab', '-l'];
  const ended = await programs(words);
  if (ended.exitCode === 0) return ended.stdout;
  if (/no crontab for/i.test(ended.stderr)) return Buffer.alloc(0);
  throw programFailed(words, ended);
}

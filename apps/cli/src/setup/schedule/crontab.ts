import { printable } from '@sluice/panel-http/printable';
import { shellWords } from '../../terminal/words.js';
import type { PlannedJob, ScheduleEntry, SchedulePlan } from './plan.js';

/** Returns crontab lines, with comments about the environment that they need. */
export function crontab(plan: SchedulePlan): { entries: ScheduleEntry[]; text: string } {
  const entries = crontabEntries(plan);
  const text = [
    `# Sluice. Paste into "crontab -e"${plan.user === null ? '' : ` of ${plan.user}`}; with --quiet, cron mails only changes and problems.`,
    ...crontabRemarks(plan).map((remark) => `# ${remark}`),
    'PATH=/usr/local/bin:/usr/bin:/bin',
    ...crontabLines(entries),
  ];
  return { entries, text: `${text.map(printable).join('\n')}\n` };
}

/** Returns the jobs as entries of a crontab. */
export function crontabEntries({ jobs }: SchedulePlan): ScheduleEntry[] {
  return jobs.map((job) => ({ name: job.name, when: cronTime(job), command: shellWords(job.invocation) }));
}

/** Returns the entries as lines. */
export function crontabLines(entries: readonly ScheduleEntry[]): string[] {
  // cron ends the line at a bare %.
  return entries.map(({ when, command }) => printable(`${when} ${command.replaceAll('%', '\\%')}`));
}

/** Returns remarks about intervals, and about secrets that cron does not have. */
export function crontabRemarks({ remarks, secrets: { env, credential } }: SchedulePlan): string[] {
  return [
    ...remarks,
    ...(env.length > 0
      ? [
          `cron does not have your environment: set ${env.join(', ')} above these lines (NAME=value),`,
          'or use ${file:/path} for the secrets in the config.',
        ]
      : []),
    ...(credential.length > 0
      ? [`cron has no systemd credentials (${credential.join(', ')}): use --format systemd, or \${file:/path}.`]
      : []),
  ];
}

function cronTime({ timing }: PlannedJob): string {
  if (timing.kind === 'daily') return `${timing.minute} ${timing.hour} * * *`;
  const { minutes, offset } = timing;
  if (minutes === 1) return '* * * * *';
  if (minutes < 60) return `${offset === 0 ? '*' : `${offset}-59`}/${minutes} * * * *`;
  const hours = minutes / 60;
  if (hours === 24) return `${offset} 0 * * *`;
  return `${offset} ${hours === 1 ? '*' : `*/${hours}`} * * *`;
}

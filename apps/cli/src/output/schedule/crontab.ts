import { printable } from '@sluice/panel-http/printable';
import { shellWords, type PlannedJob, type ScheduleEntry, type SchedulePlan } from './plan.js';

/** Lines for a crontab, with what they need beside them as comments. */
export function crontab(plan: SchedulePlan): { entries: ScheduleEntry[]; text: string } {
  const entries = plan.jobs.map((job) => ({ name: job.name, when: cronTime(job), command: shellWords(job.command) }));
  const { env, credential } = plan.secrets;
  const text = [
    `# Sluice. Paste into "crontab -e"${plan.user === null ? '' : ` of ${plan.user}`}; --quiet: cron mails only trouble.`,
    ...plan.remarks.map((remark) => `# ${remark}`),
    ...(env.length > 0
      ? [
          `# cron does not know your environment: set ${env.join(', ')} above these lines (NAME=value),`,
          '# or give the secrets as ${file:/path} in the config.',
        ]
      : []),
    ...(credential.length > 0
      ? [`# cron has no credentials of systemd (${credential.join(', ')}): use --format systemd, or \${file:/path}.`]
      : []),
    'PATH=/usr/local/bin:/usr/bin:/bin',
    // cron takes a bare % for the end of the line.
    ...entries.map(({ when, command }) => `${when} ${command.replaceAll('%', '\\%')}`),
  ];
  return { entries, text: `${text.map(printable).join('\n')}\n` };
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

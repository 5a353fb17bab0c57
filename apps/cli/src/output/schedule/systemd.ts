import { printable } from '@sluice/panel-http/printable';
import { shellWords, type PlannedJob, type ScheduleEntry, type SchedulePlan } from './plan.js';

const FOLDER = '/etc/systemd/system';

/** Returns a service and a timer for each job in one text, each with its file name as a comment. */
export function systemdUnits(plan: SchedulePlan): { entries: ScheduleEntry[]; text: string } {
  const entries = plan.jobs.map((job) => ({
    name: job.name,
    when: calendarTime(job),
    command: shellWords(job.command),
  }));
  const names = plan.jobs.map((job) => `sluice-${job.name}`);
  const text = [
    [
      '# Sluice. Copy each part to the file named above it, then run:',
      `#   systemctl daemon-reload && systemctl enable --now ${names.map((name) => `${name}.timer`).join(' ')}`,
      ...plan.remarks.map((remark) => `# ${remark}`),
    ],
    ...plan.jobs.flatMap((job) => [
      [`# ${FOLDER}/sluice-${job.name}.service`, ...service(plan, job)],
      [`# ${FOLDER}/sluice-${job.name}.timer`, ...timer(job)],
    ]),
  ];
  return { entries, text: `${text.map((part) => part.map(printable).join('\n')).join('\n\n')}\n` };
}

function service(plan: SchedulePlan, job: PlannedJob): string[] {
  return [
    '[Unit]',
    `Description=Sluice: ${job.description}`,
    'Wants=network-online.target',
    'After=network-online.target',
    '',
    '[Service]',
    'Type=oneshot',
    `ExecStart=${job.command.map(unitWord).join(' ')}`,
    ...(plan.user === null || plan.user === 'root'
      ? ['# A dedicated user that owns the state file is safer than root:', '#User=sluice']
      : [`User=${plan.user}`]),
    ...secretLines(plan),
    'UMask=0077',
    'NoNewPrivileges=yes',
    'CapabilityBoundingSet=',
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    `ReadWritePaths=${unitWord(plan.stateFolder)}`,
    // A private /tmp would hide a state file in /tmp.
    ...(/^\/(var\/)?tmp(\/|$)/.test(plan.stateFolder) ? [] : ['PrivateTmp=yes']),
    'PrivateDevices=yes',
    'ProtectClock=yes',
    'ProtectHostname=yes',
    'ProtectKernelTunables=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelLogs=yes',
    'ProtectControlGroups=yes',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'LockPersonality=yes',
    'SystemCallArchitectures=native',
  ];
}

function secretLines({ secrets }: SchedulePlan): string[] {
  const { env, credential } = secrets;
  return [
    ...(credential.length > 0
      ? [
          '# The secrets for ${credential:NAME}: one file each, mode 0600, owned by root.',
          ...credential.map((name) => `LoadCredential=${name}:/etc/sluice/credentials/${name}`),
        ]
      : [
          '# For secrets that only root can read, use ${credential:NAME} in the config and a line like this:',
          '#LoadCredential=NAME:/etc/sluice/credentials/NAME',
        ]),
    ...(env.length > 0
      ? [
          `# Create this file (mode 0600) with a line NAME=value for each of ${env.join(', ')}.`,
          'EnvironmentFile=/etc/sluice/sluice.env',
        ]
      : []),
  ];
}

function timer(job: PlannedJob): string[] {
  return [
    '[Unit]',
    `Description=Sluice: timer of ${job.name}`,
    '',
    '[Timer]',
    `OnCalendar=${calendarTime(job)}`,
    'AccuracySec=10s',
    // Runs missed while the machine was off start at once.
    'Persistent=yes',
    '',
    '[Install]',
    'WantedBy=timers.target',
  ];
}

/** Quotes an argument for a unit file, where % and $ are special. */
function unitWord(word: string): string {
  const text = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w./:@%$+=,-]+$/.test(text) ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function calendarTime({ timing }: PlannedJob): string {
  const two = (figure: number): string => String(figure).padStart(2, '0');
  if (timing.kind === 'daily') return `*-*-* ${two(timing.hour)}:${two(timing.minute)}:00`;
  const { minutes, offset } = timing;
  if (minutes < 60) return `*-*-* *:${two(offset)}/${minutes}:00`;
  const hours = minutes / 60;
  if (hours === 24) return `*-*-* 00:${two(offset)}:00`;
  return `*-*-* ${hours === 1 ? '*' : `00/${hours}`}:${two(offset)}:00`;
}

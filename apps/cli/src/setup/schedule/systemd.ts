import { printable } from '@sluice/panel-http/printable';
import { shellWords } from '../../terminal/words.js';
import type { PlannedJob, ScheduleEntry, SchedulePlan } from './plan.js';

/** Who runs the units: the system, or the service manager of one user. */
export interface UnitTarget {
  /** Folder of the unit files. */
  folder: string;
  /** Whether they are units of a user. */
  ofUser: boolean;
  /** File with the environment variables that the config names. */
  environmentFile: string;
  /** Folder with the secrets for `${credential:NAME}`. */
  credentials: string;
}

/** The units of the system. */
export const SYSTEM_UNITS: UnitTarget = {
  folder: '/etc/systemd/system',
  ofUser: false,
  environmentFile: '/etc/sluice/sluice.env',
  credentials: '/etc/sluice/credentials',
};

/** One unit file. */
export interface UnitFile {
  /** Its name, such as `sluice-poll.timer`. */
  name: string;
  text: string;
}

/** Runs of different hosts and jobs start some seconds apart. */
const DELAY_S = 30;

/** Returns a service and a timer for each job in one text, each with its file name as a comment. */
export function systemdUnits(plan: SchedulePlan): { entries: ScheduleEntry[]; text: string } {
  const names = startedUnits(plan);
  const text = [
    [
      '# Sluice. Copy each part to the file named above it, then run:',
      `#   systemctl daemon-reload && systemctl enable --now ${names.join(' ')}`,
      ...plan.remarks.map((remark) => printable(`# ${remark}`)),
    ].join('\n'),
    ...unitFiles(plan, SYSTEM_UNITS).map((file) => `# ${SYSTEM_UNITS.folder}/${file.name}\n${file.text.trimEnd()}`),
  ];
  return { entries: systemdEntries(plan), text: `${text.join('\n\n')}\n` };
}

/** Returns the jobs as entries, with the calendar of their timers. */
export function systemdEntries({ jobs, server }: SchedulePlan): ScheduleEntry[] {
  const entries = jobs.map((job) => ({ name: job.name, when: calendarTime(job), command: shellWords(job.invocation) }));
  if (server === null) return entries;
  return [...entries, { name: 'serve', when: 'always', command: shellWords(server.invocation) }];
}

/** Returns the name of a job's timer. */
export const timerName = ({ name }: Pick<PlannedJob, 'name'>): string => `sluice-${name}.timer`;

/** The unit of the server. */
export const SERVER_UNIT = 'sluice-serve.service';

/** Returns the names of the units that are started: the timers, and the server. */
export function startedUnits({ jobs, server }: SchedulePlan): string[] {
  return [...jobs.map((job) => timerName(job)), ...(server === null ? [] : [SERVER_UNIT])];
}

/** Returns the service and the timer of each job, and the service of the server. */
export function unitFiles(plan: SchedulePlan, target: UnitTarget): UnitFile[] {
  const toText = (lines: readonly string[]): string => `${lines.map(printable).join('\n')}\n`;
  const jobs = plan.jobs.flatMap((job) => [
    { name: `sluice-${job.name}.service`, text: toText(service(plan, toOneShot(plan, job), target)) },
    { name: timerName(job), text: toText(timer(job)) },
  ]);
  if (plan.server === null) return jobs;
  const lines = [
    ...service(plan, toServer(plan.server), target),
    '',
    '[Install]',
    `WantedBy=${target.ofUser ? 'default' : 'multi-user'}.target`,
  ];
  return [...jobs, { name: SERVER_UNIT, text: toText(lines) }];
}

/** What the services differ in. */
interface Process {
  description: string;
  invocation: readonly string[];
  secrets: SchedulePlan['secrets'];
  /** How it is started and ended. */
  lines: readonly string[];
}

function toOneShot({ secrets }: SchedulePlan, { description, invocation }: PlannedJob): Process {
  return { description, invocation, secrets, lines: ['Type=oneshot'] };
}

function toServer({ invocation, secrets }: NonNullable<SchedulePlan['server']>): Process {
  return {
    ...{ description: 'dashboard and HTTP API', invocation, secrets },
    lines: [
      'Type=exec',
      'Restart=on-failure',
      'RestartSec=5s',
      // A config that is refused is refused again.
      'RestartPreventExitStatus=2',
      // It ends so when it is stopped.
      'SuccessExitStatus=143',
      // A run under way stops at a safe step.
      'TimeoutStopSec=90s',
    ],
  };
}

function service(plan: SchedulePlan, of: Process, target: UnitTarget): string[] {
  const network = ['Wants=network-online.target', 'After=network-online.target'];
  return [
    '[Unit]',
    `Description=Sluice: ${of.description}`,
    // The service manager of a user has no such target.
    ...(target.ofUser ? [] : network),
    '',
    '[Service]',
    ...of.lines,
    // Only in command lines $ begins the name of a variable.
    `ExecStart=${of.invocation.map((word) => unitWord(word.replaceAll('$', '$$$$'))).join(' ')}`,
    ...(target.ofUser ? [] : userLines(plan)),
    ...secretLines(of, target),
    'UMask=0077',
    'NoNewPrivileges=yes',
    ...(target.ofUser ? [] : hardening(plan)),
    'RestrictRealtime=yes',
    'LockPersonality=yes',
    'SystemCallArchitectures=native',
  ];
}

function userLines({ user }: SchedulePlan): string[] {
  return user === null || user === 'root'
    ? ['# A dedicated user that owns the state file is safer than root:', '#User=sluice']
    : [`User=${user}`];
}

/** What only the system's service manager can restrict. */
function hardening({ stateFolder }: SchedulePlan): string[] {
  return [
    'CapabilityBoundingSet=',
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    `ReadWritePaths=${unitWord(stateFolder)}`,
    // A private /tmp would hide a state file in /tmp.
    ...(/^\/(var\/)?tmp(\/|$)/.test(stateFolder) ? [] : ['PrivateTmp=yes']),
    'PrivateDevices=yes',
    'ProtectClock=yes',
    'ProtectHostname=yes',
    'ProtectKernelTunables=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelLogs=yes',
    'ProtectControlGroups=yes',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
    'RestrictNamespaces=yes',
    'RestrictSUIDSGID=yes',
    'PrivateMounts=yes',
    'RemoveIPC=yes',
    'SystemCallFilter=@system-service',
    'SystemCallFilter=~@privileged @resources',
    // What is refused fails, and does not end the run.
    'SystemCallErrorNumber=EPERM',
  ];
}

function secretLines({ secrets }: Process, { credentials, environmentFile, ofUser }: UnitTarget): string[] {
  const { env, credential } = secrets;
  return [
    ...(credential.length > 0
      ? [
          `# The secrets for \${credential:NAME}: one file each, mode 0600, owned by ${ofUser ? 'you' : 'root'}.`,
          ...credential.map((name) => `LoadCredential=${name}:${credentials}/${name}`),
        ]
      : [
          '# For secrets that only root can read, use ${credential:NAME} in the config and a line like this:',
          `#LoadCredential=NAME:${credentials}/NAME`,
        ]),
    ...(env.length > 0
      ? [
          `# Create this file (mode 0600) with a line NAME=value for each of ${env.join(', ')}.`,
          `EnvironmentFile=${environmentFile}`,
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
    `RandomizedDelaySec=${DELAY_S}s`,
    // Runs missed while the machine was off start at once.
    'Persistent=yes',
    '',
    '[Install]',
    'WantedBy=timers.target',
  ];
}

/** Quotes a word for a unit file, where % is special. */
function unitWord(word: string): string {
  const text = word.replaceAll('%', '%%');
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

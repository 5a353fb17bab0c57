import type { Job } from '../../schedule/jobs.js';

/** A job with its whole command line. */
export interface PlannedJob extends Job {
  /** Program and arguments. */
  invocation: string[];
}

/** What crontab lines and systemd units are written from. */
export interface SchedulePlan {
  /** Path of the config. */
  config: string;
  jobs: PlannedJob[];
  /** Folder of the state file, which the runs write to. */
  stateFolder: string;
  /** User that runs the commands; null for an unknown one. */
  user: string | null;
  /** Environment variables and systemd credentials that the config names. */
  secrets: { env: string[]; credential: string[] };
  /** Remarks for the operator, one sentence each. */
  remarks: string[];
}

/** One entry of `schedule show --json` (docs/json.md). */
export interface ScheduleEntry {
  name: string;
  when: string;
  command: string;
}

/** Returns a command line for a shell, with arguments quoted where needed. */
export function shellWords(words: string[]): string {
  return words.map((word) => (/^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/** A job as the texts need it. */
export interface PlannedJob {
  name: string;
  description: string;
  /** Program and arguments. */
  command: string[];
  timing: { kind: 'every'; minutes: number; offset: number } | { kind: 'daily'; hour: number; minute: number };
}

/** A schedule with what its texts have to say beside the times. */
export interface SchedulePlan {
  jobs: PlannedJob[];
  /** Folder of the state file, which the runs write to. */
  stateFolder: string;
  /** User that the runs are made by; null where that can't be told. */
  user: string | null;
  /** Names that the config takes from the environment and from systemd's credentials. */
  secrets: { env: string[]; credential: string[] };
  /** What the operator should know, a sentence each. */
  remarks: string[];
}

/** One line of a schedule as `schedule show --json` has it. */
export interface ScheduleEntry {
  name: string;
  when: string;
  command: string;
}

/** Words for a shell; quoted where a shell would take them apart. */
export function shellWords(words: string[]): string {
  return words.map((word) => (/^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

import type { ScheduleEntry } from '../output/schedule/plan.js';

/** A planned change of the machine's schedule. */
export interface Installation {
  format: 'crontab' | 'systemd';
  entries: ScheduleEntry[];
  /** What would be changed, for people; empty where all is as it should be. */
  changes: string[];
  /** The lines or units. */
  text: string;
  /** What the operator has to do besides, one sentence each. */
  remarks: string[];
  apply: () => Promise<void>;
}

export type { JobTiming } from './timing.js';
export {
  type JobRequest,
  type Schedule,
  type ScheduledJob,
  type ScheduleOptions,
  startSchedule,
} from './run-schedule.js';

export { crontab } from './crontab.js';
export { type Elsewhere, listSchedules } from './elsewhere.js';
export { type Machine, planCrontab } from './install-crontab.js';
export { planUnits, unitTarget } from './install-units.js';
export { type Job, scheduledJobs, type Timing } from './jobs.js';
export {
  type Installation,
  type PlannedJob,
  planSchedule,
  type ScheduleEntry,
  type SchedulePlan,
  type ScheduleRequest,
} from './plan.js';
export { type Ended, type Programs, systemPrograms } from './programs.js';
export { systemdUnits, type UnitTarget } from './systemd.js';

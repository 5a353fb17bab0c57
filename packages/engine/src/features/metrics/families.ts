/** What a metric is for Prometheus. */
export type MetricType = 'gauge' | 'counter';

/** A metric with all its samples. */
export interface MetricFamily {
  name: string;
  type: MetricType;
  /** What it measures, and what its absence means. */
  help: string;
  /** Names of its labels; each sample has all of them. */
  labels: readonly string[];
  samples: MetricSample[];
}

/** One figure. */
export interface MetricSample {
  labels: Readonly<Record<string, string>>;
  value: number;
}

type Declared = Omit<MetricFamily, 'name' | 'samples'>;

const gauge = (help: string, ...labels: string[]): Declared => ({ type: 'gauge', help, labels });

/** All metrics, by name. A figure that is unknown has no sample. */
export const METRICS = {
  sluice_service_usage_bytes: gauge(
    'Usage of a service in its cycle, by its last readable figures.',
    'panel',
    'service',
    'direction',
  ),
  sluice_service_allowance_bytes: gauge(
    'Allowance of a service in its cycle, in the direction that counts; absent where it is unlimited or unmanaged.',
    'panel',
    'service',
    'direction',
  ),
  sluice_service_read_timestamp_seconds: gauge('When the usage of a service was read.', 'panel', 'service'),
  sluice_services: gauge(
    'Number of services by status; with a hold that is open or not undone yet they are held, whatever the last run could read.',
    'panel',
    'status',
  ),
  sluice_services_unread: gauge(
    'Number of services that the last run could not read, or where it failed, held ones included.',
    'panel',
  ),
  sluice_holds: gauge('Number of holds of services and agents that are open or not undone yet.', 'panel', 'reason'),
  sluice_actions_in_doubt: gauge('Number of changes whose outcome is unknown.', 'panel'),
  sluice_brake: gauge(
    '1 while the brake stops the runs over the panel, so that nothing is changed; 0 if not.',
    'panel',
  ),
  sluice_panel_up: gauge(
    '1 if the panel answers, 0 if it answers nothing or with errors only; absent before the first call.',
    'panel',
  ),
  sluice_next_reading_timestamp_seconds: gauge(
    'From when on the first service of the panel is due to be read; absent where polls read all services (poll.maxOvershoot), or nothing was planned.',
    'panel',
  ),
  sluice_panel_undecided: gauge(
    '1 while the runs over the panel decide nothing although it answers, such as by a wrong clock or an ignored list; 0 if not.',
    'panel',
  ),
  sluice_enforce: gauge(
    '1 if runs may change the services of the product on the panel, 0 under observe; product "" is the panel itself with its agents.',
    'panel',
    'product',
  ),
  sluice_lease_held: gauge('1 while a run holds the lease of the panel.', 'panel'),
  sluice_store_bytes: gauge(
    'Size of the file of the store with its log, or of its tables on PostgreSQL; absent for a store in memory.',
  ),
  sluice_store_free_bytes: gauge(
    'Room left on the disk of the store, which a backup and a migration need; absent on PostgreSQL.',
  ),
  sluice_run_last_success_timestamp_seconds: gauge(
    'When the last run over all services ended that was done, or failed for some items only, and decided on each panel.',
    'command',
  ),
  sluice_run_duration_seconds: gauge('Duration of the last run over all services that has ended.', 'command'),
  sluice_run_outcome: gauge(
    '1 for the outcome of the last run over all services that has ended.',
    'command',
    'outcome',
  ),
  sluice_run_interval_seconds: gauge('Time between two scheduled runs, by the config.', 'command'),
  sluice_purchases_total: { type: 'counter', help: 'Number of packages that were paid for.', labels: ['actor'] },
  sluice_alarms: gauge(
    'Number of alarms: what is wrong since an earlier run, by whether it is acknowledged.',
    'panel',
    'code',
    'acknowledged',
  ),
  sluice_queue_up: gauge('1 if the queue of jobs answers, 0 if not; absent for a store without one.'),
  sluice_queue_lag_seconds: gauge('For how long the oldest waiting job could have begun.'),
  sluice_queue_oldest_job_seconds: gauge('Age of the oldest job that has not ended.'),
  sluice_queue_jobs: gauge('Number of jobs that may begin, or are under way.', 'kind', 'state'),
  sluice_queue_jobs_ended: gauge('Number of jobs that ended in the last day.', 'kind', 'outcome'),
  sluice_workers: gauge(
    'Number of workers that begin jobs, wait for a reason of theirs, or were lost in the last day.',
    'state',
  ),
  sluice_deliveries_pending: gauge('Number of notices that wait to be sent to a channel.', 'channel'),
  sluice_deliveries_given_up: gauge('Number of notices that could not be sent to a channel.', 'channel'),
  sluice_agent_used_bytes: gauge('Usage of an agent in its period.', 'panel', 'agent', 'id'),
  sluice_agent_limit_bytes: gauge('Limit of an agent; absent without a limit.', 'panel', 'agent', 'id'),
} as const satisfies Readonly<Record<string, Declared>>;

/** Name of a metric. */
export type MetricName = keyof typeof METRICS;

/** Collects samples of the declared metrics. */
export class MetricTable {
  readonly #samples = new Map<MetricName, MetricSample[]>();

  /** Adds a sample; an unknown figure (null) adds none. */
  add(name: MetricName, labels: Readonly<Record<string, string>>, value: number | null): void {
    if (value === null) return;
    const samples = this.#samples.get(name);
    if (samples === undefined) this.#samples.set(name, [{ labels, value }]);
    else samples.push({ labels, value });
  }

  /** Returns all metrics, also those without samples. */
  families(): MetricFamily[] {
    return Object.entries(METRICS).map(([name, declared]) => {
      return { name, ...declared, samples: this.#samples.get(name as MetricName) ?? [] };
    });
  }
}

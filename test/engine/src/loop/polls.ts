import type { RunOptions, RunReport } from '@sluice/engine';
import type { EasyDcimBench } from '../bench/easydcim-bench.js';
import { type EngineBench, GB, HOUR } from '../bench/engine-bench.js';

type ServiceOfRun = RunReport['services'][number];

interface PolledBench {
  bench: EngineBench;
  poll: (options?: RunOptions) => Promise<RunReport>;
}

/** A poll, and what it did about the first service. */
export interface Polled {
  outcome: RunReport['run']['outcome'];
  report: RunReport;
  readonly service: ServiceOfRun;
}

/** Polls an hour later, or after another time. */
export async function pollLater(at: PolledBench, ms = HOUR, options?: RunOptions): Promise<Polled> {
  at.bench.clock.advance(ms);
  const report = await at.poll(options);
  return {
    outcome: report.run.outcome,
    report,
    get service() {
      return firstService(report);
    },
  };
}

/** Returns the first service of a report. */
export function firstService({ services: [service] }: RunReport): ServiceOfRun {
  if (service === undefined) throw new Error('the report has no service');
  return service;
}

/** Returns the codes of a report's notices. */
export function noticeCodes({ notices }: Pick<RunReport, 'notices'>): string[] {
  return notices.map(({ code }) => code);
}

/** Adds the services 1 to `count` to EasyDCIM; returns their numbers. */
export async function addServices(at: EasyDcimBench, count: number, product?: string): Promise<number[]> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  for (const number of numbers) await at.addService(number, product === undefined ? {} : { product });
  return numbers;
}

/** Lets an hour pass with this inbound traffic of each of these services. */
export function useEach({ bench, panel }: EasyDcimBench, numbers: readonly number[], gigabytes: number): void {
  for (const number of numbers) panel.addTraffic(500 + number, { in: gigabytes * GB, out: 0 });
  bench.clock.advance(HOUR);
}

import type { RunReport } from '../../kernel/run/report.js';

/** Returns the panels under observe; of those that are enforced for some products, how many services that concerns. */
export function listObserving({ run, services }: Pick<RunReport, 'run' | 'services'>): string[] {
  return run.observing.map((panel) => {
    const enforced = services.filter((service) => service.panel === panel && !service.observing).length;
    if (run.command === 'hold release' || enforced === 0) return panel;
    return `${panel} (except ${enforced} enforced ${enforced === 1 ? 'service' : 'services'})`;
  });
}

import type { RunReport } from '@sluice/contract/documents';

/** Returns the panels under observe; of those that are enforced for some products, how many services that concerns. */
export function listObserving({ run, enforced }: Pick<RunReport, 'run' | 'enforced'>): string[] {
  return run.observing.map((panel) => {
    const services = enforced.find((each) => each.panel === panel)?.services ?? 0;
    // A release of everything observes all of its panels afterwards.
    if (run.command === 'hold release' || services === 0) return panel;
    return `${panel} (except ${services} enforced ${services === 1 ? 'service' : 'services'})`;
  });
}

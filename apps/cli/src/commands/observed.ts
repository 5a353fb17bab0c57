import type { ServiceDetail, Sluice } from '@sluice/engine';
import type { Terminal } from '@sluice/terminal';
import type { ObservedService } from '@sluice/terminal/lists';
import { printObserving } from '@sluice/terminal/reports';

/** Finds which holds of services are only decisions under observe. */
export async function findObserved(sluice: Sluice, services: readonly ServiceDetail[]): Promise<ObservedService[]> {
  const mayBe = services.some(({ observing, holds }) => observing && holds.length > 0);
  const open = mayBe ? (await sluice.holds.list({ open: true })).holds : [];
  const isOpen = new Set(open.map(({ service, reason }) => `${reason} ${service ?? ''}`));
  return services.map((service) => {
    const would = service.observing ? service.holds.filter(({ reason }) => !isOpen.has(`${reason} ${service.id}`)) : [];
    return { ...service, wouldHold: would.map(({ reason }) => reason) };
  });
}

/** Returns the service as documents have it. */
export function withoutObserved({ wouldHold: _wouldHold, ...service }: ObservedService): ServiceDetail {
  return service;
}

/** Prints which panels are down, so that the listed figures are those of the last readings. */
export function printOutages(
  terminal: Terminal,
  services: readonly Pick<ServiceDetail, 'panel' | 'panelDownSince'>[],
): void {
  const outages = new Map(services.map(({ panel, panelDownSince }) => [panel, panelDownSince]));
  for (const [panel, since] of outages) {
    if (since === null) continue;
    const text = `Panel ${panel} is down since ${terminal.times.at(since, panel) ?? since}: these are the last known states`;
    terminal.line(terminal.colors.yellow(text));
  }
}

/** Prints which panels are only observed, where a listed service would be held. */
export function printObserved(terminal: Terminal, services: readonly ObservedService[]): void {
  const panels = services.filter(({ wouldHold }) => wouldHold.length > 0).map(({ panel }) => panel);
  printObserving(terminal, [...new Set(panels)]);
}

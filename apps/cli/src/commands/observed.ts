import type { ServiceDetail, Sluice } from '@sluice/engine';
import { type Column, type ColumnInk, state, type Terminal } from '@sluice/terminal';
import { printObserving } from '@sluice/terminal/reports';

/** A service with the reasons that would hold it if its panel were not under observe. */
export type ObservedService = ServiceDetail & { wouldHold: string[] };

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

/** Returns the column of the states of services. */
export function serviceStatus(): Column<ObservedService> {
  const cell = (service: ObservedService, ink: ColumnInk): string =>
    isWouldBeHeld(service) ? ink.paint('held', 'would be held') : ink.status(service.status);
  return state('status', ({ status }) => status, { cell, whole: true });
}

function isWouldBeHeld({ status, holds, wouldHold }: ObservedService): boolean {
  return status === 'held' && holds.length === wouldHold.length;
}

/** Prints which panels are only observed, where a listed service would be held. */
export function printObserved(terminal: Terminal, services: readonly ObservedService[]): void {
  const panels = services.filter(({ wouldHold }) => wouldHold.length > 0).map(({ panel }) => panel);
  printObserving(terminal, [...new Set(panels)]);
}

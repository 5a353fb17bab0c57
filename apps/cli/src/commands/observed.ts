import type { ServiceDetail } from '@sluice/engine';
import type { Terminal } from '@sluice/terminal';
import { printObserving } from '@sluice/terminal/reports';

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
export function printObserved(terminal: Terminal, services: readonly ServiceDetail[]): void {
  const panels = services
    .filter(({ observing, wouldHold }) => observing && wouldHold.length > 0)
    .map(({ panel }) => panel);
  printObserving(terminal, [...new Set(panels)]);
}

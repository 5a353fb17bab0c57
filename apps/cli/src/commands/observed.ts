import type { PanelView, ServiceDetail, Standing } from '@sluice/engine';
import { describeBrake, describeOutage, describeUndecided, listLate, nameFew } from '@sluice/engine/words';
import type { Terminal } from '../terminal/terminal.js';
import { foldSame } from '../terminal/reports/fold.js';
import { printObserving } from '../terminal/reports/run-report.js';
import { withRemedy } from '../remedies.js';
import type { Opened } from '../open-sluice.js';

/** Prints which panels are down, left the config or are not decided on, so that the listed figures are those of the last readings. */
export function printOutages(
  terminal: Terminal,
  services: readonly Pick<ServiceDetail, 'panel' | 'panelDownSince' | 'panelRemoved' | 'panelUndecided'>[],
): void {
  const away = services.filter(({ panelDownSince }) => panelDownSince !== null);
  const down = [...new Map(away.map((each) => [each.panel, each]))].map(([panel, service]) => {
    const since = terminal.times.at(service.panelDownSince, panel) ?? '';
    return { panel, who: `Panel ${panel} is`, what: `${describeOutage(service)} since ${since}` };
  });
  const toKey = ({ what }: { what: string }): string => what;
  const said = foldSame(down, toKey, (first, same) => ({
    ...first,
    who: `Panels ${nameFew(same.map(({ panel }) => panel))} are`,
  }));
  for (const { who, what } of said)
    terminal.line(terminal.colors.yellow(`${who} ${what}: these are the last known states`));
  for (const [panel, undecided] of new Map(services.map(({ panel, panelUndecided }) => [panel, panelUndecided]))) {
    if (undecided === undefined) continue;
    const since = terminal.times.at(undecided.since, panel) ?? undecided.since;
    const message = terminal.times.text(describeUndecided(panel, undecided, since), panel);
    terminal.line(terminal.colors.yellow(withRemedy({ code: undecided.code, message })));
  }
}

/** Prints that the runs have stopped, so that what is listed is that of the last one; the checks of agents of one panel, or of all. */
export function printLate(
  terminal: Terminal,
  beside: Pick<Standing, 'late' | 'overdue' | 'lateChecks'>,
  only?: string,
): void {
  for (const line of lateLines(terminal, beside, only)) terminal.line(terminal.colors.red(line));
}

/** Prints that the database has no services while a state file beside it has. */
export function printFileBeside(terminal: Terminal, { fileBeside }: Pick<Standing, 'fileBeside'>): void {
  if (fileBeside === undefined) return;
  terminal.line(terminal.colors.red(`${withRemedy(fileBeside)}.`));
}

function lateLines(
  { times }: Terminal,
  beside: Pick<Standing, 'late' | 'overdue' | 'lateChecks'>,
  only: string | undefined,
): string[] {
  const since = (instant: string, panel?: string): string => {
    const at = times.at(instant, panel) ?? instant;
    const ago = times.ago(instant) ?? at;
    return ago === at ? at : `${at} (${ago})`;
  };
  const lines = listLate(beside, since, only === undefined ? undefined : [only]);
  return lines.map(({ code, message }) => `${withRemedy({ code, message, details: {} })}.`);
}

/** Prints, below what was listed of panels, which of them are down or not decided on, that the runs have stopped, and what the brake stopped. */
export async function printPanels(
  { sluice, terminal }: Pick<Opened, 'sluice' | 'terminal'>,
  panels: readonly PanelView[],
  only: string | undefined,
): Promise<void> {
  const beside = await sluice.standing();
  printOutages(
    terminal,
    panels.map(({ name, downSince, undecided }) => ({
      ...{ panel: name, panelDownSince: downSince },
      ...(undecided !== undefined && { panelUndecided: undecided }),
    })),
  );
  printLate(terminal, beside, only);
  printBrakes(
    terminal,
    panels.map(({ name }) => name),
    beside,
  );
}

/** Prints what no alarm says: that the runs have stopped, what the brake stopped, panels that are down, and panels that left the config; of one, or of all. */
export async function printStanding(
  { sluice, terminal }: Pick<Opened, 'sluice' | 'terminal'>,
  only: string | undefined,
): Promise<void> {
  const standing = await sluice.standing();
  const { brakes, down, removed } = standing;
  const isAsked = (panel: string): boolean => only === undefined || panel === only;
  const lines = [
    ...lateLines(terminal, standing, only),
    ...brakes
      .filter(({ panel }) => isAsked(panel))
      .map((brake) => describeBrake(brake, terminal.times.at(brake.since, brake.panel) ?? brake.since)),
    ...down
      .filter(({ panel }) => isAsked(panel))
      .map(({ panel, since }) => {
        const at = terminal.times.at(since, panel) ?? since;
        return `Panel ${panel} is down since ${at}: nothing is read or changed there.`;
      }),
    ...removed.filter(({ panel }) => isAsked(panel)).map(({ message }) => message),
  ];
  for (const line of lines) terminal.line(terminal.colors.red(line));
}

/** Prints what keeps listed services from being held or released: panels that are only observed, and runs that the brake stopped. */
export async function printKept(
  { sluice, terminal }: Pick<Opened, 'sluice' | 'terminal'>,
  services: readonly ServiceDetail[],
  beside: Pick<Standing, 'brakes'>,
): Promise<void> {
  const living = services.filter(({ lifecycle }) => lifecycle !== 'terminated' && lifecycle !== 'vanished');
  const observing = new Set(living.filter((service) => service.observing).map(({ panel }) => panel));
  if (observing.size > 0) {
    const { panels } = await sluice.panels.list();
    printObserving(terminal, panels.filter(({ name }) => observing.has(name)).map(nameObserved));
  }
  const due = living.filter(({ wouldHold, holds, observing }) => wouldHold.length + holds.length > 0 && !observing);
  printBrakes(
    terminal,
    due.map(({ panel }) => panel),
    beside,
  );
}

/** Returns a panel with the products to which its observation is restricted, or that it leaves out. */
function nameObserved({ name, enforce }: Pick<PanelView, 'name' | 'enforce'>): string {
  const { value, except } = enforce;
  const products = except.map(({ productName }) => productName).join(', ');
  if (value === 'on') return `${name} (${products})`;
  return products === '' ? name : `${name} (except ${products})`;
}

/** Prints on which of these panels the brake stopped the last runs, over services and over agents. */
export function printBrakes(terminal: Terminal, panels: readonly string[], { brakes }: Pick<Standing, 'brakes'>): void {
  for (const brake of brakes.filter(({ panel }) => panels.includes(panel)))
    terminal.line(
      terminal.colors.red(describeBrake(brake, terminal.times.at(brake.since, brake.panel) ?? brake.since)),
    );
}

import { withRemedy } from '../remedies.js';
import { bytesCell, type Terminal } from './terminal.js';

/** What of a run's document the table needs; the documents of poll, reconcile, plan and hold release all have it. */
export interface PassDocument {
  run: { id: string; command: string; dryRun: boolean; observing: string[]; startedAt: string; finishedAt: string };
  totals: {
    services: number;
    read: number;
    unreadable: number;
    failed: number;
    held: number;
    released: number;
    purchased: number;
    actions: number;
  };
  services: {
    id: string;
    panel: string;
    status: string;
    observing: boolean;
    usage: { totalBytes: number | null; inBytes: number | null; outBytes: number | null } | null;
    mode: string | null;
    allowance: { unlimited: boolean; allowedBytes: number | null } | null;
    holds: { reason: string; since: string }[];
    actions: { type: string; target: string; state: string }[];
    error: { code: string; message: string } | null;
    drift?: string[];
  }[];
  notices: { code: string; service: string | null; message: string }[];
  error: { code: string; message: string } | null;
  panels: { panel: string; error: { code: string; message: string } }[];
}

/** Used bytes of the direction that counts. */
export function usedCell(service: Pick<PassDocument['services'][number], 'usage' | 'mode'>): string | null {
  const { usage, mode } = service;
  if (!usage) return null;
  return bytesCell(mode === 'IN' ? usage.inBytes : mode === 'OUT' ? usage.outBytes : usage.totalBytes);
}

/** Prints a run for people: what is out of the ordinary first to the eye, all services with `--verbose`. */
export function printPass(terminal: Terminal, report: PassDocument, showAll: boolean): void {
  const { colors } = terminal;
  const shown = report.services.filter((service) => showAll || service.status !== 'ok' || service.actions.length > 0);
  const quietly =
    terminal.quiet &&
    report.error === null &&
    report.panels.length === 0 &&
    shown.every((service) => service.error === null);
  if (quietly) return;
  if (report.run.observing.length > 0) {
    terminal.line(
      colors.yellow(`OBSERVING ${report.run.observing.join(', ')}: decisions are recorded, nothing is changed`),
    );
  }
  if (shown.length > 0) {
    terminal.table(
      ['service', 'panel', 'status', '>used', '>allowed', 'holds', 'actions'],
      shown.map((service) => [
        service.id,
        service.panel,
        terminal.status(service.status) + (service.observing ? colors.dim(' (observing)') : ''),
        usedCell(service),
        service.allowance?.unlimited === true ? 'unlimited' : bytesCell(service.allowance?.allowedBytes),
        service.holds.map((hold) => hold.reason).join(', ') || null,
        service.actions.length === 0
          ? null
          : service.actions.map((action) => `${action.type} ${action.target} ${terminal.status(action.state)}`),
      ]),
    );
    terminal.line();
  }
  const failures = [
    ...shown.map(({ id, error }) => ({ object: id, error })),
    ...report.panels.map(({ panel, error }) => ({ object: panel, error })),
  ];
  const groups = alike(failures);
  // What the whole run failed of is said once, at the end.
  const ofAll = groups.find(({ error }) => error.message === report.error?.message);
  for (const { objects, error, details } of groups) {
    if (error !== ofAll?.error) terminal.line(`${objects}: ${terminal.error(error, details)}`);
  }
  for (const notice of report.notices) terminal.line(terminal.notice(notice));
  if (report.error)
    terminal.warn(`sluice: ${withRemedy({ ...(ofAll?.error ?? report.error), details: ofAll?.details })}`);
  terminal.line(summary(report));
}

const NAMED = 3;

/** Failures with the same words are told once: `svc-1, svc-2, svc-3 and 37 others`. */
function alike(
  failures: { object: string; error: { code: string; message: string } | null }[],
): { objects: string; error: { code: string; message: string }; details: Record<string, string> }[] {
  const groups = new Map<string, { names: string[]; error: { code: string; message: string } }>();
  for (const { object, error } of failures) {
    if (!error) continue;
    const group = groups.get(`${error.code} ${error.message}`);
    if (group) group.names.push(object);
    else groups.set(`${error.code} ${error.message}`, { names: [object], error });
  }
  return [...groups.values()].map(({ names, error }) => {
    const others = names.length - NAMED;
    const rest = others > 0 ? ` and ${others} ${others === 1 ? 'other' : 'others'}` : '';
    const [only] = names;
    const details = names.length === 1 && only !== undefined ? { service: only } : {};
    return { objects: `${names.slice(0, NAMED).join(', ')}${rest}`, error, details };
  });
}

function summary({ run, totals }: PassDocument): string {
  const parts = [`${totals.services} services`, `${totals.read} read`];
  const add = (count: number, word: string): void => {
    if (count > 0) parts.push(`${count} ${word}`);
  };
  add(totals.unreadable, 'unreadable');
  add(totals.failed, 'failed');
  add(totals.held, 'held');
  add(totals.released, 'released');
  add(totals.purchased, 'packages bought');
  add(totals.actions, run.dryRun ? 'changes to make' : 'actions');
  return `${run.command}${run.dryRun ? ' (dry run)' : ''}: ${parts.join(', ')}`;
}

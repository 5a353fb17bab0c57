import { findEntry } from '../../base/config/find-entry.js';
import { nameFew } from '../../base/natural-order.js';
import { group, isLiving } from '../../base/lifecycle.js';
import type { Context } from '../../context/context.js';
import type { Notice } from './notice.js';
import { type RunReport, reportNotices } from './run-document.js';
import type { RunRequest } from './bracket.js';
import type { ItemError } from '@sluice/panel-kind';
import type { EvidenceRecord, ServiceRecord } from '@sluice/state-store';

export const PANEL_REMOVED = 'panel_removed';

/** A panel that is not in the config and still has services. */
export interface RemovedPanel {
  panel: string;
  /** Ids of living services, and of others that are held. */
  services: string[];
  /** Those of them with an open hold. */
  held: string[];
  /** What stays as it is there, in words. */
  message: string;
}

/** Finds panels that have services but are not in the config, by name. */
export async function findRemovedPanels({ store, config }: Context): Promise<RemovedPanel[]> {
  const names = (await store.services.panels()).filter((name) => findEntry(config.panels, name) === undefined);
  const removed: RemovedPanel[] = [];
  for (const panel of names) {
    const holds = await store.holds.open({ panel });
    const held = [...new Set(holds.map(({ service }) => service))];
    const services = (await store.services.list({ panel }))
      .filter((service) => isLiving(service) || held.includes(service.id))
      .map(({ id }) => id);
    if (services.length > 0) removed.push({ panel, services, held, message: describe(panel, services, held) });
  }
  return removed;
}

function describe(panel: string, services: readonly string[], held: readonly string[]): string {
  const who = services.length === 1 ? '1 service has' : `${services.length} services have`;
  const count = held.length === 1 ? '1 is held and stays' : `${held.length} are held and stay`;
  const restricted = held.length === 0 ? 'none is held' : `${count} restricted (${nameFew(held)})`;
  return `${who} the panel "${panel}", which is not in the config: nothing is read or changed there; ${restricted}`;
}

/** Reports the panels that are missing in the config in each run over all panels; as a notice once, until it is back. */
export async function reportRemovedPanels(context: Context, request: RunRequest, report: RunReport): Promise<void> {
  if (request.panel !== undefined || request.service !== undefined) return;
  const { conditions } = context.store;
  const removed = await findRemovedPanels(context);
  const notices: Notice[] = [];
  for (const { panel, message } of removed) {
    report.panels.push({ panel, error: { code: PANEL_REMOVED, message } });
    const key = toKey(panel);
    const known = await conditions.get(key);
    const since = known?.since ?? context.now();
    if (!request.dryRun)
      await context.write([], (tables) =>
        tables.conditions.put({ key, since, runs: (known?.runs ?? 0) + 1, details: null }),
      );
    notices.push({ code: PANEL_REMOVED, key: `${PANEL_REMOVED}:${panel}:${since}`, panel, service: null, message });
  }
  if (notices.length > 0) await reportNotices(context, report, notices, []);
  if (request.dryRun) return;
  for (const panel of Object.keys(context.config.panels)) {
    if ((await conditions.get(toKey(panel))) === null) continue;
    await context.write([], (tables) => tables.conditions.end(toKey(panel)));
  }
}

const toKey = (panel: string): string => `removed:${panel}`;

const EVIDENCE_ELSEWHERE = 'evidence_elsewhere';

/** Reports services with open evidence on another panel than their own, once per run. */
export async function reportElsewhere(
  context: Context,
  request: Pick<RunRequest, 'panel' | 'service'>,
  report: RunReport,
): Promise<void> {
  const evidence = await context.store.evidence.open(
    request.service === undefined ? {} : { services: [request.service] },
  );
  const byService = group(evidence);
  const notices: Notice[] = [];
  for (const service of await context.store.services.list({ ids: [...byService.keys()] })) {
    const items = (byService.get(service.id) ?? []).filter((item) => item.panel !== service.panel);
    for (const panel of new Set(items.map((item) => item.panel))) {
      if (request.panel !== undefined && request.panel !== panel && request.panel !== service.panel) continue;
      const there = items.filter((item) => item.panel === panel);
      const key = `${EVIDENCE_ELSEWHERE}:${report.run.id}:${service.id}:${panel}`;
      notices.push({ ...elsewhereError(service, there), key, panel: service.panel, service: service.id });
    }
  }
  if (notices.length === 0) return;
  await reportNotices(context, report, notices, []);
}

/** Returns the error of a service that is restricted on another panel than its own. */
export function elsewhereError({ id, panel }: ServiceRecord, items: EvidenceRecord[]): ItemError {
  const other = items[0]?.panel ?? '';
  const targets = items.map(({ kind, target }) => `${kind} ${target}`).join(', ');
  return {
    code: EVIDENCE_ELSEWHERE,
    message: `"${id}" is on panel "${panel}", but Sluice still restricts ${targets} for it on panel "${other}"`,
  };
}

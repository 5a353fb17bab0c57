import type { ItemError } from '@sluice/panel-kind';
import type { EvidenceRecord, ServiceRecord } from '@sluice/state-store';
import type { Session } from '../../context/context.js';
import { group } from '../../base/group.js';
import type { Notice } from './notice.js';
import { type RunReport, reportNotices } from './report.js';
import type { RunRequest } from './request.js';

const EVIDENCE_ELSEWHERE = 'evidence_elsewhere';

/** Reports services with open evidence on another panel than their own, once per run. */
export async function reportElsewhere(
  session: Session,
  request: Pick<RunRequest, 'panel' | 'service'>,
  report: RunReport,
): Promise<void> {
  const evidence = await session.store.evidence.open(
    request.service === undefined ? {} : { services: [request.service] },
  );
  const byService = group(evidence);
  const notices: Notice[] = [];
  for (const service of await session.store.services.list({ ids: [...byService.keys()] })) {
    const items = (byService.get(service.id) ?? []).filter((item) => item.panel !== service.panel);
    for (const panel of new Set(items.map((item) => item.panel))) {
      if (request.panel !== undefined && request.panel !== panel && request.panel !== service.panel) continue;
      const there = items.filter((item) => item.panel === panel);
      const key = `${EVIDENCE_ELSEWHERE}:${report.run.id}:${service.id}:${panel}`;
      notices.push({ ...elsewhereError(service, there), key, panel: service.panel, service: service.id });
    }
  }
  if (notices.length === 0) return;
  await reportNotices(session, report, notices, []);
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

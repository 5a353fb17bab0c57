import type { AccountNames } from '@sluice/panel-kind';
import { toPanelName, PANEL_NAME } from '../../base/name-sources.js';
import { hasEnded } from '../../base/lifecycle.js';
import type { Applied } from '../../kernel/subject/stages.js';
import type { PanelRun, PartHooks } from '../../loop/run-part.js';

/** Services per transaction. */
const MOST = 500;

/** Names services by their accounts, as the run has read these; it stores only names that are new. */
export function beginAccountNames({ context, leases }: PanelRun, names: AccountNames): PartHooks {
  const found = new Map<string, string>();
  const store = async (): Promise<void> => {
    const ids = [...found.keys()];
    for (let first = 0; first < ids.length; first += MOST)
      await context.write(leases.held, async (tables) => {
        // A command may have named it since.
        const services = await tables.services.list({ ids: ids.slice(first, first + MOST) });
        const changes = services.flatMap((service) => {
          const name = toPanelName(service, found.get(service.id) ?? '');
          return name === null ? [] : [{ id: service.id, name, fields: { [PANEL_NAME]: name } }];
        });
        if (changes.length > 0) await tables.services.call(changes);
      });
    found.clear();
  };
  return {
    finished(subjects) {
      for (const work of subjects) {
        const shown = wasRead(work) ? names.of(work.service) : null;
        if (shown !== null && toPanelName(work.service, shown) !== null) found.set(work.service.id, shown);
      }
    },
    afterPages: store,
    end: store,
  };
}

/** Whether the account is believed to be the service's: a reading that was refused may be of another one's. */
function wasRead({ service, error, answer }: Applied): boolean {
  return !hasEnded(service) && error === null && answer?.reading.known !== false;
}

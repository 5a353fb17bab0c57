import type { TargetState } from '@sluice/panel-kind';
import type { HeldLease, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { GONE_AFTER_MS } from './account.js';
import type { Loaded, RunOnPanel, Stage } from './stages.js';

/** Prefix of the key of the condition that the limit of a service on its panel may be lifted; the id of the service follows. */
const LIFTED = 'lifted:';

type Conditions = Pick<StoreTables, 'conditions'>;

/** What is noted of a lift. */
interface Lift {
  panel: string;
  /** Since when runs have found no account of the service, which has ended. */
  absentSince?: string;
}

/** Reads which services may have a limit on a panel that Sluice has lifted; without `absent`, where their accounts were there last. */
export async function readLifted(
  { conditions }: Conditions,
  panel: string,
  { absent = true }: { absent?: boolean } = {},
): Promise<ReadonlySet<string>> {
  const rows = await conditions.list(LIFTED);
  return new Set(
    rows.flatMap(({ key, details }) => {
      const lift = details as Lift;
      const isMeant = lift.panel === panel && (absent || lift.absentSince === undefined);
      return isMeant ? [key.slice(LIFTED.length)] : [];
    }),
  );
}

/** Notes that the limit of a service on its panel is lifted, before it is. */
export async function noteLifted(
  { conditions }: Conditions,
  { id, panel }: { id: string; panel: string },
  at: string,
): Promise<void> {
  await conditions.put({ key: `${LIFTED}${id}`, since: at, runs: 1, details: { panel } });
}

/** Notes that nothing of a lift is left on the panel. */
export async function noteLowered({ conditions }: Conditions, service: string): Promise<void> {
  await conditions.end(`${LIFTED}${service}`);
}

/**
 * Notes whether the account of an ended service is there whose limit is lifted. One answer without it proves little: the limit is
 * lowered when it is there again, and forgotten where it stays away.
 */
export async function noteAccount(
  context: Pick<Context, 'store' | 'write' | 'now'>,
  fences: HeldLease[],
  service: string,
  isThere: boolean,
): Promise<void> {
  const known = await context.store.conditions.get(`${LIFTED}${service}`);
  if (known === null) return;
  const { panel, absentSince = null } = known.details as Lift;
  const now = context.now();
  const note = (details: Lift): Promise<void> =>
    context.write(fences, ({ conditions }) => conditions.put({ ...known, details }));
  if (absentSince === null) {
    if (!isThere) await note({ panel, absentSince: now });
  } else if (isThere) await note({ panel });
  else if (Date.parse(now) - Date.parse(absentSince) > GONE_AFTER_MS)
    await context.write(fences, (tables) => noteLowered(tables, service));
}

/**
 * Returns whether the lift of a limit begins or ends with this target state; null where neither does, or it is not known. What is given
 * back for good is not a lift.
 */
export function findLiftChange(
  { panel, givesBack }: Pick<RunOnPanel, 'panel' | 'givesBack'>,
  { lifted }: Pick<Loaded<Stage>, 'lifted'>,
  { allowance, scope, endsLift }: Pick<TargetState, 'allowance' | 'scope' | 'endsLift'>,
): 'begins' | 'ends' | null {
  if (panel.kind.keepsQuota !== true || givesBack === true) return null;
  if (allowance?.lifted === true) return lifted ? null : 'begins';
  const isPlanned = endsLift === true || (scope !== 'hold' && allowance !== null);
  return lifted && isPlanned ? 'ends' : null;
}

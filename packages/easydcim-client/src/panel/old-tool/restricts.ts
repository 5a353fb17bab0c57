import type { MovedLimit } from '@sluice/panel-kind';
import { parseAction, parseFlag, parseId, readCell, toShown } from './cells.js';
import type { Candidate } from './ids.js';
import type { OwnValues } from './own-values.js';
import type { ToolProduct } from './products.js';
import type { Part } from './tables.js';

/** What the tool restricts of a service. */
export type Restricts = Required<MovedLimit>['restricts'];

/** What the action in force for a service is found by. */
export interface ActionSources {
  /** By the id of the service in WHMCS. */
  readonly values: ReadonlyMap<string, Pick<OwnValues, 'action'>>;
  /** By its id in WHMCS. */
  readonly products: ReadonlyMap<string, Pick<ToolProduct, 'action'>>;
  readonly exported: ReadonlySet<Part>;
}

/**
 * Returns what the tool restricted of a service that it limited: by what it stored of its last poll; without that, by the action in force.
 * Otherwise the reason why that is not known.
 */
export function findRestricts(candidate: Candidate, sources: ActionSources): Restricts | string {
  const { state, columns } = candidate;
  const stored = readStored(state);
  if (typeof stored === 'string') return stored;
  const { ports, order, action } = stored;
  const hasFlags = ports !== null && order !== null;
  const text = action ?? (hasFlags ? null : findAction(candidate, sources));
  if (text === null && !hasFlags) return 'which action was in force when the tool limited it is unknown';
  const byAction = text === null ? null : toRestricts(text);
  if (text !== null && byAction === null)
    return `its action is ${toShown(text)}, which is not an action of the tool, so that it restricted nothing`;
  const found = { ports: ports ?? byAction?.ports ?? false, order: order ?? byAction?.order ?? false };
  if (byAction !== null && (byAction.ports !== found.ports || byAction.order !== found.order))
    return `its action is ${toShown(text)}, but by ports_limited and service_suspended the tool restricted something else`;
  if (!found.order) return found.ports ? toAll(found) : NOTHING;
  const own = state && parseId(readCell(state, 'easydcim_order_id'));
  // Without the id of an order the tool suspended none, and still stored that it did.
  if (own === null) return found.ports ? toAll({ ports: true, order: false }) : NOTHING;
  return own === parseId(columns['easydcim_order_id'] ?? null)
    ? toAll(found)
    : `the tool suspended order ${own}, which is not known to be the order of the service`;
}

const NOTHING = 'by what the tool stored it restricted neither ports nor order';

/** What the state of a service says of the limit; null for what it does not have. */
interface Stored {
  readonly ports: boolean | null;
  readonly order: boolean | null;
  readonly action: string | null;
}

function readStored(state: Candidate['state']): Stored | string {
  const read = (column: string): string | null => state && readCell(state, column);
  for (const column of ['ports_limited', 'service_suspended'])
    if (read(column) !== null && parseFlag(read(column)) === null)
      return `its ${column} is ${toShown(read(column))}, which is neither 0 nor 1`;
  return {
    ports: parseFlag(read('ports_limited')),
    order: parseFlag(read('service_suspended')),
    action: read('action'),
  };
}

/** Returns the action by what the tool is set to now, as it stores it; null where that is not known. */
function findAction({ id, billed }: Candidate, { values, products, exported }: ActionSources): string | null {
  const own = values.get(id)?.action ?? null;
  if (own !== null) return own;
  if (!exported.has('overrides') || !exported.has('defaults')) return null;
  return products.get(parseId(billed?.productId ?? null) ?? '')?.action ?? null;
}

function toRestricts(text: string): Pick<Restricts, 'ports' | 'order'> | null {
  const action = parseAction(text);
  return action === null ? null : { ports: action !== 'suspend-order', order: action !== 'disable-ports' };
}

function toAll(found: Pick<Restricts, 'ports' | 'order'>): Restricts {
  return { ...found, forwards: false };
}

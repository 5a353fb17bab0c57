import type { ItemError, OpenRows } from '@sluice/panel-kind';
import { findServiceAbsence, isOrderGone, isPortGone, type Objects, type ServiceCalls } from './absence.js';
import { isWithoutService } from './plan-left.js';
import { type ObjectCalls, readOrder } from './read-objects.js';
import {
  findMappedService,
  isAbsent,
  isPortAction,
  type EasyDcimState,
  type LeftObject,
  NOT_FOUND,
  type OrderState,
} from './state.js';

/** What reading the objects requires. */
interface LeftCalls extends ObjectCalls, ServiceCalls {
  toError: (error: unknown) => ItemError;
  ports: Objects;
  orders: Objects;
}

/** Reads the ports and orders with open evidence or an unresolved action that the service does not have any more. */
export async function readLeft(
  calls: LeftCalls,
  state: EasyDcimState,
  { order: ownOrder, rows }: { order: string | undefined; rows: OpenRows },
): Promise<Pick<EasyDcimState, 'leftPorts' | 'leftOrders'>> {
  const { client, options, toError, ports: allPorts, orders: allOrders } = calls;
  const targets = listTargets(rows);
  const shown = new Set(state.ports?.map(({ id }) => id));
  const ports = state.ports === null && !isAbsent(state) ? [] : targets.ports.filter((id) => !shown.has(id));
  const orders = targets.orders.filter((id) => id !== ownOrder);
  const mapped = toMappedServices(rows);
  const others = async (): Promise<string[]> => [...shown, ...(await allPorts.others())];
  const readLeftOrder = async (id: string): Promise<OrderState | null> => {
    const order = await readOrder(calls, id, mapped.get(id));
    return (await hasLostService(calls, order, mapped.get(id))) ? null : order;
  };
  const isOwnLost = state.order !== null && (await hasLostService(calls, state.order, mapped.get(state.order.id)));
  const read = async <State>(
    id: string,
    get: () => Promise<State | null>,
    isGone: () => Promise<boolean>,
  ): Promise<LeftObject<State>> => {
    try {
      return { id, state: await get(), error: null };
    } catch (error) {
      const problem = toError(error);
      if (problem.code !== NOT_FOUND) return { id, state: null, error: problem };
      return { id, state: null, error: (await isGone()) ? null : unproven(problem) };
    }
  };
  return {
    leftPorts: await Promise.all(
      ports.map((id) =>
        read(
          id,
          () => client.ports.get(id, options),
          () => isPortGone({ ...allPorts, others }, id, state),
        ),
      ),
    ),
    leftOrders: [
      ...(ownOrder !== undefined && (state.isOrderGone || isOwnLost)
        ? [{ id: ownOrder, state: null, error: null }]
        : []),
      ...(await Promise.all(
        orders.map((id) =>
          read(
            id,
            () => readLeftOrder(id),
            () => isOrderGone(allOrders, id, state),
          ),
        ),
      )),
    ],
  };
}

/**
 * Whether an order that shows neither a service nor its status has lost the service that the mapping named when its change was planned, and
 * the one that it names now. That an order names none does not show this.
 */
async function hasLostService(calls: LeftCalls, order: OrderState, mapped: string | undefined): Promise<boolean> {
  if (mapped === undefined || !isWithoutService(order)) return false;
  const { easydcim_order_id: ownOrder, easydcim_service_id: ownService = mapped } = calls.service.refs;
  const services = new Set(order.id === ownOrder ? [mapped, ownService] : [mapped]);
  for (const id of services) if ((await findServiceAbsence(id, calls)) !== 'gone') return false;
  return true;
}

/** A 404 that may be about the panel instead of the object. */
function unproven({ code, message }: ItemError): ItemError {
  return { code, message: `${message} No other object of its kind shows whether the panel answers for it.` };
}

/** Returns the services that the mapping named for orders when their changes were planned, by order. */
function toMappedServices({ evidence, unresolved }: OpenRows): ReadonlyMap<string, string> {
  const orders = [
    ...unresolved.filter(({ type }) => !isPortAction(type)),
    ...evidence.filter(({ kind }) => kind === 'order'),
  ];
  return new Map(
    orders.flatMap(({ target, prior }) => {
      const service = findMappedService(prior);
      return service === undefined ? [] : [[target, service] as const];
    }),
  );
}

function listTargets({ evidence, unresolved }: OpenRows): { ports: string[]; orders: string[] } {
  const all = [
    ...evidence.map(({ kind, target }) => ({ isPort: kind === 'port', target })),
    ...unresolved.map(({ type, target }) => ({ isPort: isPortAction(type), target })),
  ];
  const pick = (wanted: boolean): string[] => [
    ...new Set(all.filter(({ isPort }) => isPort === wanted).map(({ target }) => target)),
  ];
  return { ports: pick(true), orders: pick(false) };
}

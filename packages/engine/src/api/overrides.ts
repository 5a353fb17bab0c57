import type { OverrideView, ServiceDetail } from '@sluice/contract/documents';
import { toOwner } from '../context/owner.js';
import { clearOverride, setOverride, type OverrideRequest } from '../features/usage/overrides.js';
import { overridesFor } from '../features/services/for-reader.js';
import { serviceDetail } from '../features/services/show.js';
import { requireService } from '../context/find-service.js';
import { toWaitMs, type LockOptions, type ReaderOptions, type RunCall } from './call.js';

/** Overrides: an operator's exceptions from products. */
export interface Overrides {
  /** Sets the parts in the request, removes those that are null, and keeps the others; applies from the next run. */
  set(service: string, request: OverrideRequest, options?: LockOptions): Promise<ServiceDetail>;
  /** Ends the override; `ended` is false where there was none. */
  clear(service: string, options?: LockOptions): Promise<{ service: ServiceDetail; ended: boolean }>;
  list(options?: ReaderOptions & { service?: string | undefined }): Promise<{ overrides: OverrideView[] }>;
}

/** Returns the calls about overrides. */
export function overridesApi(call: RunCall): Overrides {
  return {
    set: (service, request, options) =>
      call(options, async (context) => {
        await setOverride(context, service, request, toWaitMs(options));
        return serviceDetail(context, await requireService(context, service));
      }),
    clear: (service, options) =>
      call(options, async (context) => {
        const ended = await clearOverride(context, service, toWaitMs(options));
        return { service: await serviceDetail(context, await requireService(context, service)), ended };
      }),
    list: (options) =>
      call(options, async (context) => {
        const id = options?.service;
        if (id !== undefined) await requireService(context, id);
        const ids = id === undefined ? {} : { ids: [id] };
        const services = new Map((await context.store.services.list(ids)).map((record) => [record.id, record]));
        const overrides = (await context.store.overrides.all(id)).map(({ id: _id, ...override }) => ({
          ...override,
          ...toOwner(context.config, services.get(override.service)),
        }));
        const own = id === undefined ? undefined : services.get(id);
        return { overrides: own === undefined ? overrides : overridesFor(overrides, own, options?.reader) };
      }),
  };
}

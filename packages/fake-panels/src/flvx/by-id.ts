import { badBody, type FlvxCall, type Handler, post } from './call.js';
import { asInteger } from './coerce.js';
import type { FlvxAnswer } from './envelope.js';

/** A handler of `{id}`: POST only, and the panel's refusals of a bad body or id come first. */
export function byId(handler: (call: FlvxCall, id: number) => FlvxAnswer): Handler {
  return post((call) => {
    const body = call.map();
    if (body === null) return call.fail(badBody);
    const id = asInteger(body.id, 0);
    return id <= 0 ? call.fail('参数错误') : handler(call, id);
  });
}

/** A handler of `{ids}`: the ids above zero in ascending order, duplicates kept; an empty list is refused. */
export function byIds(handler: (call: FlvxCall, ids: readonly number[]) => FlvxAnswer): Handler {
  return post((call) => {
    const body = call.map();
    if (body === null) return call.fail(badBody);
    const sent: readonly unknown[] = Array.isArray(body.ids) ? body.ids : [];
    if (sent.length === 0) return call.fail('ids不能为空');
    const ids = sent.map((id) => asInteger(id, 0)).filter((id) => id > 0);
    return handler(
      call,
      ids.sort((a, b) => a - b),
    );
  });
}

import { usageError } from '@sluice/panel-kind';
import { closest, distance } from 'fastest-levenshtein';
import { toSluiceError } from './base/to-sluice-error.js';

/** The names of an API's methods, all of them. */
export type MethodNames<Api> = { readonly [Name in keyof Api]: true };

type Method = (...args: unknown[]) => Promise<unknown>;

/** Returns the API of a group: its methods are there at once, their code is loaded on the first call of one. */
export function lazyApi<Api extends object>(group: string, names: MethodNames<Api>, load: () => Promise<Api>): Api {
  let loading: Promise<Api> | null = null;
  const method =
    (name: string): Method =>
    async (...args) => {
      loading ??= load();
      const api = (await loading) as Record<string, Method>;
      return api[name]?.(...args);
    };
  const methods = Object.fromEntries(Object.keys(names).map((name) => [name, throwing(method(name))]));
  return namingNearest(methods as Api, group);
}

/** Returns a method that rejects with `SluiceError`s alone, also where its arguments can't be taken apart. */
export function throwing<Args extends unknown[], T>(
  method: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  return async (...args) => {
    try {
      return await method(...args);
    } catch (error) {
      throw toSluiceError(error);
    }
  };
}

/**
 * Returns the object with an error for a name that is nearly one of its own. Other names are undefined as on every object: test
 * tools, loggers and frameworks ask each object that they get for methods of theirs.
 */
export function namingNearest<T extends object>(object: T, path: string): T {
  const names = Object.keys(object);
  return new Proxy(object, {
    get: (target, name, receiver) => {
      const found: unknown = Reflect.get(target, name, receiver);
      if (found !== undefined || typeof name !== 'string' || name in target) return found;
      const nearest = closest(name, names);
      if (distance(name.toLowerCase(), nearest.toLowerCase()) > mostDistance(name)) return undefined;
      throw usageError('unknown_method', `There is no ${path}.${name}; did you mean ${path}.${nearest}?`, {
        name,
        nearest,
      });
    },
  });
}

/** Short names are near to many, and `await` asks every object for `then`. */
function mostDistance(name: string): number {
  if (name === 'then' || name.length < 3) return 0;
  return name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3));
}

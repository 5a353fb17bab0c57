/** Returns a store of which each call first waits for what `before` returns; where that rejects, the call does nothing. */
export function intercept<T extends object>(store: T, before: () => Promise<void> | null): T {
  return new Proxy(store, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(target, name);
      if (typeof value === 'object' && value !== null) return intercept(value, before);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        const call = (): unknown => Reflect.apply(value, target, given);
        return before()?.then(call) ?? call();
      };
    },
  });
}

/** A store whose process is killed after so many transactions. */
export interface DyingStore<T> {
  store: T;
  isDead: () => boolean;
}

/** Returns a store whose process is killed when it begins this transaction: from then on nothing is read or written. */
export function killedAtWrite<T extends object>(store: T, write: number): DyingStore<T> {
  let left = write;
  const isDead = (): boolean => left <= 0;
  const dying = intercept(store, () => (isDead() ? Promise.reject(new Error('killed')) : null));
  const counted = new Proxy(dying, {
    get: (target, name) => {
      if (name === 'write') left--;
      return Reflect.get(target, name) as unknown;
    },
  });
  return { store: counted, isDead };
}

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

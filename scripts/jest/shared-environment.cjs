const { AsyncLocalStorage } = require('node:async_hooks');
const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

// One context for all test files of a worker, so that scripts/jest/shared-runtime.cjs can load the code under test once for all.
// Only what a file's test framework puts on the global object is removed before the next file.

let shared;
let own;

/**
 * The contexts of a file's test framework, each with what it is in. The framework tells by them which test a stray error belongs to;
 * since tests run one after the other, a plain variable tells as well, and does not slow down every promise.
 */
const frameworks = new WeakMap();

/** Other contexts that were entered: those of a process that a test killed were never left, and each slows down every promise. */
const entered = new Set();

const { run, getStore } = AsyncLocalStorage.prototype;
const isOfFramework = (store) => typeof store === 'object' && store !== null && ('test' in store || 'hook' in store);
AsyncLocalStorage.prototype.run = function (store, callback, ...words) {
  if (!isOfFramework(store)) {
    entered.add(this);
    return Reflect.apply(run, this, [store, callback, ...words]);
  }
  const before = frameworks.get(this);
  frameworks.set(this, store);
  return Promise.resolve(callback(...words)).finally(() => frameworks.set(this, before));
};
AsyncLocalStorage.prototype.getStore = function () {
  return frameworks.has(this) ? frameworks.get(this) : Reflect.apply(getStore, this, []);
};

/**
 * A context whose global object is an ordinary one. That of the usual context asks a proxy for each `Object`, `Map` or `Math`, which
 * takes a hundred times as long, in all code under test.
 */
function withPlainGlobal(construct) {
  const { createContext } = vm;
  vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
  try {
    return construct();
  } finally {
    vm.createContext = createContext;
  }
}

function environment(config, context) {
  if (shared === undefined) {
    shared = withPlainGlobal(() => new TestEnvironment(config, context));
    shared.teardown = () => Promise.resolve();
    own = new Set(Reflect.ownKeys(shared.global));
  }
  for (const context of entered) context.disable();
  entered.clear();
  for (const key of Reflect.ownKeys(shared.global)) {
    if (!own.has(key)) Reflect.deleteProperty(shared.global, key);
  }
  return shared;
}

/** Constructed for each file; each time the same object. */
module.exports = function (config, context) {
  return environment(config, context);
};

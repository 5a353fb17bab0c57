const { AsyncLocalStorage } = require('node:async_hooks');
const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

// One context for all test files of a worker, so that scripts/jest/shared-runtime.cjs can load the code under test once for all.
// Only what a file's test framework puts on the global object is removed before the next file.

let shared;
let own;

/** Contexts that were entered: each file's test framework has one and never leaves it, and each slows down every promise. */
const entered = new Set();
const { run } = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.run = function (...words) {
  entered.add(this);
  return Reflect.apply(run, this, words);
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

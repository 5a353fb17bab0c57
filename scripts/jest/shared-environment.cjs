const { AsyncLocalStorage } = require('node:async_hooks');
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

function environment(config, context) {
  if (shared === undefined) {
    shared = new TestEnvironment(config, context);
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
module.exports = class {
  constructor(config, context) {
    return environment(config, context);
  }
};

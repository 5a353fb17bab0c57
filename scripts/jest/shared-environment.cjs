const { TestEnvironment } = require('jest-environment-node');

// One context for all test files of a worker, so that scripts/jest/shared-runtime.cjs can load the code under test once for all.
// Only what a file's test framework puts on the global object is removed before the next file.

let shared;
let own;

function environment(config, context) {
  if (shared === undefined) {
    shared = new TestEnvironment(config, context);
    shared.teardown = () => Promise.resolve();
    own = new Set(Reflect.ownKeys(shared.global));
  }
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

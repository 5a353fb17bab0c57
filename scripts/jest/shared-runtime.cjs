const { default: Runtime } = require('jest-runtime');

// Loads the code under test and its libraries once for each worker, not once for each test file: to load them and to run them
// cold takes longer than most files' tests. Test files, and what is in folders called "test", are loaded for each file as usual.

const isOfTests = (file) => /\.test\.ts$|[\\/]test[\\/]/.test(file);

/** Loads what is shared; it outlives the files. */
let shared;

/** Modules of jest that have nothing of a test file in them, by their paths. */
const ofJest = new Map();
const isOfFile = (file) =>
  /[\\/]node_modules[\\/](?:jest-circus|expect|@jest[\\/]expect|jest-mock|jest-each)[\\/]/.test(file);

/** Ends when nothing is being linked: modules that are linked at the same time must not have dependencies in common. */
let idle = Promise.resolve();

function loadShared(load) {
  const module = idle.then(async () => shared.esmLoader.linkAndEvaluateModule(await load(shared.esmLoader)));
  idle = module.catch(() => undefined);
  return module;
}

/** Jest's own modules of one file: those that are shared, and those that keep what is of the file. */
class ModulesOfJest extends Map {
  set(file, module) {
    if (!isOfFile(file)) ofJest.set(file, module);
    return super.set(file, module);
  }

  delete(file) {
    ofJest.delete(file);
    return super.delete(file);
  }
}

module.exports = class SharedRuntime extends Runtime {
  // Read by jest instead of the class, if present.
  static default = SharedRuntime;
  static __esModule = true;

  constructor(...args) {
    super(...args);
    shared ??= new Runtime(...args);
    this.registries.internalModuleRegistry = new ModulesOfJest(ofJest);
    const { esmLoader } = this;
    const loadEsm = esmLoader.loadEsmModule.bind(esmLoader);
    const loadCjs = esmLoader.loadCjsAsEsm.bind(esmLoader);
    esmLoader.loadEsmModule = (file, suffix) =>
      isOfTests(file) ? loadEsm(file, suffix) : loadShared((loader) => loader.loadEsmModule(file, suffix));
    esmLoader.loadCjsAsEsm = (from, file, suffix, context) =>
      isOfTests(file)
        ? loadCjs(from, file, suffix, context)
        : loadShared((loader) => loader.loadCjsAsEsm(from, file, suffix, context));
  }

  /** Maps of both; more are added while the tests run. */
  getSourceMaps() {
    const [ours, theirs] = [super.getSourceMaps(), shared.getSourceMaps()];
    return {
      get: (file) => ours.get(file) ?? theirs.get(file),
      *[Symbol.iterator]() {
        yield* theirs;
        yield* ours;
      },
    };
  }
};

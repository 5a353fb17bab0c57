const { default: TestSequencer } = require('@jest/test-sequencer');

const order = JSON.parse(process.env.SLUICE_TEST_ORDER);

/** Runs test files in the given order. */
module.exports = class InOrder extends TestSequencer {
  sort(tests) {
    return [...tests].sort((a, b) => order.indexOf(a.path) - order.indexOf(b.path));
  }
};

const { readFileSync } = require('node:fs');
const { default: TestSequencer } = require('@jest/test-sequencer');

// Without times of an earlier run jest begins with the largest files. A file that hands a kind of panel to `describePanelKind` is small
// and takes longest: as the last one it would keep one core while the other has nothing left.

const isOfKind = ({ path }) => readFileSync(path, 'utf8').includes('describePanelKind');

module.exports = class Sequencer extends TestSequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const first = new Set(sorted.filter(isOfKind));
    return [...first, ...sorted.filter((test) => !first.has(test))];
  }
};

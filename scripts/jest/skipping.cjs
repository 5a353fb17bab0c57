const circus = require('jest-circus/runner').default;

// Runs a file; where a script that is run before it has set `SLUICE_TEST_SKIP` to a reason, all of its tests are skipped, and named by that.
// What a file imports from @jest/globals can't be replaced for it.

module.exports = (config, project, environment, ...rest) => {
  environment.handleTestEvent = ({ name }, { rootDescribeBlock }) => {
    const reason = environment.global.SLUICE_TEST_SKIP;
    if (name !== 'run_start' || typeof reason !== 'string') return;
    skip(rootDescribeBlock);
    for (const child of rootDescribeBlock.children) child.name = `${reason}: ${child.name}`;
  };
  return circus(config, project, environment, ...rest);
};

function skip(part) {
  part.mode = 'skip';
  for (const child of part.children ?? []) skip(child);
}

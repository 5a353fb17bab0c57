const path = require('node:path');
const circus = require('jest-circus/runner').default;

// Runs a file, without the tests that take long where only the short ones are to run (`SLUICE_SHORT`), and skips all of its tests, named by
// the reason, where a script that is run before it has set `SLUICE_TEST_SKIP`.
// What a file imports from @jest/globals can't be replaced for it.

const root = path.join(module.path, '..', '..');
const longTests = process.env.SLUICE_SHORT === '1' ? require('./long-tests.json') : {};

module.exports = (config, project, environment, runtime, file, ...rest) => {
  const long = new Set(longTests[path.relative(root, file).replaceAll('\\', '/')]);
  environment.handleTestEvent = ({ name }, { rootDescribeBlock }) => {
    if (name !== 'run_start') return;
    if (long.size > 0) leaveOut(rootDescribeBlock, long, []);
    const reason = environment.global.SLUICE_TEST_SKIP;
    if (typeof reason !== 'string') return;
    skip(rootDescribeBlock);
    for (const child of rootDescribeBlock.children) child.name = `${reason}: ${child.name}`;
  };
  return circus(config, project, environment, runtime, file, ...rest);
};

function leaveOut(block, long, titles) {
  const stays = (child) => child.type !== 'test' || !long.has([...titles, child.name].join(' › '));
  block.children = block.children.filter(stays);
  block.tests = block.tests.filter(stays);
  for (const child of block.children) if (child.type !== 'test') leaveOut(child, long, [...titles, child.name]);
}

function skip(part) {
  part.mode = 'skip';
  for (const child of part.children ?? []) skip(child);
}

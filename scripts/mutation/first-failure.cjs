/** Ends a run at the first test that fails: a mutant is noticed once. */
module.exports = class FirstFailure {
  onTestCaseResult(_test, { status }) {
    if (status === 'failed') process.exit(1);
  }
};

// Runs the command at `main` with one line of words after the other, and prints as JSON how each ended. Each is loaded as
// the file's first import in a process would be; only what it loads on demand stays in memory for the next, which saves
// most of a process's start.
const [main, ...lines] = process.argv.slice(2);
const { write } = process.stdout;
const outcomes = [];
process.setMaxListeners(0);
process.stdout.setMaxListeners(0);
for (const [number, words] of lines.entries()) {
  let printed = '';
  process.stdout.write = process.stderr.write = (text) => {
    printed += text;
    return true;
  };
  process.argv = [process.execPath, main, ...words.split(' ')];
  process.exitCode = 0;
  await import(`${main}?${number}`);
  outcomes.push({ words, exitCode: process.exitCode, printed });
}
process.exitCode = 0;
write.call(process.stdout, JSON.stringify(outcomes));

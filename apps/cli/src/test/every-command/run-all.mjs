import { createRequire } from 'node:module';
import path from 'node:path';

// Runs the command at `main` with one line of words after the other, and prints as JSON how each ended. What a command is
// loaded from stays in memory for the next, which saves most of a process's start.
const [main, ...lines] = process.argv.slice(2);
const require = createRequire(main);
const command = path.join(path.dirname(main), 'command.js');
const { write } = process.stdout;
const outcomes = [];
process.setMaxListeners(0);
process.stdout.setMaxListeners(0);
for (const words of lines) {
  let printed = '';
  process.stdout.write = process.stderr.write = (text) => {
    printed += text;
    return true;
  };
  process.argv = [process.execPath, main, ...words.split(' ')];
  process.exitCode = 0;
  Reflect.deleteProperty(require.cache, command);
  await require(command).ended;
  outcomes.push({ words, exitCode: process.exitCode, printed });
}
process.exitCode = 0;
write.call(process.stdout, JSON.stringify(outcomes));

import { expect, it } from '@jest/globals';
import { benchForEachTest } from '../each-test.js';

const bench = benchForEachTest();

/** Runs a command on a terminal with so many columns. */
async function runOn(columns: number, words: string): Promise<string> {
  let printed = '';
  const stdout = { write: (text: string) => (printed += text), isTTY: true, columns };
  const { exitCode, stderr } = await bench.sluice(words, { stdout });
  expect([exitCode, stderr]).toEqual([0, '']);
  return printed;
}

it('shows queries and the command that runs them as they are copied, on a narrow terminal, too', async () => {
  bench.write(
    'sluice.yaml',
    'timeZone: UTC\npanels:\n  dcim: { kind: easydcim, url: "https://dcim.example.com", token: x }\n',
  );
  const adopt = 'adopt dcim --from easydcim-bw --print-queries';
  const { queries } = (await bench.sluice(`${adopt} --json`)).json<{ queries: { query: string; title: string }[] }>();
  const printed = (await runOn(60, adopt)).split('\n');
  expect(queries.filter(({ query }) => !printed.includes(`${query.replaceAll('\n', ' ')};`))).toEqual([]);
  expect(printed.filter((line) => line !== '' && !/^(-- |SELECT )/.test(line))).toEqual([]);
  const folder = 'a-folder-with-a-name-that-is-longer-than-the-terminal-is-wide';
  expect(await runOn(60, `${adopt} --out ${folder}`)).toContain(`\n  sh ${folder}/export.sh DATABASE\n`);
});

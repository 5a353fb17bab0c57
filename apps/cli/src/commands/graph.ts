import path from 'node:path';
import type { SampleGraph } from '@sluice/engine';
import type { DrawnGraph, GraphRange } from '@sluice/engine/options';
import { SluiceError, toItemError } from '@sluice/panel-kind/errors';
import type { Terminal } from '../terminal/terminal.js';
import { replaceFile } from '../terminal/files/new-file.js';
import {
  panelGraphDocument,
  panelGraphSvg,
  printPanelGraph,
  printSamples,
  samplesDocument,
  samplesSvg,
} from '../terminal/graphs.js';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { withSluice } from '../open-sluice.js';
import { parseRange } from './parse-range.js';

/** Options of `usage graph`. */
interface GraphOptions extends GlobalOptions {
  range?: string;
  svg?: string;
  fromPanel?: boolean;
}

/** `sluice usage graph SERVICE` */
export const usageGraph: CommandHandler<GraphOptions> = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const range = parseRange('--range', options.range ?? 'cycle');
    const output = { svg: options.svg, deps, terminal };
    if (options.fromPanel !== true) {
      showSamples(await sluice.usage.graph(id, range), range, output);
      return ExitCode.done;
    }
    try {
      showPanelGraph(await sluice.usage.panelGraph(id, range), output);
    } catch (error) {
      if (deps.signal.aborted || !isOfPanel(error)) throw error;
      const samples = await sluice.usage.graph(id, range);
      if (samples.series.length === 0) throw error;
      showSamples(samples, range, output, `The panel's own graph could not be read: ${toItemError(error).message}`);
    }
    return ExitCode.done;
  });

function isOfPanel(error: unknown): boolean {
  return error instanceof SluiceError && error.kind === 'panel';
}

/** Where a graph is shown. */
interface GraphOutput {
  /** File for the graph; undefined: the terminal. */
  svg: string | undefined;
  deps: Deps;
  terminal: Terminal;
}

/** Shows our own readings; `note` says why they stand for what was asked. */
function showSamples(graph: SampleGraph, range: GraphRange, output: GraphOutput, note: string | null = null): void {
  const { svg, terminal } = output;
  if (note !== null) terminal.warn(`${note} These are the stored readings instead.`);
  if (svg !== undefined) save(samplesSvg(graph, range), svg, output);
  terminal.document(samplesDocument(graph, note));
  if (svg !== undefined) return;
  if (graph.series.length === 0)
    terminal.line(`No readings of ${graph.service} in this range; "sluice poll" reads one.`);
  else printSamples(terminal, graph, range);
}

function showPanelGraph(graph: DrawnGraph, output: GraphOutput): void {
  const { svg, terminal } = output;
  if (svg !== undefined) save(panelGraphSvg(graph), svg, output);
  terminal.document(panelGraphDocument(graph));
  if (svg !== undefined) return;
  if (graph.figures === null) terminal.line(`${graph.panel} returned a picture: write it to a file with --svg FILE.`);
  else printPanelGraph(terminal, graph);
}

function save(svg: string, name: string, { deps, terminal }: GraphOutput): void {
  const file = path.resolve(deps.cwd, name);
  replaceFile(file, svg);
  terminal.info(`${file} was written`);
}

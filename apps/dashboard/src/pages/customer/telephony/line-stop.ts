import { notice, type Section } from '../../../layout/components.js';
import { html, type Html } from '../../../layout/html.js';
import type { Readers } from '../../../requests/readers.js';
import { hasCapability } from '../../capabilities.js';
import { hasEnded } from '../../lifecycle.js';
import { isRestricted, showAsked, showNow } from '../advice.js';
import type { ServiceScene } from '../service-scene.js';
import { readLine } from './line.js';
import { type LineScene, toLineScene } from './line-scene.js';

/** Says what keeps a line from calls, and what ends that; null where nothing is known to, and where the advice of its service says it. */
async function readStop(scene: LineScene): Promise<Html | null> {
  const { request, service, wording } = scene;
  const { advice } = service;
  if (advice === undefined || hasEnded(service)) return null;
  const { value, notice: age } = await readLine(scene);
  if (value === null || value.stopped === null) return null;
  if (value.stopped === 'suspended' && isRestricted(advice)) return null;
  const said = html`${wording.code('lineStop', value.stopped)} ${showAsked(request, wording)}`;
  return html`${notice('warning', said)}${age}`;
}

/** Says what keeps the line of a service from calls; null for services without a line, and as {@link readStop}. */
export async function stopOfLine({
  request,
  service,
  readers,
}: Pick<ServiceScene, 'request' | 'service'> & { readers: Pick<Readers, 'reads'> }): Promise<Html | null> {
  const hasCalls = await hasCapability(request.sluice, service.panel, 'calls');
  return hasCalls ? readStop(toLineScene(request, service, readers.reads)) : null;
}

/** What stops the calls of a line, above them; null where nothing is known to. */
export async function stateSection(scene: LineScene): Promise<Section | null> {
  const { advice } = scene.service;
  const stop = await readStop(scene);
  const now = advice === undefined || !isRestricted(advice) ? null : showNow(advice, scene);
  if (stop === null && now === null) return null;
  return { id: 'now', title: scene.wording.text('advice.title'), content: html`${now}${stop}` };
}

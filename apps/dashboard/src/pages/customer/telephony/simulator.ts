import type { SimulatedCallView } from '@sluice/engine';
import { SluiceError } from '@sluice/panel-kind';
import { toAsciiDigits } from '@sluice/quota-core';
import { facts, notice, type Section } from '../../../layout/components.js';
import { name, type Times } from '../../../layout/format.js';
import { searchForm } from '../../../layout/forms.js';
import { html, type Html } from '../../../layout/html.js';
import { wordError } from '../../../layout/word-error.js';
import type { Wording } from '../../../layout/wording.js';
import type { LastRead } from '../../../requests/panel-reads.js';
import { forClient } from '../../../server/failure.js';
import { toPath } from '../own.js';
import { type LineScene, number, shortMoney } from './line-scene.js';

const SIMULATOR = 'simulator-form';
/** Longest number that is read, with what people put between digits. */
const LONGEST_NUMBER = 40;

/** The price of a call from the line of a service, for a number and a length that its client names. */
export async function simulatorSection(scene: LineScene): Promise<Section> {
  const { request, service, reads, times, wording } = scene;
  const { sluice, now, query } = request;
  const head = { id: 'simulator', title: wording.text('price.title') };
  const { destination = '', length = '1' } = query;
  const showForm = (message: string | null, field?: string): Html =>
    searchForm({
      action: `${toPath(request, service.id)}#simulator`,
      id: SIMULATOR,
      ...(message === null ? {} : { refused: { form: SIMULATOR, values: { destination, length }, message, field } }),
      fields: [
        { name: 'destination', label: wording.text('price.number'), value: destination, isRequired: true },
        {
          name: 'length',
          label: wording.text('price.minutes'),
          value: length,
          hint: wording.text('price.minutesHint'),
          isRequired: true,
        },
      ],
      submit: wording.text('price.show'),
    });
  if (destination === '') return { ...head, content: showForm(null) };
  const seconds = toSeconds(length);
  if (seconds === null) return { ...head, content: showForm(wording.text('problem.minutes'), 'length') };
  const called = toAsciiDigits(destination).slice(0, LONGEST_NUMBER);
  const read = await reads.read<SimulatedCallView>(
    { client: service.client ?? '', what: `price ${service.id} ${called} ${seconds}`, now },
    (signal) =>
      sluice.calls.simulate({ service: service.id, destination: called, seconds }, { signal, reader: service.client }),
  );
  const error = read.value === null && read.error !== undefined ? forClient(read.error) : null;
  const wrong = error instanceof SluiceError && error.kind === 'usage' ? error : null;
  const why = wrong === null ? null : wordError(wording, wrong);
  const content = html`${showForm(why)}${wrong === null ? price(read, times, wording) : null}`;
  return { ...head, content };
}

/** Reads `3` or `1:30`: minutes, and seconds. */
function toSeconds(text: string): number | null {
  const [, minutes, seconds = '0'] = /^(\d{1,4})(?::([0-5]\d))?$/.exec(toAsciiDigits(text).trim()) ?? [];
  return minutes === undefined ? null : Number(minutes) * 60 + Number(seconds);
}

function price({ value, failed }: LastRead<SimulatedCallView>, times: Times, wording: Wording): Html {
  if (value === null || failed) return notice('warning', wording.say('price.unknown'));
  const { pricePerMinute, connectionFee, description } = value.rate;
  const hasFee = connectionFee !== null && /[1-9]/.test(connectionFee);
  return html`${facts([
    [wording.text('price.readAs'), number(value.destination, wording)],
    [wording.text('price.price'), shortMoney(value.cost, value.currency, wording)],
    value.billedSeconds === null ? null : [wording.text('price.charged'), wording.count(value.billedSeconds)],
    pricePerMinute === null
      ? null
      : [wording.text('price.perMinute'), shortMoney(pricePerMinute, value.currency, wording)],
    hasFee ? [wording.text('price.connection'), shortMoney(connectionFee, value.currency, wording)] : null,
    description === null ? null : [wording.text('price.destination'), name(description)],
    [wording.text('price.at'), times.full(value.at)],
  ])}${value.source === 'panel' ? null : html`<p class="soft">${wording.say('price.computed')}</p>`}`;
}

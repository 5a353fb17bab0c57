import type { Sluice } from '@sluice/engine';
import type { Language } from '@sluice/messages';
import type { MadeBy, Viewer } from '../access/viewer.js';
import type { Tasks } from './tasks.js';

/** What a page is made of. */
export interface PageRequest {
  viewer: Viewer;
  sluice: Sluice;
  /** That of its reader; of staff English. */
  language: Language;
  /** In milliseconds. */
  now: number;
  params: Record<string, string>;
  query: Record<string, string>;
  /** Value of the hidden field `csrf` of each form. */
  csrf: string;
  /** Returns a value for the hidden field `key` of one form: a form is performed once, also if it is sent again. */
  newKey: () => string;
  /** What paths of links begin with: `` or `/share/TOKEN`. */
  base: string;
  /** The path of the page, without `base`. */
  path: string;
  /** Whether its parts are shown on pages of another site: without forms, and without files to load. */
  isEmbedded: boolean;
  /** The fields of a posted form. Where a call has a `ref`, `key` is a good one. */
  form?: Record<string, string>;
  /** A form of this page that was refused, with its fields and why. */
  refused?: { form: string; values: Readonly<Record<string, string>>; message: string; field?: string | undefined };
  /** Options of every call of the engine that changes something: who makes it. */
  as: MadeBy;
  /** The runs that requests started. */
  tasks: Tasks;
}

import type { Sluice, UseCase } from '@sluice/engine';
import type { Tasks } from '../api/tasks.js';
import type { Viewer } from '../access/viewer.js';
import type { Html, Part } from '../layout/html.js';

/** What a page is made of. */
export interface PageRequest {
  viewer: Viewer;
  sluice: Sluice;
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
  refused?: { form: string; values: Readonly<Record<string, string>>; message: string };
  /** Options of every call of the engine that changes something: who makes it. */
  as: { actor: string };
  /** The runs that requests started. */
  tasks: Tasks;
}

/** A page, or where the browser goes after a form. */
export type PageAnswer =
  | {
      status?: number;
      title: string;
      body: Html;
      notice?: Part | undefined;
      refreshSeconds?: number | undefined;
      /** IANA zone of its instants, which the foot of the page names; by default that of the config. */
      timeZone?: string | undefined;
      /** Where the browser goes when the form is sent again; without it, the form of such an answer can be sent again. */
      repeat?: string | undefined;
    }
  | { redirect: string }
  | { file: PageFile };

/** A file that the browser saves. */
export interface PageFile {
  name: string;
  type: string;
  text: string;
}

/** Makes a page. Errors of the engine become pages with their message. */
export type Page = (request: PageRequest) => Promise<PageAnswer>;

/** A page and its address; `path` has parameters such as `/services/:id`. */
export interface Route {
  method: 'GET' | 'POST';
  path: string;
  /** The scope that an operator needs; on pages of customers, what is done. */
  needs: 'read' | 'operate' | UseCase;
  /** Whether it depends on the store and its address alone: then it is rendered once per change of the store. */
  cached?: boolean;
  page: Page;
}

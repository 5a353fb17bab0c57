import type { UseCase } from '@sluice/contract';
import type { Html, Part } from '../layout/html.js';
import type { PageRequest } from '../requests/page-request.js';

/** A page, or where the browser goes after a form. */
export type PageAnswer =
  | {
      status?: number;
      title: string;
      /** The title as the page shows it, where a name in it may run in another direction; default the title. */
      heading?: Html | undefined;
      body: Html;
      /** What the client is called that the page is shown to; by default what the viewer is in the log. */
      who?: string | null;
      notice?: Part | undefined;
      refreshSeconds?: number | undefined;
      reloadSeconds?: number | undefined;
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
  /** The scope that an operator needs; on pages of clients and agents, what is done. */
  needs: 'read' | 'operate' | UseCase;
  /** Whether it depends on the store and its address alone: then it is rendered once per change of the store. */
  cached?: boolean;
  page: Page;
}

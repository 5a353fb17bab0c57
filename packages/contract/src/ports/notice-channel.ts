import type { ZodMiniType } from 'zod/mini';
import type { NoticeData } from '../documents/index.js';

/** A notice as a channel sends it. All texts are without control characters. */
export interface ChannelMessage {
  /** Id of the delivery: the same in every attempt, so that a receiver can recognise a repeated one. */
  delivery: string;
  /** What happened, such as `hold` (docs/notifications.md); `test` for a test. */
  event: string;
  /** Code of the notice (docs/errors.md). */
  code: string;
  /** When it happened (ISO UTC). */
  at: string;
  panel: string | null;
  service: string | null;
  client: string | null;
  for: 'operator' | 'client';
  /** The address of the client; null where the channel's own address is meant. */
  recipient: string | null;
  /** One line. */
  subject: string;
  text: string;
  /** Figures of the notice at its time, and what its event has besides; texts from outside are on one line. */
  data: NoticeData & Readonly<Record<string, unknown>>;
  /** What channels with a place for it show besides. */
  view: MessageView;
}

/** What is shown besides the text of a message, in the language of its reader. All of it is text, and nothing of it markup. */
export interface MessageView {
  /** Language of the whole message (BCP 47). */
  language: string;
  direction: 'ltr' | 'rtl';
  /** Whether somebody should see it at once. */
  isUrgent: boolean;
  /** Figures, one a line: their label and value, and what it is of. */
  figures: readonly { label: string; value: string; detail?: string }[];
  /** Share of what is allowed that is used, in percent; null where there is none. */
  percent: number | null;
  /** Where the reader sees more, or pays what is to be paid. */
  link: MessageLink | null;
  /** Where the reader chooses which mails he gets; a POST without fields stops those of this kind (RFC 8058). */
  unsubscribe: MessageLink | null;
  /** Shown inside the mail. */
  pictures: readonly MessagePicture[];
  /** Words around the brand, and in which zone times are. */
  words: { contact: string; terms: string; times: string };
}

/** An address, and what its link is called. */
export interface MessageLink {
  text: string;
  href: string;
}

/** A picture inside a mail, which most mail programs show as PNG only. */
export interface MessagePicture {
  png: Uint8Array;
  /** What it shows, for readers who don't see it. */
  description: string;
  /** The words of a chart stand around it: what its upper edge is, and where its time begins and ends. */
  top: string;
  start: string;
  end: string;
  /** What its colours are of. */
  key: readonly { text: string; colour: string; isDotted: boolean }[];
}

/** Draws an SVG document as a PNG of so many pixels across; null where this machine has no program for that. */
export type DrawPicture = (svg: string, width: number) => Promise<Uint8Array | null>;

/** A channel that was opened with its settings. */
export interface NoticeChannel {
  /**
   * Sends a message once; resolves when the receiver has acknowledged it.
   *
   * @throws SluiceError `receiver_unreachable` where no answer came, `receiver_refused` for any other one (`toNotSent`)
   */
  send(message: ChannelMessage, signal?: AbortSignal): Promise<void>;
  close(): void;
}

/** What messages to clients show of their provider; each text is one line, and the addresses are of the web. */
export interface MessageBrand {
  name?: string | undefined;
  /** An e-mail address, an address of a page, or a sentence. */
  contact?: string | undefined;
  terms?: string | undefined;
  /** Colours that can be read on white: of links, of the ground of a button, and of the text on it. */
  colours?: { link: string; accent: string; onAccent: string } | undefined;
  /** Address of the logo that everybody reaches. */
  logo?: string | undefined;
}

/** What a channel is opened with from outside. */
export interface ChannelDependencies {
  /** Returns the secret that the value of a key refers to, or the value itself. */
  secret: (key: string) => string;
  /** The current time in milliseconds since the epoch. */
  now: () => number;
  /** Longest time that one message may take, in milliseconds. */
  timeoutMs: number;
  /** Variables of the environment that a program gets beside those that every program gets. */
  childEnv: readonly string[];
  /** Default: nothing. */
  brand?: MessageBrand | undefined;
}

/** A kind of channel that notices are sent through: its keys in an entry of `notify`, and how it is opened. */
export interface NoticeChannelKind {
  /** Its name, and the required key by which an entry of `notify` is recognised: `webhook`. */
  readonly kind: string;
  /** Its name in messages. */
  readonly title: string;
  /** Schemas of its keys. */
  readonly shape: Readonly<Record<string, ZodMiniType>>;
  /** Descriptions of its keys. */
  readonly descriptions: Readonly<Record<string, string>>;
  /** Keys that are secret: a warning is given where one is written in the config itself. */
  readonly secrets: readonly string[];
  /** Whether an entry names a program that is run. */
  readonly runsProgram?: boolean | undefined;
  /**
   * How it reaches a client: at the e-mail address of the service, at an address that the config lists, or not itself: the
   * receiver finds the client in the message.
   */
  readonly clientAddress: 'email' | 'listed' | 'none';
  /**
   * Where the receiver keeps open what a notice begins: the codes of notices that end it, each with that of what it ends, of the same
   * panel and service. What is still to be sent of something that has ended is not sent any more: it would open it again.
   */
  readonly ends?: Readonly<Record<string, string>> | undefined;
  /** Returns what is wrong with the settings beyond their schema. */
  check?(settings: Readonly<Record<string, unknown>>): { key: string; message: string }[];
  /** Checks the settings and loads what sending needs; sends nothing. */
  open(settings: Readonly<Record<string, unknown>>, dependencies: ChannelDependencies): Promise<NoticeChannel>;
}
